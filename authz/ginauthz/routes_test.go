package ginauthz_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

var verbs = map[string]func(*ginauthz.Routes, string, authz.Requirement, ...gin.HandlerFunc){
	"DELETE":  (*ginauthz.Routes).DELETE,
	"GET":     (*ginauthz.Routes).GET,
	"HEAD":    (*ginauthz.Routes).HEAD,
	"OPTIONS": (*ginauthz.Routes).OPTIONS,
	"PATCH":   (*ginauthz.Routes).PATCH,
	"POST":    (*ginauthz.Routes).POST,
	"PUT":     (*ginauthz.Routes).PUT,
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

func TestAnyMatchAndOddMethods(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Any("/any", authz.Scope("write"), ran("any"))
	r.Match([]string{"GET", "PUT"}, "/match", authz.Scope("write"), ran("match"))
	r.Handle("PURGE", "/odd", authz.Scope("write"), ran("odd"))
	for name, methods := range map[string][]string{
		"any":   {"GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE"},
		"match": {"GET", "PUT"},
		"odd":   {"PURGE"},
	} {
		for _, method := range methods {
			s.check(t, as("user", method, "/"+name), 403, "", authz.Refused, "/"+name)
			s.check(t, as("admin", method, "/"+name), 200, name+" for admin", authz.Granted, "/"+name)
		}
	}
	s.check(t, as("admin", "POST", "/match"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "purge", "/odd"), 405, "", authz.NoRoute, "")
	s.check(t, as("admin", "UNHEARD", "/any"), 405, "", authz.NoRoute, "")
}

func TestGetHead(t *testing.T) {
	s := newSite()
	r := s.with(&ginauthz.Options{GetHead: true})
	r.GET("/get", authz.Scope("write"), ran("get"))
	r.Match([]string{"HEAD", "GET"}, "/match", authz.Scope("write"), ran("match"))
	r.Any("/any", authz.Scope("write"), ran("any"))
	r.POST("/post", authz.Scope("write"), ran("post"))
	for _, method := range []string{"GET", "HEAD"} {
		for _, name := range []string{"get", "match", "any"} {
			s.check(t, as("user", method, "/"+name), 403, "", authz.Refused, "/"+name)
			s.check(t, as("admin", method, "/"+name), 200, name+" for admin", authz.Granted, "/"+name)
			if rule, _, ok := r.Find(as("", method, "/"+name)); !ok || rule.Method != method {
				t.Errorf("%s /%s: Find returns %v, %t", method, name, rule, ok)
			}
		}
	}
	s.check(t, as("admin", "HEAD", "/post"), 405, "", authz.NoRoute, "")
	if r := newSite().with(&ginauthz.Options{GetHead: true}); !panics(func() {
		r.GET("/get", authz.Scope("write"), named)
		r.HEAD("/get", authz.Scope("write"), named)
	}) {
		t.Error("a second route for HEAD: no panic")
	}
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
	read.GET("/../outside", authz.Authenticated(), ran("outside")) // as gin joins it
	read.Group("/inner", authz.Scope("never")).GET("", authz.Scope("admin"), ran("inner"))
	read.Group("/plain", authz.Public()).GET("", authz.Authenticated(), ran("plain"))

	for path, want := range map[string][3]int{ // nobody, user, admin
		"/open":       {200, 200, 200},
		"/open/read":  {401, 200, 200},
		"/outside":    {401, 200, 200},
		"/read":       {401, 200, 200},
		"/read/write": {401, 403, 200},
		"/read/inner": {401, 403, 403},
		"/read/plain": {401, 200, 200},
	} {
		for i, who := range []string{"", "user", "admin"} {
			if w := serve(s.served, as(who, "GET", path)); w.Code != want[i] {
				t.Errorf("%s for %q: status %d, want %d", path, who, w.Code, want[i])
			}
		}
	}
	gate := authz.Gate{Scopes: []string{"read"}}
	wantRules := []authz.Rule{
		{Method: "GET", Pattern: "/open", Requirement: "public", Gate: authz.Gate{Public: true}, ByIdentity: true},
		{Method: "GET", Pattern: "/open/read", Requirement: "scope read", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/outside", Requirement: "scope read and authenticated", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read", Requirement: "scope read and authenticated", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/inner", Requirement: "(scope read and scope never) and scope admin", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/plain", Requirement: "scope read and authenticated", Gate: gate, ByIdentity: true},
		{Method: "GET", Pattern: "/read/write", Requirement: "scope read and scope write", Gate: gate, ByIdentity: true},
	}
	if diff := cmp.Diff(wantRules, read.Policy().Rules); diff != "" {
		t.Error(diff)
	}
}

func TestStatic(t *testing.T) {
	files := fstest.MapFS{"a.txt": {Data: []byte("A")}, "dir/b.txt": {Data: []byte("B")}}
	for _, getHead := range []bool{false, true} {
		s := newSite()
		r := s.with(&ginauthz.Options{GetHead: getHead}).Group("/:tenant", authz.Authenticated())
		r.Static("/files/", authz.Scope("write"), http.FS(files))
		r.Static("/closed", authz.Scope("write"), &gin.OnlyFilesFS{FileSystem: http.FS(files)})
		for _, method := range []string{"GET", "HEAD"} {
			for path, want := range map[string]struct {
				status int
				body   string
			}{
				"/t/files/a.txt":        {200, "A"},
				"/t/files/dir/b.txt":    {200, "B"},
				"/t/files/none":         {404, ""},
				"/t/files/dir":          {301, ""},
				"/t/files/../../a.txt":  {200, "A"}, // net/http's file server cleans it
				"/t/closed/a.txt":       {200, "A"},
				"/t/closed/dir/":        {404, ""},
				"/t/closed/dir/../dir/": {404, ""},
			} {
				route := "/:tenant/" + strings.Split(path, "/")[2] + "/*filepath"
				if method == "HEAD" {
					want.body = ""
				}
				s.check(t, as("admin", method, path), want.status, want.body, authz.Granted, route)
				s.check(t, as("user", method, path), 403, "", authz.Refused, route)
				s.check(t, as("", method, path), 401, "", authz.Refused, route)
			}
		}
		s.check(t, as("admin", "POST", "/t/files/a.txt"), 405, "", authz.NoRoute, "")
		s.check(t, as("admin", "GET", "/t/files"), 404, "", authz.NoRoute, "")
	}
}

func TestPolicy(t *testing.T) {
	s := newSite()
	s.guard.Every = authz.Authenticated()
	r := s.routes()
	r.GET("hello", authz.Public(), named)
	r.Group("/notes", authz.Scope("read")).POST("/:id", authz.Scope("write"), named)
	r.Static("/files", authz.Scope("admin"), gin.Dir(".", false))

	want := strings.TrimPrefix(`
identity: test
every:    authenticated

GET   /files/*filepath  scope admin
HEAD  /files/*filepath  scope admin
GET   /hello            public
POST  /notes/:id        scope read and scope write
*     (no route)        refused
`, "\n")
	if diff := cmp.Diff(want, r.Policy().String()); diff != "" {
		t.Error(diff)
	}
}

// A nil Guard takes identities from the context; there is none here.
func TestNilGuard(t *testing.T) {
	r := ginauthz.New(gin.New(), nil, nil)
	r.GET("/closed", authz.Authenticated(), named)
	r.GET("/open", authz.Public(), named)
	for path, want := range map[string]int{"/closed": 401, "/open": 200} {
		if got := serve(r, as("admin", "GET", path)).Code; got != want {
			t.Errorf("%s: status %d, want %d", path, got, want)
		}
	}
	if r.Guard() == nil {
		t.Error("Guard is nil, want the zero Guard")
	}
}

// gin's flags say which path it matches. Find asks with the same.
func TestFlagsOfTheEngine(t *testing.T) {
	for _, test := range []struct {
		name  string
		set   func(*gin.Engine)
		path  string
		route string
		value string
	}{
		{"none", func(*gin.Engine) {}, "/notes/a%2Fb", "", ""},
		{"none, one segment", func(*gin.Engine) {}, "/notes/%61", "/notes/:id", "a"},
		{"UseRawPath", func(e *gin.Engine) { e.UseRawPath = true }, "/notes/a%2Fb", "/notes/:id", "a/b"},
		{"UseEscapedPath", func(e *gin.Engine) { e.UseEscapedPath = true }, "/notes/a%2Fb", "/notes/:id", "a/b"},
		{"without UnescapePathValues", func(e *gin.Engine) { e.UseRawPath, e.UnescapePathValues = true, false }, "/notes/a%2Fb", "/notes/:id", "a%2Fb"},
		{"RemoveExtraSlash", func(e *gin.Engine) { e.RemoveExtraSlash = true }, "//notes///a", "/notes/:id", "a"},
		{"extra slashes", func(*gin.Engine) {}, "//notes///a", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			r := s.routes()
			owner := authz.Func("value", func(r *http.Request, _ *claims.Identity) error {
				if r.PathValue("id") != test.value {
					return errors.New(r.PathValue("id"))
				}
				return nil
			})
			r.GET("/notes/:id", owner, func(c *gin.Context) { c.String(200, c.Param("id")) })
			r.Find(as("", "GET", test.path)) // before the flags are set
			test.set(s.Engine)
			if rule, _, _ := r.Find(as("", "GET", test.path)); rule.Pattern != test.route {
				t.Errorf("Find returns %q, want %q", rule.Pattern, test.route)
			}
			if test.route == "" {
				s.check(t, as("user", "GET", test.path), 404, "", authz.NoRoute, "")
				return
			}
			s.check(t, as("user", "GET", test.path), 200, test.value, authz.Granted, test.route)
		})
	}
}
