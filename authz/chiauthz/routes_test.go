package chiauthz_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
)

var verbs = map[string]func(*chiauthz.Routes, string, authz.Requirement, http.HandlerFunc){
	"CONNECT": (*chiauthz.Routes).Connect,
	"DELETE":  (*chiauthz.Routes).Delete,
	"GET":     (*chiauthz.Routes).Get,
	"HEAD":    (*chiauthz.Routes).Head,
	"OPTIONS": (*chiauthz.Routes).Options,
	"PATCH":   (*chiauthz.Routes).Patch,
	"POST":    (*chiauthz.Routes).Post,
	"PUT":     (*chiauthz.Routes).Put,
	"TRACE":   (*chiauthz.Routes).Trace,
}

func TestEachVerbIsGuarded(t *testing.T) {
	for method, register := range verbs {
		t.Run(method, func(t *testing.T) {
			s := newSite()
			register(s.routes(), "/x", authz.Scope("write"), ran("x"))
			s.check(t, as("", method, "/x"), 401, "", authz.Refused, "/x")
			s.check(t, as("user", method, "/x"), 403, "", authz.Refused, "/x")
			s.check(t, as("admin", method, "/x"), 200, "x for admin", authz.Granted, "/x")
			for other := range verbs {
				if other != method {
					s.check(t, as("admin", other, "/x"), 405, "", authz.NoRoute, "")
				}
			}
		})
	}
}

func TestHandleAndMethod(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.HandleFunc("/any", authz.Scope("write"), ran("any"))
	r.MethodFunc("put", "/put", authz.Scope("write"), ran("put"))
	r.HandleFunc("patch  /patch", authz.Scope("write"), ran("patch"))

	for name, methods := range map[string][]string{"any": slices.Collect(maps.Keys(verbs)), "put": {"PUT"}, "patch": {"PATCH"}} {
		for _, method := range methods {
			s.check(t, as("user", method, "/"+name), 403, "", authz.Refused, "/"+name)
			s.check(t, as("admin", method, "/"+name), 200, name+" for admin", authz.Granted, "/"+name)
		}
	}
	s.check(t, as("admin", "POST", "/put"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "UNHEARD", "/any"), 405, "", authz.NoRoute, "")
}

func TestGetHead(t *testing.T) {
	s := newSite()
	r := chiauthz.New(s.Mux, s.guard, &chiauthz.Options{GetHead: true})
	r.Get("/get", authz.Scope("write"), ran("get"))
	r.HandleFunc("GET /handle", authz.Scope("write"), ran("handle"))
	r.Post("/post", authz.Scope("write"), ran("post"))
	for _, method := range []string{"GET", "HEAD"} {
		for _, name := range []string{"get", "handle"} {
			s.check(t, as("user", method, "/"+name), 403, "", authz.Refused, "/"+name)
			s.check(t, as("admin", method, "/"+name), 200, name+" for admin", authz.Granted, "/"+name)
			if rule, _, ok := r.Find(as("", method, "/"+name)); !ok || rule.Method != method {
				t.Errorf("%s /%s: Find returns %v, %t", method, name, rule, ok)
			}
		}
	}
	s.check(t, as("admin", "HEAD", "/post"), 405, "", authz.NoRoute, "")
	if !panics(func() { r.Head("/get", authz.Scope("write"), ran("head")) }) {
		t.Error("a second route for HEAD: no panic")
	}
}

func TestRequirementsOfGroupsAddUp(t *testing.T) {
	s := newSite()
	r := s.routes()
	open := r.Group("/open", authz.Public())
	open.Get("", authz.Public(), ran("open"))
	open.Get("/read", authz.Scope("read"), ran("read"))
	read := r.Group("/read", authz.Scope("read"))
	read.Get("", authz.Authenticated(), ran("list"))
	read.Get("/write", authz.Scope("write"), ran("write"))
	read.Group("/inner", authz.Scope("never")).Get("", authz.Scope("admin"), ran("inner"))
	read.Group("/plain", authz.Public()).Get("", authz.Authenticated(), ran("plain"))

	for path, want := range map[string][3]int{ // nobody, user, admin
		"/open":       {200, 200, 200},
		"/open/read":  {401, 200, 200},
		"/read":       {401, 200, 200},
		"/read/write": {401, 403, 200},
		"/read/inner": {401, 403, 403},
		"/read/plain": {401, 200, 200},
	} {
		for i, who := range []string{"", "user", "admin"} {
			if w := serve(s, as(who, "GET", path)); w.Code != want[i] {
				t.Errorf("%s for %q: status %d, want %d", path, who, w.Code, want[i])
			}
		}
	}
	gate := authz.Gate{Scopes: []string{"read"}}
	wantRules := []authz.Rule{
		{Method: "GET", Pattern: "/open", Requirement: "public", Gate: authz.Gate{Public: true}, ByIdentity: true},
		{Method: "GET", Pattern: "/open/read", Requirement: "scope read", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read", Requirement: "scope read and authenticated", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/inner", Requirement: "(scope read and scope never) and scope admin", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/plain", Requirement: "scope read and authenticated", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/write", Requirement: "scope read and scope write", Gate: gate, ByIdentity: true},
	}
	if diff := cmp.Diff(wantRules, read.Policy().Rules); diff != "" {
		t.Error(diff)
	}
}

