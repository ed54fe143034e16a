package ginauthz_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
)

func TestGinKnowsTheRoutes(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/notes/:id", authz.Scope("read"), named)
	r.Group("/notes", authz.Scope("read")).POST("", authz.Scope("write"), named)
	var seen []string
	for _, route := range s.Routes() {
		seen = append(seen, route.Method+" "+route.Path+" "+route.Handler[strings.LastIndex(route.Handler, ".")+1:])
	}
	if got := strings.Join(seen, ", "); got != "GET /notes/:id named, POST /notes named" {
		t.Errorf("gin has %q", got)
	}
}

func TestImpossibleRoutesPanicWhereTheyAreWritten(t *testing.T) {
	ok := authz.Authenticated()
	tests := []struct {
		name string
		make func(*ginauthz.Routes)
	}{
		{"no requirement", func(r *ginauthz.Routes) { r.GET("/", nil, named) }},
		{"no requirement in a group", func(r *ginauthz.Routes) { r.Group("/g", ok).GET("/", nil, named) }},
		{"a group without one", func(r *ginauthz.Routes) { r.Group("/g", nil) }},
		{"a requirement for unknown routes", func(r *ginauthz.Routes) { r.GET("/", authz.UnknownRoute(), named) }},
		{"a public route in a closed group", func(r *ginauthz.Routes) { r.Group("/g", ok).GET("/", authz.Public(), named) }},
		{"no handler", func(r *ginauthz.Routes) { r.GET("/", ok) }},
		{"no handler but a group's middleware", func(r *ginauthz.Routes) { r.Group("/g", ok, named).GET("/", ok) }},
		{"a nil handler", func(r *ginauthz.Routes) { r.GET("/", ok, nil) }},
		{"a nil middleware", func(r *ginauthz.Routes) { r.GET("/", ok, nil, named) }},
		{"a nil middleware of a group", func(r *ginauthz.Routes) { r.Group("/g", ok, nil) }},
		{"a route twice", func(r *ginauthz.Routes) { r.GET("/a", ok, named); r.GET("a", ok, named) }},
		{"two names for a parameter", func(r *ginauthz.Routes) { r.GET("/:a/x", ok, named); r.GET("/:b/x", ok, named) }},
		{"one name for two parameters", func(r *ginauthz.Routes) { r.GET("/:a/x/:a", ok, named) }},
		{"one name for a parameter and the rest", func(r *ginauthz.Routes) { r.GET("/v:a/*a", ok, named) }},
		{"a colon and a parameter", func(r *ginauthz.Routes) { r.GET(`/a\:b`, ok, named); r.GET("/a:b", ok, named) }},
		{"Any beside GET", func(r *ginauthz.Routes) { r.GET("/a", ok, named); r.Any("/a", ok, named) }},
		{"twice through a group", func(r *ginauthz.Routes) { r.GET("/a/b", ok, named); r.Group("/a", ok).GET("/b", ok, named) }},
		{"beside a subtree", func(r *ginauthz.Routes) { r.GET("/a/*rest", ok, named); r.GET("/a/b", ok, named) }},
		{"a method that gin refuses", func(r *ginauthz.Routes) { r.Handle("get", "/", ok, named) }},
		{"files nowhere", func(r *ginauthz.Routes) { r.Static("/files", ok, nil) }},
		{"files below a parameter", func(r *ginauthz.Routes) { r.Static("/:files", ok, gin.Dir(".", false)) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := newSite().routes(); !panics(func() { test.make(r) }) {
				t.Error("no panic")
			}
		})
	}
	t.Run("a route after the first request", func(t *testing.T) {
		r := newSite().routes()
		serve(r, as("", "GET", "/"))
		if !panics(func() { r.GET("/", ok, named) }) {
			t.Error("no panic")
		}
	})
}

// New stands before all routes, or panics.
func TestImpossibleNew(t *testing.T) {
	tests := map[string]struct {
		make func()
		says string
	}{
		"without an engine":        {func() { ginauthz.New(nil, nil, nil) }, "nil *gin.Engine"},
		"with an impossible Guard": {func() { ginauthz.New(gin.New(), &authz.Guard{Every: authz.Public()}, nil) }, ""},
		"after a route": {func() {
			engine := gin.New()
			engine.Group("/g").GET("/x", named)
			ginauthz.New(engine, nil, nil)
		}, "GET /g/x"},
		"twice": {func() {
			engine := gin.New()
			ginauthz.New(engine, nil, nil)
			ginauthz.New(engine, nil, nil)
		}, "a New already"},
	}
	for name, test := range tests {
		if said := panicOf(test.make); said == "" || !strings.Contains(said, test.says) {
			t.Errorf("%s: panic %q, want one with %q", name, said, test.says)
		}
	}
}

func TestWhatLooksTheSameAndIsNot(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/a:b", authz.Public(), ran("parameter"))
	r.POST("/a:b", authz.Public(), ran("another method"))
	r.GET("/a/", authz.Public(), ran("slash"))
	r.GET("/a", authz.Public(), ran("no slash"))
	r.GET(`/x\:y`, authz.Scope("read"), ran("colon"))
	r.GET(`/x\:y/:z`, authz.Scope("read"), ran("colon and parameter"))
	answers := map[string][2]string{ // body and route
		"/a":     {"no slash for user", "/a"},
		"/a/":    {"slash for user", "/a/"},
		"/ab":    {"parameter for user", "/a:b"},
		"/x:y":   {"colon for user", `/x\:y`},
		"/x:y/1": {"colon and parameter for user", `/x\:y/:z`},
	}
	for path, want := range answers {
		if rule, _, ok := r.Find(as("user", "GET", path)); !ok || rule.Pattern != want[1] {
			t.Errorf("%s: Find returns %v, %t", path, rule, ok)
		}
	}
	for path, want := range answers {
		s.check(t, as("user", "GET", path), 200, want[0], authz.Granted, want[1])
	}
	s.check(t, as("", "GET", "/x:y"), 401, "", authz.Refused, `/x\:y`)
}

func TestRoutesMayBeRegisteredConcurrently(t *testing.T) {
	s := newSite()
	r := s.routes()
	var wg sync.WaitGroup
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		wg.Go(func() {
			r.Group("/"+string(c), authz.Scope("read")).GET("", authz.Scope("admin"), ran(string(c)))
			r.Find(as("", "GET", "/"+string(c)))
		})
	}
	wg.Wait()
	if got := len(r.Policy().Rules); got != 26 {
		t.Errorf("%d rules, want 26", got)
	}
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		s.check(t, as("user", "GET", "/"+string(c)), 403, "", authz.Refused, "/"+string(c))
		s.check(t, as("admin", "GET", "/"+string(c)), 200, string(c)+" for admin", authz.Granted, "/"+string(c))
	}
}
