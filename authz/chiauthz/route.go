package chiauthz

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
)

// route is a handler with its requirement. The decision is made by the very value
// that then serves, not for a path that looks the same. It is what chi has in its
// tree, too, so that it decides even if it is reached by another way than through
// middleware.
type route struct {
	http.Handler // the Guard, then the middleware of groups, then the route's handler
	rule         authz.Rule
	requirement  authz.Requirement
}

// serve serves r as chi does, which has recorded the parameters in rctx.
func (rt *route) serve(w http.ResponseWriter, r *http.Request, rctx *chi.Context) {
	for i, name := range rctx.URLParams.Keys {
		r.SetPathValue(name, rctx.URLParams.Values[i])
	}
	form := r.MultipartForm
	defer func() {
		r.Pattern = rctx.RoutePattern() // as chi leaves it, to a router around this one
		// chi has made this copy of the server's request, which knows nothing of a
		// form that was parsed in it.
		if r.MultipartForm != nil && r.MultipartForm != form {
			_ = r.MultipartForm.RemoveAll()
		}
	}()
	r.Pattern = rt.rule.Pattern // chi's own lacks a slash at the end
	rt.ServeHTTP(w, r)
}

// mount hands a request on to a handler that routes what follows a pattern.
type mount struct {
	http.Handler
	below bool // the pattern ends in /*, so that something follows
}

// ServeHTTP tells a chi router where to go on, as chi.Mux.Mount does.
func (m mount) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rctx := chi.RouteContext(r.Context())
	rctx.RoutePath = "/"
	if n := len(rctx.URLParams.Keys) - 1; m.below {
		rctx.RoutePath += rctx.URLParams.Values[n]
		rctx.URLParams.Values[n] = ""
	}
	m.Handler.ServeHTTP(w, r)
}
