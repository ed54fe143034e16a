package echoauthz_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
)

func TestEchoKnowsTheRoutes(t *testing.T) {
	s := newSite()
	var seen []string
	s.OnAddRouteHandler = func(host string, r echo.Route, _ echo.HandlerFunc, _ []echo.MiddlewareFunc) {
		seen = append(seen, host+" "+r.Method+" "+r.Path)
	}
	r := s.routes()
	r.GET("/notes/:id", authz.Scope("read"), named).Name = "note"
	r.POST("/notes", authz.Scope("write"), named)
	r.Host("a.example", authz.Public()).GET("/x", authz.Public(), named)

	if got := s.Reverse("note", 7); got != "/notes/7" {
		t.Errorf("Reverse gives %q", got)
	}
	if got := s.URI(named); got != "/notes" {
		t.Errorf("URI gives %q", got)
	}
	want := []string{" GET /notes/:id", " POST /notes", "a.example GET /x"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
	if got := len(s.Routes()); got != 2 {
		t.Errorf("%d routes, want 2", got)
	}
}

func named(c echo.Context) error { return c.NoContent(http.StatusOK) }

func TestImpossibleRoutesPanicWhereTheyAreWritten(t *testing.T) {
	ok := authz.Authenticated()
	tests := []struct {
		name string
		make func(*echoauthz.Routes)
	}{
		{"no requirement", func(r *echoauthz.Routes) { r.GET("/", nil, named) }},
		{"no requirement in a group", func(r *echoauthz.Routes) { r.Group("/g", ok).GET("/", nil, named) }},
		{"a group without one", func(r *echoauthz.Routes) { r.Group("/g", nil) }},
		{"a host without one", func(r *echoauthz.Routes) { r.Host("h", nil) }},
		{"a host without a name", func(r *echoauthz.Routes) { r.Host("", ok) }},
		{"a requirement for unknown routes", func(r *echoauthz.Routes) { r.GET("/", authz.UnknownRoute(), named) }},
		{"a public route in a closed group", func(r *echoauthz.Routes) { r.Group("/g", ok).GET("/", authz.Public(), named) }},
		{"a nil handler", func(r *echoauthz.Routes) { r.GET("/", ok, nil) }},
		{"a nil middleware", func(r *echoauthz.Routes) { r.GET("/", ok, named, nil) }},
		{"a route twice", func(r *echoauthz.Routes) { r.GET("/a", ok, named); r.GET("a", ok, named) }},
		{"two names for a parameter", func(r *echoauthz.Routes) { r.GET("/:a/x", ok, named); r.GET("/:b/x", ok, named) }},
		{"more after an asterisk", func(r *echoauthz.Routes) { r.GET("/a/*", ok, named); r.GET("/a/*/x", ok, named) }},
		{"Any beside GET", func(r *echoauthz.Routes) { r.GET("/a", ok, named); r.Any("/a", ok, named) }},
		{"twice through a group", func(r *echoauthz.Routes) { r.GET("/a/b", ok, named); r.Group("/a", ok).GET("/b", ok, named) }},
		{"twice on a host", func(r *echoauthz.Routes) {
			r.Host("h", ok).GET("/", ok, named)
			r.Host("h", ok).GET("/", ok, named)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := newSite().routes(); !panics(func() { test.make(r) }) {
				t.Error("no panic")
			}
		})
	}
	t.Run("New without an Echo", func(t *testing.T) {
		if !panics(func() { echoauthz.New(nil, nil, nil) }) {
			t.Error("no panic")
		}
	})
	t.Run("New with an impossible Guard", func(t *testing.T) {
		if !panics(func() { echoauthz.New(echo.New(), &authz.Guard{Every: authz.Public()}, nil) }) {
			t.Error("no panic")
		}
	})
	t.Run("a route after the first request", func(t *testing.T) {
		s := newSite()
		r := s.routes()
		serve(s, as("", "GET", "/"))
		if !panics(func() { r.GET("/", ok, named) }) {
			t.Error("no panic")
		}
	})
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func TestWhatLooksTheSameAndIsNot(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/a:b", authz.Public(), ran("parameter"))
	r.POST("/a:b", authz.Public(), ran("another method"))
	r.GET("/a/", authz.Public(), ran("slash"))
	r.GET("/a", authz.Public(), ran("no slash"))
	r.GET(`/x\:y`, authz.Public(), ran("colon"))
	r.Host("h", authz.Public()).GET("/a", authz.Public(), ran("host"))
	for path, want := range map[string]string{
		"/a":   "no slash for nobody",
		"/a/":  "slash for nobody",
		"/ab":  "parameter for nobody",
		"/x:y": "colon for nobody",
	} {
		if got := serve(s, as("", "GET", path)).Body.String(); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestRoutesMayBeRegisteredConcurrently(t *testing.T) {
	s := newSite()
	r := s.routes()
	var wg sync.WaitGroup
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		wg.Go(func() {
			r.Group("/"+string(c), authz.Scope("read")).GET("", authz.Scope("admin"), ran(string(c)))
			r.Host("h", authz.Scope("read")).GET("/"+string(c), authz.Scope("admin"), ran("host "+string(c)))
		})
	}
	wg.Wait()
	if got := len(r.Policy().Rules); got != 2*26 {
		t.Errorf("%d rules, want 52", got)
	}
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		s.check(t, as("user", "GET", "/"+string(c)), 403, "", authz.Refused, "/"+string(c))
		s.check(t, as("admin", "GET", "http://h/"+string(c)), 200, "host "+string(c)+" for admin", authz.Granted, "h/"+string(c))
	}
}
