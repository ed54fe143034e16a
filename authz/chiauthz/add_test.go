package chiauthz_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
)

func TestChiKnowsTheRoutes(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/notes/{id}", authz.Scope("read"), named)
	r.Group("/notes", authz.Scope("read")).Post("", authz.Scope("write"), named)
	var seen []string
	err := chi.Walk(s, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		seen = append(seen, method+" "+route)
		return nil
	})
	got := strings.Join(seen, ", ")
	if err != nil || got != "POST /notes, GET /notes/{id}" {
		t.Errorf("Walk finds %q, %v", got, err)
	}
}

func TestImpossibleRoutesPanicWhereTheyAreWritten(t *testing.T) {
	ok := authz.Authenticated()
	tests := []struct {
		name string
		make func(*chiauthz.Routes)
	}{
		{"no requirement", func(r *chiauthz.Routes) { r.Get("/", nil, named) }},
		{"no requirement in a group", func(r *chiauthz.Routes) { r.Group("/g", ok).Get("/", nil, named) }},
		{"a group without one", func(r *chiauthz.Routes) { r.Group("/g", nil) }},
		{"a requirement for unknown routes", func(r *chiauthz.Routes) { r.Get("/", authz.UnknownRoute(), named) }},
		{"a public route in a closed group", func(r *chiauthz.Routes) { r.Group("/g", ok).Get("/", authz.Public(), named) }},
		{"a nil handler", func(r *chiauthz.Routes) { r.Get("/", ok, nil) }},
		{"a nil http.Handler", func(r *chiauthz.Routes) { r.Handle("/", ok, nil) }},
		{"a nil handler to mount", func(r *chiauthz.Routes) { r.Mount("/", ok, nil) }},
		{"a nil middleware", func(r *chiauthz.Routes) { r.With(nil) }},
		{"a nil middleware of a group", func(r *chiauthz.Routes) { r.Group("/g", ok, nil) }},
		{"a route twice", func(r *chiauthz.Routes) { r.Get("/a", ok, named); r.Get("/a", ok, named) }},
		{"the same by Method", func(r *chiauthz.Routes) { r.Get("/a", ok, named); r.MethodFunc("get", "/a", ok, named) }},
		{"two names for a parameter", func(r *chiauthz.Routes) { r.Get("/{a}/x", ok, named); r.Get("/{b}/x", ok, named) }},
		{"two names with one expression", func(r *chiauthz.Routes) {
			r.Get("/{a:[0-9]{2}}", ok, named)
			r.Get("/{b:[0-9]{2}}", ok, named)
		}},
		{"Handle beside Get", func(r *chiauthz.Routes) { r.Get("/a", ok, named); r.HandleFunc("/a", ok, named) }},
		{"Get beside Handle", func(r *chiauthz.Routes) { r.HandleFunc("/a", ok, named); r.Get("/a", ok, named) }},
		{"twice through a group", func(r *chiauthz.Routes) { r.Get("/a/b", ok, named); r.Group("/a", ok).Get("/b", ok, named) }},
		{"beside what is mounted", func(r *chiauthz.Routes) {
			r.Mount("/a", ok, http.NotFoundHandler())
			r.HandleFunc("/a/*", ok, named)
		}},
		{"a pattern that chi refuses", func(r *chiauthz.Routes) { r.Get("a", ok, named) }},
		{"a method that chi does not know", func(r *chiauthz.Routes) { r.MethodFunc("FOO", "/", ok, named) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if r := newSite().routes(); !panics(func() { test.make(r) }) {
				t.Error("no panic")
			}
		})
	}
	t.Run("a route after the first request", func(t *testing.T) {
		s := newSite()
		r := s.routes()
		serve(s, as("", "GET", "/"))
		if !panics(func() { r.Get("/", ok, named) }) {
			t.Error("no panic")
		}
	})
}

// New stands between all middleware and all routes, or panics.
func TestImpossibleNew(t *testing.T) {
	nop := func(h http.Handler) http.Handler { return h }
	tests := map[string]func(){
		"without a router":         func() { chiauthz.New(nil, nil, nil) },
		"with an impossible Guard": func() { chiauthz.New(chi.NewRouter(), &authz.Guard{Every: authz.Public()}, nil) },
		"after a route": func() {
			router := chi.NewRouter()
			router.Get("/", named)
			chiauthz.New(router, nil, nil)
		},
		"after a group": func() {
			router := chi.NewRouter()
			router.Group(nil)
			chiauthz.New(router, nil, nil)
		},
		"twice": func() {
			router := chi.NewRouter()
			chiauthz.New(router, nil, nil)
			chiauthz.New(router, nil, nil)
		},
		"on what With returns":  func() { chiauthz.New(chi.NewRouter().With(nop).(*chi.Mux), nil, nil) },
		"on what Group returns": func() { chiauthz.New(chi.NewRouter().Group(nil).(*chi.Mux), nil, nil) },
		"before Use": func() {
			router := chi.NewRouter()
			chiauthz.New(router, nil, nil)
			router.Use(nop)
		},
	}
	for name, make := range tests {
		if !panics(make) {
			t.Errorf("%s: no panic", name)
		}
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func TestWhatLooksTheSameAndIsNot(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/a{b}", authz.Public(), ran("parameter"))
	r.Post("/a{b}", authz.Public(), ran("another method"))
	r.Get("/a/", authz.Public(), ran("slash"))
	r.Get("/a", authz.Public(), ran("no slash"))
	r.Get("/{n:[0-9]+}", authz.Public(), ran("number"))
	r.Get("/{n:[x-z]+}", authz.Public(), ran("letters"))
	r.Get("/{n}", authz.Public(), ran("anything"))
	for path, want := range map[string]string{
		"/a": "no slash for nobody", "/a/": "slash for nobody", "/ab": "parameter for nobody",
		"/12": "number for nobody", "/xyz": "letters for nobody", "/q": "anything for nobody",
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
			r.Group("/"+string(c), authz.Scope("read")).Get("", authz.Scope("admin"), ran(string(c)))
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
