package chiauthz_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes that chi got to know without a requirement never run. Status is what the
// admin gets: 403 for a route without a rule, 404 or 405 where no route is.
func TestForeignRoutesNeverRun(t *testing.T) {
	tests := []struct {
		name     string
		register func(*site, http.HandlerFunc)
		method   string
		target   string
		status   int
	}{
		{"Get", func(s *site, h http.HandlerFunc) { s.Get("/x", h) }, "GET", "/x", 403},
		{"Get with a parameter", func(s *site, h http.HandlerFunc) { s.Get("/{x}", h) }, "GET", "/x", 403},
		{"Handle", func(s *site, h http.HandlerFunc) { s.Handle("/x", h) }, "OPTIONS", "/x", 403},
		{"Method", func(s *site, h http.HandlerFunc) { s.Method("PUT", "/x", h) }, "PUT", "/x", 403},
		{"Head beside a guarded Get", func(s *site, h http.HandlerFunc) { s.Head("/guarded", h) }, "HEAD", "/guarded", 403},
		{"another method on its path", func(s *site, h http.HandlerFunc) { s.Get("/x", h) }, "PUT", "/x", 404},
		{"a more specific route", func(s *site, h http.HandlerFunc) { s.Get("/notes/export", h) }, "GET", "/notes/export", 403},
		{"With", func(s *site, h http.HandlerFunc) { s.With(always(h)).Get("/x", h) }, "GET", "/x", 403},
		{"Group", func(s *site, h http.HandlerFunc) { s.Group(func(r chi.Router) { r.Use(always(h)); r.Get("/x", h) }) }, "GET", "/x", 403},
		{"Route", func(s *site, h http.HandlerFunc) { s.Route("/g", func(r chi.Router) { r.Get("/x", h) }) }, "GET", "/g/x", 403},
		{"Route's root", func(s *site, h http.HandlerFunc) { s.Route("/g", func(r chi.Router) { r.Get("/", h) }) }, "GET", "/g", 403},
		{"Route's middleware", func(s *site, h http.HandlerFunc) { s.Route("/g", func(r chi.Router) { r.Use(always(h)) }) }, "GET", "/g/x", 404},
		{"Route's NotFound", func(s *site, h http.HandlerFunc) { s.Route("/g", func(r chi.Router) { r.NotFound(h) }) }, "GET", "/g/x", 404},
		{"Mount of a router", func(s *site, h http.HandlerFunc) {
			sub := chi.NewRouter()
			sub.Get("/x", h)
			s.Mount("/g", sub)
		}, "GET", "/g/x", 403},
		{"Mount of a handler", func(s *site, h http.HandlerFunc) { s.Mount("/g", h) }, "GET", "/g/x", 403},
		{"Mount's path itself, which Walk does not list", func(s *site, h http.HandlerFunc) { s.Mount("/g", h) }, "GET", "/g", 403},
		{"Mount's path with a slash", func(s *site, h http.HandlerFunc) { s.Mount("/g", h) }, "GET", "/g/", 403},
		{"Mount of a router that hides its routes", func(s *site, h http.HandlerFunc) { s.Mount("/g", hidden{h}) }, "GET", "/g/x", 404},
		{"NotFound", func(s *site, h http.HandlerFunc) { s.NotFound(h) }, "GET", "/x", 404},
		{"MethodNotAllowed", func(s *site, h http.HandlerFunc) { s.MethodNotAllowed(h) }, "PUT", "/guarded", 405},
		{"the same with another parameter's name", func(s *site, h http.HandlerFunc) { s.Get("/notes/{other}", h) }, "GET", "/notes/1", 403},
	}
	for _, test := range tests {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after the first request: %t", test.name, late), func(t *testing.T) {
				s := newSite()
				r := s.routes()
				r.Get("/guarded", authz.Public(), ran("guarded"))
				r.Get("/notes/{id}", authz.Public(), ran("note"))
				if late {
					serve(s, as("admin", "GET", "/guarded"))
				}
				test.register(s, trap(t))
				tryForeign(t, s, test.method, test.target, test.status)
			})
		}
	}
}

// hidden is a chi.Routes without routes that serves all the same.
type hidden struct{ http.Handler }

func (hidden) Routes() []chi.Route                      { return nil }
func (hidden) Middlewares() chi.Middlewares             { return nil }
func (hidden) Match(*chi.Context, string, string) bool  { return false }
func (hidden) Find(*chi.Context, string, string) string { return "" }

func trap(t *testing.T) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { t.Error("it ran") }
}

func tryForeign(t *testing.T, s *site, method, target string, status int) {
	t.Helper()
	for who, want := range map[string]int{"": 401, "admin": status} {
		s.decisions = nil
		w := serve(s, as(who, method, target))
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", who, w.Code, want)
		}
		if len(s.decisions) != 1 || s.decisions[0].Result == authz.Granted {
			t.Errorf("%q: decisions %+v, want one that does not grant", who, s.decisions)
		}
	}
}

// always is middleware with its own answer.
func always(h http.HandlerFunc) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler { return h }
}

// A foreign handler in the very place of a guarded route does not run; the guarded
// one does, by its requirement.
func TestForeignRoutesReplaceNone(t *testing.T) {
	for name, register := range map[string]func(*site, http.HandlerFunc){
		"Get":    func(s *site, h http.HandlerFunc) { s.Get("/notes/{id}", h) },
		"Handle": func(s *site, h http.HandlerFunc) { s.Handle("/notes/{id}", h) },
		"With":   func(s *site, h http.HandlerFunc) { s.With(always(h)).Get("/notes/{id}", h) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			s.routes().Get("/notes/{id}", authz.Scope("read"), ran("note"))
			register(s, trap(t))
			s.check(t, as("user", "GET", "/notes/1"), 200, "note for user", authz.Granted, "/notes/{id}")
			s.check(t, as("", "GET", "/notes/1"), 401, "", authz.Refused, "/notes/{id}")
			if name == "Handle" {
				s.check(t, as("user", "PUT", "/notes/1"), 403, "", authz.Refused, "/notes/{id}")
			}
		})
	}
}

func TestRoutesWithoutRuleAreRecorded(t *testing.T) {
	s := newSite()
	s.routes()
	s.Get("/notes/{id}", ran("note"))
	s.check(t, as("admin", "GET", "/notes/1"), 403, "", authz.Refused, "/notes/{id}")
	if got := s.decisions[0].Requirement; got != "" {
		t.Errorf("requirement %q, want none", got)
	}
}

// chi serves what With returns without the router's middleware. A guarded route
// decides there, too.
func TestServingAGroupOfTheRouter(t *testing.T) {
	s := newSite()
	s.routes().Get("/admin", authz.Scope("admin"), ran("admin"))
	group := s.With()
	group.Get("/other", named)
	for who, status := range map[string]int{"": 401, "user": 403, "admin": 200} {
		if w := serve(group, as(who, "GET", "/admin")); w.Code != status {
			t.Errorf("%q: status %d, want %d", who, w.Code, status)
		}
	}
}
