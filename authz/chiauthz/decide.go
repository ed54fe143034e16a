package chiauthz

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// middleware takes the place of chi's own dispatch: chi finds the pattern, but the
// handler is the one that was registered for it with a requirement.
func (s *site) middleware(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.seal(r)
		rctx := chi.RouteContext(r.Context())
		method, path := wanted(rctx, r)
		pattern := s.router.Find(rctx, method, path)
		switch rt := s.find(method, pattern); {
		case rt != nil:
			rt.serve(w, r, rctx)
		case pattern != "": // somebody else's route
			r.Pattern = pattern
			s.guard.Allow(w, r, nil) // never: it is met by nobody
		default:
			s.guard.Unknown(w, r, &unknown{s, path})
		}
	})
}

// wanted is what chi looks for: what the request says, unless middleware or the
// router that this one is mounted in have put something else into rctx.
func wanted(rctx *chi.Context, r *http.Request) (method, path string) {
	method, path = rctx.RouteMethod, rctx.RoutePath
	if method == "" {
		method = r.Method
	}
	if path == "" {
		path = r.URL.RawPath
	}
	if path == "" {
		path = r.URL.Path
	}
	if path == "" {
		path = "/"
	}
	return method, path
}

// find returns the route of a pattern, nil if it is not one of ours.
func (s *site) find(method, pattern string) *route {
	if rt := s.routes[place{method, pattern}]; rt != nil {
		return rt
	}
	return s.routes[place{"", pattern}]
}

// unknown answers known callers as net/http's router does where no route matches.
type unknown struct {
	site *site
	path string
}

func (u *unknown) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var allow []string
	for _, method := range u.site.methods {
		pattern := u.site.router.Find(chi.NewRouteContext(), method, u.path)
		if u.site.find(method, pattern) != nil {
			allow = append(allow, method)
		}
	}
	if len(allow) == 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Allow", strings.Join(allow, ", "))
	http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
}
