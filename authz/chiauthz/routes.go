package chiauthz

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes registers routes of one chi router, each with its requirement. The methods
// are those of chi.Router with a requirement after the pattern.
//
// They panic if the requirement is nil, is Public in a group that requires
// something, or if the handler or a middleware is nil; if a route has the same
// method and place in chi's tree as another of them, which chi would replace; and
// after the first request: from then on the Policy printed at start is the one in
// force. They may be called by several goroutines, as long as none uses chi's own
// methods at that time.
type Routes struct {
	site        *site
	prefix      string
	requirement authz.Requirement // Public: nothing
	middleware  []func(http.Handler) http.Handler
}

// Group returns Routes whose patterns begin with prefix, that require req in
// addition to their own requirement, and that run m after the decision. With
// authz.Public the group requires nothing. Unlike chi's Route, Group only joins
// texts: below the prefix /notes, "" is /notes and "/" is /notes/.
func (r *Routes) Group(prefix string, req authz.Requirement, m ...func(http.Handler) http.Handler) *Routes {
	g := r.With(m...)
	g.prefix += prefix
	g.requirement = sum(r.requirement, r.site.mustBeRule(req))
	return g
}

// With returns Routes that run m after the decision and before their handlers.
func (r *Routes) With(m ...func(http.Handler) http.Handler) *Routes {
	if slices.ContainsFunc(m, func(m func(http.Handler) http.Handler) bool { return m == nil }) {
		panic("chiauthz: a nil middleware")
	}
	g := *r
	g.middleware = slices.Concat(r.middleware, m)
	return &g
}

// Mount registers h for pattern and everything below it, with one requirement. A
// chi.Router goes on where the pattern ends, as with chi's Mount; its own routes
// are not in the Policy. Any other handler sees the request's whole path.
func (r *Routes) Mount(pattern string, req authz.Requirement, h http.Handler) {
	if isNil(h) {
		panic("chiauthz: Mount with a nil handler")
	}
	pattern = strings.TrimSuffix(pattern, "/")
	if r.prefix+pattern != "" {
		r.Handle(pattern, req, mount{h, false})
	}
	r.Handle(pattern+"/*", req, mount{h, true})
}

// Connect registers a route for CONNECT.
func (r *Routes) Connect(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodConnect, pattern, req, h)
}

// Delete registers a route for DELETE.
func (r *Routes) Delete(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodDelete, pattern, req, h)
}

// Get registers a route for GET, and with Options.GetHead for HEAD. Without that,
// HEAD needs its own, as in chi.
func (r *Routes) Get(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodGet, pattern, req, h)
}

// Head registers a route for HEAD.
func (r *Routes) Head(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodHead, pattern, req, h)
}

// Options registers a route for OPTIONS. A CORS preflight carries no token, so its
// answer belongs in middleware before New, not here.
func (r *Routes) Options(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodOptions, pattern, req, h)
}

// Patch registers a route for PATCH.
func (r *Routes) Patch(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodPatch, pattern, req, h)
}

// Post registers a route for POST.
func (r *Routes) Post(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodPost, pattern, req, h)
}

// Put registers a route for PUT.
func (r *Routes) Put(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodPut, pattern, req, h)
}

// Trace registers a route for TRACE.
func (r *Routes) Trace(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(http.MethodTrace, pattern, req, h)
}

// MethodFunc registers a function as Method does a Handler.
func (r *Routes) MethodFunc(method, pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Method(method, pattern, req, h)
}

// HandleFunc registers a function as Handle does a Handler.
func (r *Routes) HandleFunc(pattern string, req authz.Requirement, h http.HandlerFunc) {
	r.Handle(pattern, req, h)
}
