// Package echoauthz registers Echo routes together with what they require of
// their caller, and refuses every other route.
//
//	e := echo.New()
//	e.Use(middleware.Recover(), middleware.RequestLogger()) // see refused requests too
//	r := echoauthz.New(e, &authz.Guard{Identifier: who}, nil)
//	r.GET("/hello", authz.Public(), hello)
//	notes := r.Group("/notes", authz.Scope("notes-api/read"))
//	notes.GET("", authz.Authenticated(), list)
//	notes.POST("", authz.Scope("notes-api/write"), create) // needs both scopes
//
// # How a request is decided
//
// [New] puts one middleware into e. It looks at the handler that Echo has
// chosen. If Routes registered that handler, the Guard decides by its
// requirement, whatever path, method or host led to it, and the handler runs
// only if the decision was made about that same handler. No other handler ever
// runs:
//
//   - A route that came from e.GET, e.Static, e.Host, an echo.Group (including its
//     not-found routes) or e.Router has no rule, even if it took the place of a
//     route that has one. It is refused with 401 or 403.
//   - Where no route matches, a request without an identity gets a 401. A
//     caller with an identity gets Echo's answer: 404, 405 with Allow, or 204
//     with Allow for OPTIONS.
//
// There is one decision per request, and another only if middleware changes the
// route or its parameters afterwards. It is made before the middleware of groups
// and routes. Decision.Route is Echo's route, after the host if [Routes.Host]
// registered it. Handlers find the caller with
// claims.FromContext(c.Request().Context()). Requirements made with authz.Func find
// the route's parameters with r.PathValue, as c.Param gives them.
//
// # Where New belongs
//
// Call New after adding the middleware that must see refused requests (recovery,
// logging, CORS) and before the middleware that is only for admitted ones. What
// e.Use adds after New runs after the decision and knows the caller. It does not
// run for requests that are refused or match no route.
//
// Middleware that answers requests itself, such as middleware.Static or
// middleware.Proxy, is not a route: in e.Pre or before New it answers without a
// decision. Serve files by a route instead:
//
//	r.GET("/files/*", req, echo.StaticDirectoryHandler(files, true))
//
// The same holds for middleware before New that calls c.SetHandler, or that
// asks Echo's router about another path with the request's own context, for
// example to label a metric: the handler that Echo has chosen then runs under
// the rule of that other route. Ask with a new context.
//
// # What is Echo's
//
// A GET route does not serve HEAD. Echo matches the path as the client escaped it:
// /%61dmin is not /admin, and the values of c.Param stay escaped then. What a
// handler does with a parameter is not decided here. c.RealIP believes headers
// that the client can write, unless e.IPExtractor is set, such as to
// echo.ExtractIPDirect(). Echo's Timeout middleware leaves handlers running on
// contexts that serve other requests by then; its ContextTimeout does not, and
// neither does the adapter's own limit.
package echoauthz

import (
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Options are the choices of New. The zero Options are the defaults.
type Options struct {
	// ErrorHandler hands refusals to e.HTTPErrorHandler instead of letting the
	// Guard answer them, for APIs whose errors all look alike. The error is an
	// *echo.HTTPError with the status. errors.As finds the *authz.Error in it,
	// whose cause is not for the client (e.Debug shows it). The challenge,
	// Cache-Control and Retry-After are set before. Guard.Refuse is not called.
	ErrorHandler bool
}

// New makes e refuse all requests except those that the routes registered with
// its result admit, and those for the metadata of g.Resource. A nil g is the
// zero Guard, nil opts are the zero Options. New panics if e is nil or g is
// invalid.
func New(e *echo.Echo, g *authz.Guard, opts *Options) *Routes {
	if e == nil {
		panic("echoauthz: New with a nil *echo.Echo")
	}
	if g == nil {
		g = &authz.Guard{}
	}
	if opts == nil {
		opts = &Options{}
	}
	g.Require(authz.Authenticated()) // for its panics
	s := &site{
		echo:   e,
		guard:  g,
		opts:   *opts,
		hosts:  map[string]*echo.Group{},
		places: map[string]string{},
	}
	e.Use(s.middleware)
	r := &Routes{site: s, add: e.Add, requirement: authz.Public()}
	for _, path := range g.Resource.MetadataPaths() {
		r.Match([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, path, authz.Public(), echo.WrapHandler(g.Metadata()))
	}
	return r
}

// site is what the Routes of one New share.
type site struct {
	echo  *echo.Echo
	guard *authz.Guard
	opts  Options

	mu      sync.Mutex // Echo's own registration has no lock
	rules   []authz.Rule
	hosts   map[string]*echo.Group
	places  map[string]string // what is registered where in Echo's trees
	serving atomic.Bool
}

// seal ends registration at the first request.
func (s *site) seal(r *http.Request) {
	if s.serving.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.serving.Swap(true) {
		s.guard.Started(r, s.rules)
	}
}

// Find returns the rule by which the Guard would decide about req, with its
// Requirement. It returns false if no route with a requirement matches. It asks
// Echo's router as e.ServeHTTP does, but runs no middleware: what e.Pre rewrites
// does not count. Find serves nothing and does not end registration. The Rule must
// not be modified.
func (r *Routes) Find(req *http.Request) (authz.Rule, authz.Requirement, bool) {
	s := r.site
	s.mu.Lock()
	defer s.mu.Unlock()
	router := s.echo.Routers()[req.Host]
	if router == nil {
		router = s.echo.Router()
	}
	c := s.echo.NewContext(req, nil)
	router.Find(req.Method, echo.GetPath(req), c)
	rt := matched(c)
	if rt == nil || rt.site != s {
		return authz.Rule{}, nil, false
	}
	return rt.rule, rt.requirement, true
}

// Guard returns the Guard that decides, which must not be changed.
func (r *Routes) Guard() *authz.Guard { return r.site.guard }

// Policy returns all routes registered so far, including those of groups and
// hosts. A rule's pattern is Echo's route, after the host if it has one. The method
// of routes for paths that nothing else matches is echo.RouteNotFound.
func (r *Routes) Policy() authz.Policy {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	return r.site.guard.Policy(r.site.rules)
}
