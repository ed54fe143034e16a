package ginauthz

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes registers routes of one gin engine, each with its requirement, and is the
// handler to serve. The methods are those of gin.RouterGroup with a requirement
// after the path; Routes of a group serve what all Routes of their New do.
//
// The methods panic if the requirement is nil, or Public in a group that requires
// something; if there is no handler, or a nil one; if a path names two parameters
// alike; if gin cannot have the route beside the others; and after the first
// request, so that the Policy printed at start remains the one in force. Several
// goroutines may call them, as long as none uses gin's own methods at that time.
type Routes struct {
	site        *site
	base        string
	requirement authz.Requirement // Public: nothing
	middleware  []gin.HandlerFunc
}

// Group returns Routes whose paths begin with prefix, which require req in addition
// to their own requirement and run m after the decision and before their own
// middleware. With authz.Public the group requires nothing. As in gin, below the
// prefix /notes, "" is /notes and "/" is /notes/.
func (r *Routes) Group(prefix string, req authz.Requirement, m ...gin.HandlerFunc) *Routes {
	mustNotBeNil(m)
	g := *r
	g.base = r.join(prefix)
	g.requirement = sum(r.requirement, r.site.mustBeRule(req))
	g.middleware = slices.Concat(r.middleware, m)
	return &g
}

// Static registers routes for GET and HEAD that serve the files of fs below path.
// gin.Dir(root, false) is a folder whose listing is a 404, and http.FS makes an
// fs.FS fit. Static panics if path has parameters.
func (r *Routes) Static(path string, req authz.Requirement, fs http.FileSystem) {
	if fs == nil || strings.ContainsAny(path, ":*") {
		panic("ginauthz: Static with a nil file system, or with parameters in its path")
	}
	_, unlisted := fs.(*gin.OnlyFilesFS)
	serve := func(c *gin.Context) {
		if unlisted {
			c.Status(http.StatusNotFound) // a file's own status replaces it
		}
		c.FileFromFS(c.Param("filepath"), fs)
	}
	path = strings.TrimSuffix(path, "/") + "/*filepath"
	r.Handle(http.MethodGet, path, req, serve)
	if !r.site.opts.GetHead {
		r.Handle(http.MethodHead, path, req, serve)
	}
}

// DELETE registers a route for DELETE.
func (r *Routes) DELETE(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodDelete, path, req, handlers...)
}

// GET registers a route for GET, and with Options.GetHead for HEAD. Without that,
// HEAD needs a route of its own, as in gin.
func (r *Routes) GET(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodGet, path, req, handlers...)
}

// HEAD registers a route for HEAD.
func (r *Routes) HEAD(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodHead, path, req, handlers...)
}

// OPTIONS registers a route for OPTIONS. A CORS preflight carries no token, so
// its answer belongs in middleware before New, not here.
func (r *Routes) OPTIONS(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodOptions, path, req, handlers...)
}

// PATCH registers a route for PATCH.
func (r *Routes) PATCH(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodPatch, path, req, handlers...)
}

// POST registers a route for POST.
func (r *Routes) POST(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodPost, path, req, handlers...)
}

// PUT registers a route for PUT.
func (r *Routes) PUT(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Handle(http.MethodPut, path, req, handlers...)
}

// Any registers a route for each method that gin's Any does.
func (r *Routes) Any(path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	r.Match(anyMethods, path, req, handlers...)
}

// anyMethods are those of gin.RouterGroup.Any.
var anyMethods = []string{
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodHead,
	http.MethodOptions, http.MethodDelete, http.MethodConnect, http.MethodTrace,
}

// Match registers a route for each of the methods.
func (r *Routes) Match(methods []string, path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	for _, method := range methods {
		if method == http.MethodHead && r.site.opts.GetHead && slices.Contains(methods, http.MethodGet) {
			continue // GET brings it
		}
		r.Handle(method, path, req, handlers...)
	}
}
