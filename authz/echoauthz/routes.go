package echoauthz

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes registers routes of one Echo, each with its requirement. The methods
// are those of echo.Echo and echo.Group with a requirement after the path.
//
// The methods panic if the requirement is nil, or Public in a group that requires
// something; if the handler or a middleware is nil; if another route has the same
// method and place in Echo's tree, since Echo would replace it; and after the first
// request, so that the Policy printed at start remains the one in force. Several
// goroutines may call them, as long as none uses Echo's own methods at that time.
type Routes struct {
	site        *site
	add         func(method, path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route
	host        string
	prefix      string
	requirement authz.Requirement // Public: nothing
	middleware  []echo.MiddlewareFunc
}

// Group returns Routes whose paths begin with prefix, which require req in addition
// to their own requirement and run m after the decision and before their own
// middleware. With authz.Public the group requires nothing. Unlike Echo's, Group
// adds no not-found routes: m does not run where no route matches.
func (r *Routes) Group(prefix string, req authz.Requirement, m ...echo.MiddlewareFunc) *Routes {
	g := *r
	g.prefix += prefix
	g.requirement = sum(r.requirement, r.site.mustBeRule(req))
	g.middleware = slices.Concat(r.middleware, m)
	return &g
}

// Host returns Routes for requests to one host, written as in the Host header, with
// the port unless that is the default one. Requests to a host that has Routes see
// no others. Otherwise Host is like Group: prefix, requirements and middleware of r
// apply. A host is not a security boundary: the client chooses it.
func (r *Routes) Host(name string, req authz.Requirement, m ...echo.MiddlewareFunc) *Routes {
	h := r.Group("", req, m...)
	h.host = name
	h.add = r.site.host(name).Add
	return h
}

// CONNECT registers a route for CONNECT.
func (r *Routes) CONNECT(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodConnect, path, req, h, m...)
}

// DELETE registers a route for DELETE.
func (r *Routes) DELETE(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodDelete, path, req, h, m...)
}

// GET registers a route for GET. As in Echo, HEAD needs a route of its own.
func (r *Routes) GET(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodGet, path, req, h, m...)
}

// HEAD registers a route for HEAD.
func (r *Routes) HEAD(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodHead, path, req, h, m...)
}

// OPTIONS registers a route for OPTIONS. A CORS preflight carries no token, so
// its answer belongs in middleware before New, not here.
func (r *Routes) OPTIONS(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodOptions, path, req, h, m...)
}

// PATCH registers a route for PATCH.
func (r *Routes) PATCH(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodPatch, path, req, h, m...)
}

// POST registers a route for POST.
func (r *Routes) POST(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodPost, path, req, h, m...)
}

// PUT registers a route for PUT.
func (r *Routes) PUT(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodPut, path, req, h, m...)
}

// TRACE registers a route for TRACE.
func (r *Routes) TRACE(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(http.MethodTrace, path, req, h, m...)
}

// RouteNotFound registers a route for requests that no other route matches, at
// or below path if that ends in /*. If req is Public, it also serves requests
// without an identity.
func (r *Routes) RouteNotFound(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	return r.Add(echo.RouteNotFound, path, req, h, m...)
}

// Any registers a route for each method that Echo knows by name.
func (r *Routes) Any(path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) []*echo.Route {
	return r.Match(anyMethods, path, req, h, m...)
}

// anyMethods are those of echo.Echo.Any.
var anyMethods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead,
	http.MethodOptions, http.MethodPatch, http.MethodPost, echo.PROPFIND,
	http.MethodPut, http.MethodTrace, echo.REPORT,
}

// Match registers a route for each of the methods.
func (r *Routes) Match(methods []string, path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) []*echo.Route {
	routes := make([]*echo.Route, len(methods))
	for i, method := range methods {
		routes[i] = r.Add(method, path, req, h, m...)
	}
	return routes
}
