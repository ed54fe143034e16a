// Package chiauthz registers chi routes together with what they require of their
// caller, and refuses every other route.
//
//	router := chi.NewRouter()
//	router.Use(middleware.Logger, middleware.Recoverer) // see refused requests too
//	r := chiauthz.New(router, &authz.Guard{Identifier: who}, nil)
//	r.Get("/hello", authz.Public(), hello)
//	notes := r.Group("/notes", authz.Scope("notes-api/read"))
//	notes.Get("", authz.Authenticated(), list)
//	notes.Post("", authz.Scope("notes-api/write"), create) // needs both scopes
//
// # How a request is decided
//
// [New] makes itself the innermost middleware of the router. It asks chi which
// pattern matches and runs what Routes registered for it, a handler that first has
// the Guard decide by its requirement. Anything else never runs:
//
//   - A route that came from router.Get, router.Mount, router.Group or
//     router.Route has no rule, also if it was registered later or took the place
//     of one that had. It is refused with 401 or 403.
//   - Where no route matches, nobody gets a 401, and a caller with an identity a
//     404, or a 405 with Allow. The router's own NotFound and MethodNotAllowed are
//     not used; [authz.Guard.Refuse] may write the body.
//
// There is one decision per request. It carries the pattern in Decision.Route, and
// it is made before the middleware of groups. Handlers find the caller with
// claims.FromContext(r.Context()). Requirements made with authz.Func find a route's
// parameters, as chi.URLParam gives them, with r.PathValue.
//
// # Where New belongs
//
// After router.Use and before everything else: from then on chi accepts no more
// middleware. What Use adds runs before the decision and for refused requests too:
// recovery, logging, CORS, and what changes the path that chi looks for, such as
// StripSlashes. Middleware that is only for admitted requests is that of [Routes.With]
// and [Routes.Group].
//
// Middleware that answers requests itself, such as Heartbeat, Profiler or a
// redirect to another path, does so without a decision.
//
// # The client's address
//
// Do not use chi's RealIP: it believes the client's own X-Forwarded-For and
// X-Real-IP. The adapter has set r.RemoteAddr to the address that the front saw.
//
// # What is chi's
//
// A GET route does not serve HEAD without Options.GetHead. chi matches the path as
// the client escaped it: /%61dmin is not /admin, and chi.URLParam values stay
// escaped then. What a handler makes of a parameter is not decided here. Below a
// base path, redirects of chi's middleware lead out of it unless
// adapter.Options.PrefixLocation is set.
package chiauthz

import (
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Options are the choices of New. The zero Options are the defaults.
type Options struct {
	// GetHead registers a route for HEAD with each one for GET, as http.ServeMux
	// does. Policy and Find show both, which they do not if chi's middleware.GetHead
	// makes HEAD requests look for GET's route.
	GetHead bool
}

// New makes router refuse all requests but those that the routes registered with
// its result admit, and those for the metadata of g.Resource. A nil g is the zero
// Guard, nil opts are the zero Options. New panics if router is nil, if it has routes
// or groups already, if it is what With, Group or Route returned, or if g is
// impossible.
func New(router *chi.Mux, g *authz.Guard, opts *Options) *Routes {
	if router == nil {
		panic("chiauthz: New with a nil *chi.Mux")
	}
	if g == nil {
		g = &authz.Guard{}
	}
	if opts == nil {
		opts = &Options{}
	}
	g.Require(authz.Authenticated()) // for its panics
	s := &site{
		router: router,
		guard:  g,
		opts:   *opts,
		routes: map[place]*route{},
		places: map[place]string{},
	}
	s.enter()
	r := &Routes{site: s, requirement: authz.Public()}
	for _, path := range g.Resource.MetadataPaths() {
		for _, method := range metadataMethods(opts) {
			r.Method(method, path, authz.Public(), g.Metadata())
		}
	}
	return r
}

// metadataMethods are those to register: with GetHead HEAD comes with GET.
func metadataMethods(opts *Options) []string {
	if opts.GetHead {
		return []string{http.MethodGet, http.MethodOptions}
	}
	return []string{http.MethodGet, http.MethodHead, http.MethodOptions}
}

// site is what the Routes of one New share.
type site struct {
	router *chi.Mux
	guard  *authz.Guard
	opts   Options

	mu      sync.Mutex // chi's own registration has no lock
	rules   []authz.Rule
	routes  map[place]*route
	places  map[place]string // the pattern at each place of chi's tree, which does not know names
	methods []string         // of routes, in order
	serving atomic.Bool
}

// place is a pattern, or its shape, for one method; "" is every method.
type place struct{ method, pattern string }

// enter makes s the innermost middleware. With builds the router's handler, after
// which Use panics: nothing can come between s and chi's routing.
func (s *site) enter() {
	if !accepts(s.router, s.middleware) {
		panic("chiauthz: New on a router that has routes, groups or a New already: call it after Use and before everything else")
	}
	s.router.With()
	if accepts(s.router, func(h http.Handler) http.Handler { return h }) {
		panic("chiauthz: New on what With, Group or Route returned: it needs the router itself")
	}
}

// accepts reports whether middleware could be added to the router.
func accepts(router *chi.Mux, m func(http.Handler) http.Handler) (ok bool) {
	defer func() { ok = recover() == nil }()
	router.Use(m)
	return
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

// Find returns the rule by which r would be decided, with its Requirement, and
// false if no route registered with a requirement matches. It asks chi about the
// request's own path: what middleware makes chi look for instead does not count.
// Find serves nothing and does not end registration. The Rule and the Requirement
// are not to be modified.
func (r *Routes) Find(req *http.Request) (authz.Rule, authz.Requirement, bool) {
	s := r.site
	s.mu.Lock()
	defer s.mu.Unlock()
	rctx := chi.NewRouteContext()
	method, path := wanted(rctx, req)
	rt := s.find(method, s.router.Find(rctx, method, path))
	if rt == nil {
		return authz.Rule{}, nil, false
	}
	return rt.rule, rt.requirement, true
}

// Guard returns the Guard that decides, which must not be changed.
func (r *Routes) Guard() *authz.Guard { return r.site.guard }

// Policy returns all routes registered so far, those of groups included. A rule's
// pattern is chi's.
func (r *Routes) Policy() authz.Policy {
	r.site.mu.Lock()
	defer r.site.mu.Unlock()
	return r.site.guard.Policy(r.site.rules)
}
