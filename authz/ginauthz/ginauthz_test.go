package ginauthz_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.ReleaseMode) // prints no routes
	m.Run()
}

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

// site is an engine under test with what was decided about its requests.
type site struct {
	*gin.Engine
	guard     *authz.Guard
	served    *ginauthz.Routes
	decisions []authz.Decision
}

func newSite() *site {
	s := &site{Engine: gin.New()}
	s.guard = &authz.Guard{
		Identifier: by(bearer),
		OnDecision: func(_ *http.Request, d authz.Decision) { s.decisions = append(s.decisions, d) },
	}
	return s
}

// routes is where a test begins that needs nothing before New.
func (s *site) routes() *ginauthz.Routes { return s.with(nil) }

func (s *site) with(opts *ginauthz.Options) *ginauthz.Routes {
	s.served = ginauthz.New(s.Engine, s.guard, opts)
	return s.served
}

// ran answers with the handler's name and the caller it sees.
func ran(name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		caller := "nobody"
		if id, ok := claims.FromContext(c.Request.Context()); ok {
			caller = id.Subject
		}
		c.String(http.StatusOK, name+" for "+caller)
	}
}

// named is a handler of no account.
func named(*gin.Context) {}

func trap(t *testing.T) gin.HandlerFunc {
	return func(*gin.Context) { t.Error("it ran") }
}

// check sends one request, and expects an answer and one decision.
func (s *site) check(t *testing.T, r *http.Request, status int, body string, want authz.Result, route string) {
	t.Helper()
	s.decisions = nil
	w := serve(s.served, r)
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
	r.GET("/years/:year/", authz.Scope("read"), ran("year"))
	r.GET("/files/*path", authz.Scope("read"), ran("file"))

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
		{"escaped", as("user", "GET", "/%6eotes/1"), 200, "note for user", authz.Granted, "/notes/:id"},
		{"a caller without", as("user", "POST", "/notes"), 403, "", authz.Refused, "/notes"},
		{"another with it", as("admin", "POST", "/notes"), 200, "create for admin", authz.Granted, "/notes"},
		{"a slash at the end", as("user", "GET", "/years/2026/"), 200, "year for user", authz.Granted, "/years/:year/"},
		{"a subtree", as("user", "GET", "/files/"), 200, "file for user", authz.Granted, "/files/*path"},
		{"another slash", as("user", "GET", "/notes/1/"), 404, "", authz.NoRoute, ""},
		{"another slash, nobody", as("", "GET", "/notes/1/"), 401, "", authz.Refused, ""},
		{"no route, nobody", as("", "GET", "/nowhere"), 401, "", authz.Refused, ""},
		{"no route, a caller", as("user", "GET", "/nowhere"), 404, "", authz.NoRoute, ""},
		{"another method, nobody", as("", "DELETE", "/notes"), 401, "", authz.Refused, ""},
		{"another method, a caller", as("user", "DELETE", "/notes"), 405, "", authz.NoRoute, ""},
		{"a method without routes", as("user", "FOO", "/notes"), 405, "", authz.NoRoute, ""},
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
	s.routes().POST("/notes", authz.Scope("write"), ran("create"))

	w := serve(s.served, as("user", "POST", "/notes"))
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
	s.NoRoute(trap(t))
	s.NoMethod(trap(t))
	r := s.routes()
	r.POST("/notes/:id", authz.Scope("write"), named)
	r.GET("/notes/:id", authz.Scope("write"), named)
	s.NoRoute(trap(t)) // not used, whenever it is set
	s.NoMethod(trap(t))
	for _, test := range []struct {
		method, target string
		status         int
		allow          string
	}{
		{"GET", "/nowhere", 404, ""},
		{"HEAD", "/nowhere", 404, ""},
		{"HEAD", "/notes/1", 405, "GET, POST"},
		{"DELETE", "/notes/1", 405, "GET, POST"},
		{"OPTIONS", "/notes/1", 405, "GET, POST"},
		{"FOO", "/notes/1", 405, "GET, POST"},
	} {
		w := serve(s.served, as("user", test.method, test.target))
		h := w.Header()
		if w.Code != test.status || h.Get("Allow") != test.allow || h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: status %d, header %v", test.method, test.target, w.Code, h)
		}
		w = serve(s.served, as("", test.method, test.target))
		if h := w.Header(); w.Code != 401 || h.Get("Allow") != "" {
			t.Errorf("nobody, %s %s: status %d, header %v", test.method, test.target, w.Code, h)
		}
	}
}

// gin's redirects come before middleware and hold what the client says.
func TestNothingIsRedirected(t *testing.T) {
	s := newSite()
	s.RedirectFixedPath = true
	s.routes().GET("/notes", authz.Scope("read"), ran("notes"))
	for _, path := range []string{"/notes/", "/NOTES", "//notes", "/x/../notes"} {
		for who, want := range map[string]int{"": 401, "admin": 404} {
			r := as(who, "GET", path)
			r.Header.Set("X-Forwarded-Prefix", "/evil")
			if w := serve(s.served, r); w.Code != want || w.Header().Get("Location") != "" {
				t.Errorf("%s for %q: status %d, Location %q", path, who, w.Code, w.Header().Get("Location"))
			}
		}
	}
}

// With SetTrustedProxies(nil), as the package says, the address is the front's word.
func TestAddressIsNotTheClientsWord(t *testing.T) {
	s := newSite()
	if err := s.SetTrustedProxies(nil); err != nil {
		t.Fatal(err)
	}
	s.routes().GET("/", authz.Public(), func(c *gin.Context) { c.String(200, c.ClientIP()) })
	r := as("", "GET", "/")
	r.RemoteAddr = "192.0.2.7:1234"
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		r.Header.Set(name, "203.0.113.9")
	}
	if w := serve(s.served, r); w.Body.String() != "192.0.2.7" {
		t.Errorf("ClientIP returns %s", w.Body)
	}
}
