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
// [New] puts one middleware into e. When Echo has chosen a handler, it looks
// whether that is one that Routes registered. If it is, the Guard decides by the
// requirement of that very handler, whatever path, method or host led to it,
// and the handler insists on a decision that was made for itself. Anything else
// never runs:
//
//   - A route that came from e.GET, e.Static, e.Host, an echo.Group (its
//     not-found routes included) or e.Router has no rule, also if it took the
//     place of one that had. It is refused with 401 or 403.
//   - Where no route matches, nobody gets a 401, and a caller with an identity
//     Echo's answer: 404, 405 with Allow, or 204 with Allow to OPTIONS.
//
// There is one decision per request, and another only if middleware changes the
// route or its parameters afterwards. It carries Echo's route in Decision.Route,
// after the host where [Routes.Host] registered it, and it is made before
// the middleware of groups and routes. Handlers find the caller with
// claims.FromContext(c.Request().Context()). Requirements made with authz.Func
// find a route's parameters, as c.Param gives them, with r.PathValue.
//
// # Where New belongs
//
// After the middleware that must see refused requests (recovery, logging, CORS)
// and before the middleware that is only for admitted ones: what e.Use adds
// after New runs after the decision, knows the caller, and does not run for
// requests that are refused or match no route.
//
// Middleware that answers requests itself, such as middleware.Static or
// middleware.Proxy, is no route: before New or in e.Pre it answers without a
// decision. Serve files by a route instead:
//
//	r.GET("/files/*", req, echo.StaticDirectoryHandler(files, true))
//
// The same is true of middleware before New that calls c.SetHandler, or asks
// Echo's router about another path on the request's own context, as for a label of
// a metric: what Echo has chosen already then runs by that other route's rule.
// Ask on a context of its own.
//
// # What is Echo's
//
// A GET route does not serve HEAD. Echo matches the path as the client escaped
// it: /%61dmin is not /admin, and c.Param values stay escaped then. What a
// handler makes of a parameter is not decided here. Echo's Timeout middleware
// leaves handlers running on contexts that serve other requests by then; its
// ContextTimeout does not, nor does the adapter's own limit.
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
	// *echo.HTTPError with the status, for errors.As an *authz.Error too, whose
	// cause is not for the client (e.Debug shows it). Challenge, Cache-Control
	// and Retry-After are set before; Guard.Refuse is not called.
	ErrorHandler bool
}

// New makes e refuse all requests but those that the routes registered with its
// result admit, and those for the metadata of g.Resource. A nil g is the zero Guard, nil opts are the zero Options. New
// panics if e is nil or g is impossible.
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
func (s *site) seal() {
	if s.serving.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serving.Store(true)
}

// Find returns the rule by which r would be decided, with its Requirement, and
// false if no route registered with a requirement matches. It asks Echo's router
// as e.ServeHTTP does, without middleware: neither what e.Pre rewrites nor what
// middleware changes afterwards counts. Find serves nothing and does not end
// registration. The Rule and the Requirement are not to be modified.
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

// Policy returns all routes registered so far, those of groups and hosts
// included. A rule's pattern is Echo's route, after the host if it has one;
// routes for paths that nothing else matches have Echo's method for them,
// echo.RouteNotFound.
func (r *Routes) Policy() authz.Policy {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	return r.site.guard.Policy(r.site.rules)
}
