package echoauthz_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// What is rewritten before routing is routed, and decided, as rewritten.
func TestRewritingBeforeRouting(t *testing.T) {
	tests := []struct {
		name    string
		pre     echo.MiddlewareFunc
		request *http.Request
		route   string
	}{
		{"the path", before(func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/public", "/admin", 1) }), as("user", "GET", "/public/x"), "/admin/*"},
		{"a trailing slash", before(func(r *http.Request) { r.URL.Path = strings.TrimSuffix(r.URL.Path, "/") }), as("user", "GET", "/admin/x/"), "/admin/*"},
		{"the method", before(overrideMethod), overriding(as("user", "POST", "/public/x"), "DELETE"), "/public/*"},
		{"the host", before(func(r *http.Request) { r.Host = "admin.example" }), as("user", "GET", "/public/x"), "admin.example/public/*"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			s.Pre(test.pre)
			r := s.routes()
			r.GET("/public/*", authz.Public(), ran("public"))
			r.POST("/public/*", authz.Public(), ran("public"))
			r.DELETE("/public/*", authz.Scope("admin"), ran("delete"))
			r.GET("/admin/*", authz.Scope("admin"), ran("admin"))
			r.Host("admin.example", authz.Scope("admin")).GET("/public/*", authz.Scope("admin"), ran("host"))
			s.check(t, test.request, 403, "", authz.Refused, test.route)
		})
	}
}

func overriding(r *http.Request, method string) *http.Request {
	r.Header.Set(echo.HeaderXHTTPMethodOverride, method)
	return r
}

// Echo routes the request it was given, whatever c.SetRequest says before. The
// decision is about the handler that this leads to.
func TestReplacingTheRequestBeforeRouting(t *testing.T) {
	s := newSite()
	s.Pre(rerouted(func(c echo.Context) { c.SetRequest(as("user", "GET", "/public")) }))
	r := s.routes()
	r.GET("/public", authz.Public(), ran("public"))
	r.GET("/admin", authz.Scope("admin"), ran("admin"))
	s.check(t, as("admin", "GET", "/admin"), 403, "", authz.Refused, "/admin")
}

// overrideMethod is what Echo's MethodOverride middleware does.
func overrideMethod(r *http.Request) {
	if method := r.Header.Get(echo.HeaderXHTTPMethodOverride); r.Method == http.MethodPost && method != "" {
		r.Method = method
	}
}

func before(change func(*http.Request)) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			change(c.Request())
			return next(c)
		}
	}
}

// Once Echo has routed, nothing that middleware does to the request leads to
// another route's requirement, nor to another caller.
func TestRewritingAfterRouting(t *testing.T) {
	tests := []struct {
		name string
		use  echo.MiddlewareFunc
	}{
		{"the path", before(func(r *http.Request) { r.URL.Path = "/public" })},
		{"the method", before(overrideMethod)},
		{"Echo's path", rerouted(func(c echo.Context) { c.SetPath("/public") })},
		{"a request with another context", rerouted(func(c echo.Context) {
			c.SetRequest(c.Request().WithContext(context.Background()))
		})},
		{"a request with another caller", rerouted(func(c echo.Context) {
			forged, _ := claims.NewIdentity(claims.JWT, map[string]any{"sub": "forged", "scope": "admin"})
			c.SetRequest(c.Request().WithContext(claims.NewContext(context.Background(), forged)))
		})},
		{"a wrapped context", func(next echo.HandlerFunc) echo.HandlerFunc {
			return func(c echo.Context) error { return next(struct{ echo.Context }{c}) }
		}},
		{"net/http's middleware", echo.WrapMiddleware(func(h http.Handler) http.Handler { return h })},
	}
	for _, test := range tests {
		for _, where := range []string{"before", "after"} {
			t.Run(test.name+" "+where+" New", func(t *testing.T) {
				s := newSite()
				if where == "before" {
					s.Use(test.use)
				}
				r := s.routes()
				if where == "after" {
					s.Use(test.use)
				}
				r.GET("/public", authz.Public(), ran("public"))
				r.GET("/admin", authz.Public(), ran("by GET"))
				r.POST("/admin", authz.Scope("admin"), ran("admin"))
				s.check(t, overriding(as("user", "POST", "/admin"), "GET"), 403, "", authz.Refused, "/admin")
				s.check(t, overriding(as("admin", "POST", "/admin"), "GET"), 200, "admin for admin", authz.Granted, "/admin")
				s.check(t, as("", "GET", "/public"), 200, "public for nobody", authz.Granted, "/public")
			})
		}
	}
}

func rerouted(change func(echo.Context)) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			change(c)
			return next(c)
		}
	}
}

// Middleware that asks Echo's router again and runs what it finds gets a
// decision for that route too.
func TestRoutingAgain(t *testing.T) {
	again := func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Echo().Router().Find("GET", "/admin", c)
			return c.Handler()(c)
		}
	}
	for _, where := range []string{"before", "after"} {
		t.Run(where+" New", func(t *testing.T) {
			s := newSite()
			if where == "before" {
				s.Use(again)
			}
			r := s.routes()
			if where == "after" {
				s.Use(again)
			}
			r.GET("/public", authz.Public(), ran("public"))
			r.GET("/admin", authz.Scope("admin"), ran("admin"))
			if w := serve(s, as("user", "GET", "/public")); w.Code != 403 {
				t.Errorf("status %d, body %q; want 403", w.Code, w.Body)
			}
			if w := serve(s, as("admin", "GET", "/public")); w.Body.String() != "admin for admin" {
				t.Errorf("status %d, body %q; want the admin's page", w.Code, w.Body)
			}
		})
	}
}

// A grant is for the parameters that were decided on: with others, the handler's
// own requirement is asked again.
func TestParametersChangedAfterTheDecision(t *testing.T) {
	s := newSite()
	r := s.routes()
	s.Use(rerouted(func(c echo.Context) { c.SetParamNames("id"); c.SetParamValues("victim") }))
	owner := authz.Func("owner", func(r *http.Request, id *claims.Identity) error {
		if r.PathValue("id") != id.Subject {
			return errors.New("not the owner")
		}
		return nil
	})
	r.GET("/users/:id", owner, ran("user"))
	w := httptest.NewRecorder()
	s.ServeHTTP(w, as("user", "GET", "/users/user"))
	if w.Code != http.StatusForbidden {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
}

func TestParametersOfOneName(t *testing.T) {
	r := newSite().routes()
	defer func() {
		if recover() == nil {
			t.Error("a path with a parameter twice was registered")
		}
	}()
	r.Group("/users/:id", authz.Authenticated()).GET("/notes/:id", authz.Authenticated(), ran("note"))
}
