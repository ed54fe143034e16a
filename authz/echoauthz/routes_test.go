package echoauthz_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
)

type verb func(*echoauthz.Routes, string, authz.Requirement, echo.HandlerFunc, ...echo.MiddlewareFunc) *echo.Route

var verbs = map[string]verb{
	"CONNECT": (*echoauthz.Routes).CONNECT,
	"DELETE":  (*echoauthz.Routes).DELETE,
	"GET":     (*echoauthz.Routes).GET,
	"HEAD":    (*echoauthz.Routes).HEAD,
	"OPTIONS": (*echoauthz.Routes).OPTIONS,
	"PATCH":   (*echoauthz.Routes).PATCH,
	"POST":    (*echoauthz.Routes).POST,
	"PUT":     (*echoauthz.Routes).PUT,
	"TRACE":   (*echoauthz.Routes).TRACE,
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
				if other != method && other != "OPTIONS" {
					s.check(t, as("admin", other, "/x"), 405, "", authz.NoRoute, "")
				}
			}
		})
	}
}

func TestAnyMatchAndOddMethods(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Any("/any", authz.Scope("write"), ran("any"))
	r.Match([]string{"GET", "PUT"}, "/match", authz.Scope("write"), ran("match"))
	r.Add("PURGE", "/odd", authz.Scope("write"), ran("odd"))
	r.Add("get", "/lower", authz.Scope("write"), ran("lower"))

	requests := map[string][]string{
		"any":   append(slices.Collect(maps.Keys(verbs)), "PROPFIND", "REPORT"),
		"match": {"GET", "PUT"},
		"odd":   {"PURGE"},
		"lower": {"get"},
	}
	for name, methods := range requests {
		for _, method := range methods {
			s.check(t, as("user", method, "/"+name), 403, "", authz.Refused, "/"+name)
			s.check(t, as("admin", method, "/"+name), 200, name+" for admin", authz.Granted, "/"+name)
		}
	}
	s.check(t, as("admin", "POST", "/match"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "purge", "/odd"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "GET", "/lower"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "UNHEARD", "/any"), 405, "", authz.NoRoute, "")
}

func TestRequirementsOfGroupsAddUp(t *testing.T) {
	s := newSite()
	r := s.routes()
	open := r.Group("/open", authz.Public())
	open.GET("", authz.Public(), ran("open"))
	open.GET("/read", authz.Scope("read"), ran("read"))
	read := r.Group("/read", authz.Scope("read"))
	read.GET("", authz.Authenticated(), ran("list"))
	read.GET("/write", authz.Scope("write"), ran("write"))
	read.Group("/inner", authz.Scope("never")).GET("", authz.Scope("admin"), ran("inner"))
	read.Group("/plain", authz.Public()).GET("", authz.Authenticated(), ran("plain"))

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

func TestHostsHaveTheirOwnRoutes(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/", authz.Scope("read"), ran("any host"))
	r.Host("admin.example", authz.Scope("admin")).GET("/", authz.Authenticated(), ran("admin host"))
	r.Host("admin.example", authz.Public()).GET("/health", authz.Public(), ran("health"))

	s.check(t, as("user", "GET", "http://www.example/"), 200, "any host for user", authz.Granted, "/")
	s.check(t, as("user", "GET", "http://admin.example/"), 403, "", authz.Refused, "admin.example/")
	s.check(t, as("admin", "GET", "http://admin.example/"), 200, "admin host for admin", authz.Granted, "admin.example/")
	s.check(t, as("", "GET", "http://admin.example/health"), 200, "health for nobody", authz.Granted, "admin.example/health")
	s.check(t, as("", "GET", "http://admin.example/nowhere"), 401, "", authz.Refused, "")
	// A port or capitals make it another host to Echo.
	s.check(t, as("user", "GET", "http://ADMIN.example/"), 200, "any host for user", authz.Granted, "/")
}

func TestRouteNotFoundNeedsARequirementToo(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/app/:page", authz.Scope("read"), ran("page"))
	r.RouteNotFound("/app/*", authz.Scope("read"), ran("not found"))

	s.check(t, as("", "GET", "/app/a/b"), 401, "", authz.Refused, "/app/:page")
	s.check(t, as("", "PUT", "/app/"), 401, "", authz.Refused, "/app/*")
	s.check(t, as("user", "PUT", "/app/"), 200, "not found for user", authz.Granted, "/app/*")
	s.check(t, as("user", "echo_route_not_found", "/app/"), 200, "not found for user", authz.Granted, "/app/*")
}

func TestPolicy(t *testing.T) {
	s := newSite()
	s.guard.Every = authz.Authenticated()
	r := s.routes()
	r.GET("hello", authz.Public(), named)
	r.Group("/notes", authz.Scope("read")).POST("/:id", authz.Scope("write"), named)
	r.Host("a.example", authz.Public()).GET("/", authz.Scope("admin"), named)
	r.RouteNotFound("/*", authz.Authenticated(), named)

	want := strings.TrimPrefix(`
identity: test
every:    authenticated

echo_route_not_found  /*          authenticated
GET                   /hello      public
POST                  /notes/:id  scope read and scope write
GET                   a.example/  scope admin
*                     (no route)  refused
`, "\n")
	if diff := cmp.Diff(want, r.Policy().String()); diff != "" {
		t.Error(diff)
	}
}

// A nil Guard takes identities from the event; there is none here.
func TestNilGuard(t *testing.T) {
	e := echo.New()
	r := echoauthz.New(e, nil, nil)
	r.GET("/closed", authz.Authenticated(), named)
	r.GET("/open", authz.Public(), named)
	for path, want := range map[string]int{"/closed": 401, "/open": 200} {
		if got := serve(e, as("admin", "GET", path)).Code; got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
}
