package chiauthz_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// bearer knows two callers by their tokens: the user has the scope read, the
// admin also write and admin.
func bearer(r *http.Request) (*claims.Identity, error) {
	switch r.Header.Get("Authorization") {
	case "Bearer user":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "user", "scope": "read"})
	case "Bearer admin":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "admin", "scope": "read write admin"})
	}
	return nil, nil
}

// by returns the Identifier that asks f.
func by(f func(*http.Request) (*claims.Identity, error)) authz.Identifier {
	return authz.IdentifierFunc("test", claims.Trust{}, f)
}

// as returns a request of one of the callers, "" for nobody.
func as(who, method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+who)
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// site is a router under test with what was decided about its requests.
type site struct {
	*chi.Mux
	guard     *authz.Guard
	decisions []authz.Decision
}

func newSite() *site {
	s := &site{Mux: chi.NewRouter()}
	s.guard = &authz.Guard{
		Identifier: by(bearer),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	}
	return s
}

// routes is where a test begins that needs nothing before New.
func (s *site) routes() *chiauthz.Routes { return chiauthz.New(s.Mux, s.guard, nil) }

// ran answers with the handler's name and the caller it sees.
func ran(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		caller := "nobody"
		if id, ok := claims.FromContext(r.Context()); ok {
			caller = id.Subject
		}
		fmt.Fprint(w, name+" for "+caller)
	}
}

// named is a handler of no account.
func named(http.ResponseWriter, *http.Request) {}

// check sends one request, and expects an answer and one decision.
func (s *site) check(t *testing.T, r *http.Request, status int, body string, want authz.Result, route string) {
	t.Helper()
	s.decisions = nil
	w := serve(s, r)
	if w.Code != status {
		t.Errorf("status %d, want %d", w.Code, status)
	}
	if got := w.Body.String(); status == http.StatusOK && got != body {
		t.Errorf("%q, want %q", got, body)
	}
	if len(s.decisions) != 1 {
		t.Fatalf("%d decisions, want 1: %+v", len(s.decisions), s.decisions)
	}
	if d := s.decisions[0]; d.Result != want || d.Route != route {
		t.Errorf("decision %q for route %q, want %q for %q", d.Result, d.Route, want, route)
	}
}

func TestRequirementsAreEnforced(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/hello", authz.Public(), ran("hello"))
	r.Get("/notes/{id}", authz.Scope("read"), ran("note"))
	r.Post("/notes", authz.Scope("write"), ran("create"))
	r.Get("/years/{year:[0-9]{4}}/", authz.Scope("read"), ran("year"))

	tests := []struct {
		name    string
		request *http.Request
		status  int
		body    string
		outcome authz.Result
		route   string
	}{
		{"a public route", as("", "GET", "/hello"), 200, "hello for nobody", authz.Granted, "/hello"},
		{"a public route knows its caller", as("user", "GET", "/hello"), 200, "hello for user", authz.Granted, "/hello"},
		{"nobody", as("", "GET", "/notes/1"), 401, "", authz.Refused, "/notes/{id}"},
		{"an unknown token", as("forged", "GET", "/notes/1"), 401, "", authz.Refused, "/notes/{id}"},
		{"a caller with the scope", as("user", "GET", "/notes/1"), 200, "note for user", authz.Granted, "/notes/{id}"},
		{"a caller without", as("user", "POST", "/notes"), 403, "", authz.Refused, "/notes"},
		{"another with it", as("admin", "POST", "/notes"), 200, "create for admin", authz.Granted, "/notes"},
		{"a slash at the end, which chi's own pattern lacks", as("user", "GET", "/years/2026/"), 200, "year for user", authz.Granted, "/years/{year:[0-9]{4}}/"},
		{"another slash", as("user", "GET", "/notes/1/"), 404, "", authz.NoRoute, ""},
		{"no route, nobody", as("", "GET", "/nowhere"), 401, "", authz.Refused, ""},
		{"no route, a caller", as("user", "GET", "/nowhere"), 404, "", authz.NoRoute, ""},
		{"another method, nobody", as("", "DELETE", "/notes"), 401, "", authz.Refused, ""},
		{"another method, a caller", as("user", "DELETE", "/notes"), 405, "", authz.NoRoute, ""},
		{"a method that chi does not know", as("user", "FOO", "/notes"), 405, "", authz.NoRoute, ""},
		{"such a method nowhere", as("user", "FOO", "/nowhere"), 404, "", authz.NoRoute, ""},
		{"lower case", as("user", "get", "/hello"), 405, "", authz.NoRoute, ""},
		{"HEAD is not GET", as("user", "HEAD", "/hello"), 405, "", authz.NoRoute, ""},
		{"OPTIONS, nobody", as("", "OPTIONS", "/notes"), 401, "", authz.Refused, ""},
		{"OPTIONS, a caller", as("user", "OPTIONS", "/notes"), 405, "", authz.NoRoute, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s.check(t, test.request, test.status, test.body, test.outcome, test.route)
		})
	}
}

func TestRefusalsAreTheGuards(t *testing.T) {
	s := newSite()
	s.guard.Realm = "notes"
	s.routes().Post("/notes", authz.Scope("write"), ran("create"))

	w := serve(s, as("user", "POST", "/notes"))
	for name, want := range map[string]string{
		"WWW-Authenticate": `Bearer realm="notes", error="insufficient_scope", scope="write"`,
		"Cache-Control":    "no-store",
		"Content-Type":     "application/problem+json",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestUnknownRoutesOfAKnownCaller(t *testing.T) {
	s := newSite()
	s.NotFound(trap(t))
	s.MethodNotAllowed(trap(t))
	r := s.routes()
	r.Post("/notes/{id}", authz.Scope("write"), named)
	r.Get("/notes/{id}", authz.Scope("write"), named)
	r.Handle("/all", authz.Scope("write"), http.HandlerFunc(named))
	s.NotFound(trap(t)) // not used, whenever it is set
	for _, test := range []struct {
		method, target string
		status         int
		allow          string
	}{
		{"GET", "/nowhere", 404, ""},
		{"DELETE", "/notes/1", 405, "GET, POST"},
		{"OPTIONS", "/notes/1", 405, "GET, POST"},
		{"FOO", "/all", 405, "CONNECT, DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE"},
	} {
		w := serve(s, as("user", test.method, test.target))
		h := w.Header()
		if w.Code != test.status || h.Get("Allow") != test.allow || h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: status %d, header %v", test.method, test.target, w.Code, h)
		}
	}
}

// What chi's own middleware makes chi look for is what is decided about.
func TestMiddlewareThatRewrites(t *testing.T) {
	s := newSite()
	s.Use(middleware.CleanPath, middleware.StripSlashes, middleware.GetHead)
	r := s.routes()
	r.Get("/public", authz.Public(), ran("public"))
	r.Get("/admin", authz.Scope("admin"), ran("admin"))
	s.check(t, as("user", "GET", "/admin/"), 403, "", authz.Refused, "/admin")
	s.check(t, as("user", "GET", "/public/../admin"), 403, "", authz.Refused, "/admin")
	s.check(t, as("user", "HEAD", "/admin"), 403, "", authz.Refused, "/admin")
	s.check(t, as("", "HEAD", "/public/"), 200, "public for nobody", authz.Granted, "/public")
	s.check(t, as("admin", "GET", "//admin"), 200, "admin for admin", authz.Granted, "/admin")
}
