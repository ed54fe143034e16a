package chiauthz_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// before is middleware that changes the request.
func before(change func(*http.Request)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			change(r)
			next.ServeHTTP(w, r)
		})
	}
}

// overrideMethod is what such middleware of many frameworks does.
func overrideMethod(r *http.Request) {
	if method := r.Header.Get("X-HTTP-Method-Override"); r.Method == http.MethodPost && method != "" {
		r.Method = method
	}
}

func overriding(r *http.Request, method string) *http.Request {
	r.Header.Set("X-HTTP-Method-Override", method)
	return r
}

// What is rewritten before routing is routed, and decided, as rewritten.
func TestRewritingBeforeRouting(t *testing.T) {
	tests := []struct {
		name    string
		use     func(http.Handler) http.Handler
		request *http.Request
		route   string
	}{
		{"the path", before(func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/public", "/admin", 1) }), as("user", "GET", "/public/x"), "/admin/*"},
		{"chi's path", before(func(r *http.Request) { chi.RouteContext(r.Context()).RoutePath = "/admin/x" }), as("user", "GET", "/public/x"), "/admin/*"},
		{"the method", before(overrideMethod), overriding(as("user", "POST", "/public/x"), "DELETE"), "/public/*"},
		{"chi's method", before(func(r *http.Request) { chi.RouteContext(r.Context()).RouteMethod = "DELETE" }), as("user", "GET", "/public/x"), "/public/*"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			s.Use(test.use)
			r := s.routes()
			r.Get("/public/*", authz.Public(), ran("public"))
			r.Post("/public/*", authz.Public(), ran("public"))
			r.Delete("/public/*", authz.Scope("admin"), ran("delete"))
			r.Get("/admin/*", authz.Scope("admin"), ran("admin"))
			s.check(t, test.request, 403, "", authz.Refused, test.route)
		})
	}
}

// Once chi has routed, nothing that middleware does to the request leads to another
// route's requirement, nor to another caller.
func TestRewritingAfterRouting(t *testing.T) {
	replaced := func(ctx func(*http.Request) context.Context) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(w, r.WithContext(ctx(r)))
			})
		}
	}
	for name, with := range map[string]func(http.Handler) http.Handler{
		"the path":                     before(func(r *http.Request) { r.URL.Path = "/public" }),
		"the method":                   before(overrideMethod),
		"chi's path":                   before(func(r *http.Request) { chi.RouteContext(r.Context()).RoutePath = "/public" }),
		"a request with another value": replaced(func(r *http.Request) context.Context { return context.WithValue(r.Context(), t, 1) }),
		"a request without a chi.Context": replaced(func(r *http.Request) context.Context {
			return context.WithValue(r.Context(), chi.RouteCtxKey, nil)
		}),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			r := s.routes().With(with)
			r.Get("/public", authz.Public(), ran("public"))
			r.Get("/admin", authz.Public(), ran("by GET"))
			r.Post("/admin", authz.Scope("admin"), ran("admin"))
			s.check(t, overriding(as("user", "POST", "/admin"), "GET"), 403, "", authz.Refused, "/admin")
			s.check(t, overriding(as("admin", "POST", "/admin"), "GET"), 200, "admin for admin", authz.Granted, "/admin")
			s.check(t, as("", "GET", "/public"), 200, "public for nobody", authz.Granted, "/public")
		})
	}
}

// A caller whom something before New puts into the context is not the Guard's.
func TestForgedCallers(t *testing.T) {
	forged, err := claims.NewIdentity(claims.JWT, map[string]any{"sub": "forged", "scope": "read write admin"})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite()
	s.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(claims.NewContext(r.Context(), forged)))
		})
	})
	r := s.routes()
	r.Get("/admin", authz.Scope("admin"), ran("admin"))
	r.Get("/public", authz.Public(), ran("public"))
	s.check(t, as("user", "GET", "/admin"), 403, "", authz.Refused, "/admin")
	s.check(t, as("", "GET", "/public"), 200, "public for nobody", authz.Granted, "/public")
}

// A requirement that routes again does not change what it was asked about.
func TestRequirementsThatRouteAgain(t *testing.T) {
	s := newSite()
	r := s.routes()
	curious := authz.Func("curious", func(req *http.Request, _ *claims.Identity) error {
		rctx := chi.RouteContext(req.Context())
		s.Mux.Find(rctx, "GET", "/public")
		r.Find(as("", "GET", "/public"))
		return errors.New("no")
	})
	r.Get("/public", authz.Public(), ran("public"))
	r.Get("/admin", curious, ran("admin"))
	s.check(t, as("admin", "GET", "/admin"), 403, "", authz.Refused, "/admin")
}
