package authz

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// Mux is an http.ServeMux whose routes cannot exist without a Requirement. Its
// patterns and their precedence are ServeMux's, and so is PathValue.
//
// If no route matches, a request without an identity is refused with 401; a
// caller with an identity gets ServeMux's answer: 404, 405 with Allow, both
// with the body of a refusal, or a redirect to the clean path. So a stranger
// learns nothing about which routes there are, and a request for `//admin` is
// not one for /admin.
//
// All routes are registered before the first request: from then on Handle
// panics, so that the Policy printed at start is the one in force. A Mux is safe
// for concurrent use.
type Mux struct {
	guard *Guard
	mux   *http.ServeMux // of *route only, and never "/" of our own

	routings sync.Pool // of *routing, empty

	mu      sync.Mutex // orders Handle against the first request
	rules   []Rule
	serving atomic.Bool
}

// NewMux returns a Mux without routes, those for the metadata of g.Resource
// apart. A nil Guard is the zero Guard. NewMux panics if g is invalid, and
// names every problem.
func NewMux(g *Guard) *Mux {
	if g == nil {
		g = &Guard{}
	}
	g.mustBeValid()
	m := &Mux{guard: g, mux: http.NewServeMux()}
	for _, path := range g.Resource.MetadataPaths() {
		if strings.HasSuffix(path, "/") {
			path += "{$}"
		}
		m.Handle("GET "+path, Public(), g.Metadata())
		m.Handle("OPTIONS "+path, Public(), g.Metadata())
	}
	return m
}

// Handle registers h and what it requires for pattern, whose syntax is
// http.ServeMux's. It panics if req or h is nil, if the pattern is malformed or
// conflicts with another, or if the Mux has served a request.
func (m *Mux) Handle(pattern string, req Requirement, h http.Handler) {
	guard := m.guard.Require(req)
	method, path := splitPattern(pattern)
	route := &route{guard(h), m.guard.Rule(method, path, req), req}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.serving.Load() {
		panic("authz: Handle after the first request")
	}
	m.mux.Handle(pattern, route)
	m.rules = append(m.rules, route.rule)
}

// HandleFunc registers a function as Handle does a Handler.
func (m *Mux) HandleFunc(pattern string, req Requirement, h func(http.ResponseWriter, *http.Request)) {
	if h == nil {
		panic("authz: HandleFunc with a nil function")
	}
	m.Handle(pattern, req, http.HandlerFunc(h))
}

// ServeHTTP serves the route that matches r, if its requirement is met.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.seal(r)
	// ServeMux cannot be asked for a route and then serve it without routing
	// twice. So it serves with a writer that holds the real one: a route takes
	// that back and decides, and any other answer is ServeMux's own, which waits
	// for the decision.
	before := *r
	said, _ := m.routings.Get().(*routing)
	if said == nil {
		said = new(routing)
	}
	said.w = w
	m.mux.ServeHTTP(said, r)
	if !said.matched {
		*r = before // an outer router's pattern and path values
		m.guard.unknown(w, r, said)
	}
	*said = routing{} // nobody but a route, ServeMux and the Guard has seen it
	m.routings.Put(said)
}

// Find returns the rule by which the Mux would decide about r, with its
// Requirement. It returns false if no route matches; a redirect of ServeMux's own
// is not a match. Find serves nothing, does not change r and does not end
// registration. The Rule must not be modified.
func (m *Mux) Find(r *http.Request) (Rule, Requirement, bool) {
	if r.RequestURI == "*" { // ServeMux.Handler does not look at it, its ServeHTTP does
		return Rule{}, nil, false
	}
	h, _ := m.mux.Handler(r)
	route, matched := h.(*route)
	if !matched {
		return Rule{}, nil, false
	}
	return route.rule, route.requirement, true
}

// Guard returns the Guard that decides, which must not be changed.
func (m *Mux) Guard() *Guard { return m.guard }

// A route is what a Mux enters into its ServeMux; nothing else there counts as a
// match.
type route struct {
	guarded     http.Handler
	rule        Rule
	requirement Requirement
}

// ServeHTTP decides for the very route that ServeMux chose, and serves it with
// the writer that the Mux was given.
func (rt *route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if said, ok := w.(*routing); ok {
		said.matched = true
		w = said.w
	}
	rt.guarded.ServeHTTP(w, r)
}

// seal ends registration. It waits for a Handle that is under way, so that the
// first request sees all routes or none of that one.
func (m *Mux) seal(r *http.Request) {
	if m.serving.Load() {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.serving.Swap(true) {
		m.guard.Started(r, m.rules)
	}
}
