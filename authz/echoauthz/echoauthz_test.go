package echoauthz_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
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

// site is an Echo under test with what was decided about its requests.
type site struct {
	*echo.Echo
	guard     *authz.Guard
	decisions []authz.Decision
}

func newSite() *site {
	s := &site{Echo: echo.New()}
	s.guard = &authz.Guard{
		Identifier: by(bearer),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	}
	return s
}

// routes is where a test begins that needs nothing before New.
func (s *site) routes() *echoauthz.Routes { return echoauthz.New(s.Echo, s.guard, nil) }

// ran answers with the handler's name and the caller it sees.
func ran(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		caller := "nobody"
		if id, ok := claims.FromContext(c.Request().Context()); ok {
			caller = id.Subject
		}
		return c.String(http.StatusOK, name+" for "+caller)
	}
}

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
	r.GET("/hello", authz.Public(), ran("hello"))
	r.GET("/notes/:id", authz.Scope("read"), ran("note"))
	r.POST("/notes", authz.Scope("write"), ran("create"))

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
		{"nobody", as("", "GET", "/notes/1"), 401, "", authz.Refused, "/notes/:id"},
		{"an unknown token", as("forged", "GET", "/notes/1"), 401, "", authz.Refused, "/notes/:id"},
		{"a caller with the scope", as("user", "GET", "/notes/1"), 200, "note for user", authz.Granted, "/notes/:id"},
		{"a caller without", as("user", "POST", "/notes"), 403, "", authz.Refused, "/notes"},
		{"another with it", as("admin", "POST", "/notes"), 200, "create for admin", authz.Granted, "/notes"},
		{"no route, nobody", as("", "GET", "/nowhere"), 401, "", authz.Refused, ""},
		{"no route, a caller", as("user", "GET", "/nowhere"), 404, "", authz.NoRoute, ""},
		{"another method, nobody", as("", "DELETE", "/notes"), 401, "", authz.Refused, ""},
		{"another method, a caller", as("user", "DELETE", "/notes"), 405, "", authz.NoRoute, ""},
		{"HEAD is not GET", as("user", "HEAD", "/hello"), 405, "", authz.NoRoute, ""},
		{"OPTIONS, nobody", as("", "OPTIONS", "/notes"), 401, "", authz.Refused, ""},
		{"OPTIONS, a caller", as("user", "OPTIONS", "/notes"), 204, "", authz.NoRoute, ""},
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
	s.routes().POST("/notes", authz.Scope("write"), ran("create"))

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

func TestEchosAnswersKeepTheirHeaders(t *testing.T) {
	s := newSite()
	s.routes().POST("/notes", authz.Scope("write"), ran("create"))
	for method, status := range map[string]int{"DELETE": 405, "OPTIONS": 204} {
		w := serve(s, as("user", method, "/notes"))
		if got := w.Header()["Allow"]; w.Code != status || len(got) != 1 || got[0] != "OPTIONS, POST" {
			t.Errorf("%s: status %d, Allow %q; want %d and OPTIONS, POST", method, w.Code, got, status)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q: the answer may be stored and shown to strangers", method, got)
		}
	}
}