// A mounted router's routes, whatever they are, have the requirement of Mount.
func TestMount(t *testing.T) {
	s := newSite()
	sub := chi.NewRouter()
	sub.Get("/", ran("root"))
	sub.Get("/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "user %s, pattern %s", chi.URLParam(r, "id"), chi.RouteContext(r.Context()).RoutePattern())
	})
	r := s.routes()
	r.Mount("/admin", authz.Scope("admin"), sub)
	r.Mount("/files/", authz.Scope("read"), http.StripPrefix("/files", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "file ", r.URL.Path)
	})))

	s.check(t, as("admin", "GET", "/admin"), 200, "root for admin", authz.Granted, "/admin")
	s.check(t, as("admin", "GET", "/admin/"), 200, "root for admin", authz.Granted, "/admin/*")
	s.check(t, as("admin", "GET", "/admin/users/7"), 200, "user 7, pattern /admin/users/{id}", authz.Granted, "/admin/*")
	s.check(t, as("admin", "GET", "/admin/nothing"), 404, "", authz.Granted, "/admin/*")
	s.check(t, as("user", "GET", "/files/a/b"), 200, "file /a/b", authz.Granted, "/files/*")
	for _, path := range []string{"/admin", "/admin/", "/admin/users/7", "/admin/nothing"} {
		for who, status := range map[string]int{"": 401, "user": 403} {
			if w := serve(s, as(who, "GET", path)); w.Code != status {
				t.Errorf("%s for %q: status %d, want %d", path, who, w.Code, status)
			}
		}
	}
	want := "* /admin, * /admin/*, * /files, * /files/*"
	var got []string
	for _, rule := range r.Policy().Rules {
		got = append(got, "* "+rule.Pattern)
	}
	if strings.Join(got, ", ") != want {
		t.Errorf("rules %q, want %s", got, want)
	}
}

// What an outer router's pattern left for this one is not what a mounted one gets.
func TestMountBelowAnotherRouter(t *testing.T) {
	s := newSite()
	sub := chi.NewRouter()
	sub.Get("/", ran("root"))
	sub.Get("/admin", ran("wrong"))
	s.routes().Mount("/api/admin", authz.Scope("admin"), sub)
	outer := chi.NewRouter()
	outer.Handle("/api/*", s)
	if w := serve(outer, as("admin", "GET", "/api/admin")); w.Body.String() != "root for admin" {
		t.Errorf("status %d, %q", w.Code, w.Body)
	}
	if w := serve(outer, as("user", "GET", "/api/admin")); w.Code != 403 {
		t.Errorf("status %d, want 403", w.Code)
	}
}

func TestMountAtTheRoot(t *testing.T) {
	s := newSite()
	sub := chi.NewRouter()
	sub.Get("/", ran("root"))
	sub.Get("/x", ran("x"))
	s.routes().Mount("/", authz.Scope("admin"), sub)
	s.check(t, as("admin", "GET", "/"), 200, "root for admin", authz.Granted, "/*")
	s.check(t, as("admin", "GET", "/x"), 200, "x for admin", authz.Granted, "/*")
	s.check(t, as("user", "GET", "/x"), 403, "", authz.Refused, "/*")
}

func TestPolicy(t *testing.T) {
	s := newSite()
	s.guard.Every = authz.Authenticated()
	r := s.routes()
	r.Get("/hello", authz.Public(), named)
	r.Group("/notes", authz.Scope("read")).Post("/{id:[0-9]+}", authz.Scope("write"), named)
	r.HandleFunc("/all", authz.Scope("admin"), named)

	want := strings.TrimPrefix(`
identity: test
every:    authenticated

*     /all                scope admin
GET   /hello              public
POST  /notes/{id:[0-9]+}  scope read and scope write
*     (no route)          refused
`, "\n")
	if diff := cmp.Diff(want, r.Policy().String()); diff != "" {
		t.Error(diff)
	}
}

// A nil Guard takes identities from the context; there is none here.
func TestNilGuard(t *testing.T) {
	router := chi.NewRouter()
	r := chiauthz.New(router, nil, nil)
	r.Get("/closed", authz.Authenticated(), named)
	r.Get("/open", authz.Public(), named)
	for path, want := range map[string]int{"/closed": 401, "/open": 200} {
		if got := serve(router, as("admin", "GET", path)).Code; got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
	if r.Guard() == nil {
		t.Error("Guard is nil, want the zero Guard")
	}
}
