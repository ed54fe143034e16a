package ginauthz_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// traced is middleware that leaves a trace with the caller it sees.
func traced(trace *[]string, name string) gin.HandlerFunc {
	return func(c *gin.Context) {
		caller := "?"
		if id, ok := claims.FromContext(c.Request.Context()); ok {
			caller = id.Subject
		}
		*trace = append(*trace, name+" "+caller)
	}
}

// Middleware from before New sees every request. What comes later runs in order,
// for admitted requests only, and knows the caller.
func TestOrderOfMiddleware(t *testing.T) {
	var trace []string
	s := newSite()
	s.Use(traced(&trace, "before"))
	r := s.routes()
	s.Use(traced(&trace, "after"))
	g := r.Group("/g", authz.Scope("read"), traced(&trace, "group"))
	g = g.Group("", authz.Public(), traced(&trace, "inner"))
	g.GET("/x", authz.Scope("write"), traced(&trace, "route"), ran("x"))

	for name, test := range map[string]struct {
		who, method, target string
		want                string
	}{
		"admitted":       {"admin", "GET", "/g/x", "before ?, after admin, group admin, inner admin, route admin"},
		"refused":        {"user", "GET", "/g/x", "before ?"},
		"unknown":        {"admin", "GET", "/g/y", "before ?"},
		"another method": {"admin", "PUT", "/g/x", "before ?"},
	} {
		t.Run(name, func(t *testing.T) {
			trace = nil
			serve(r, as(test.who, test.method, test.target))
			if got := strings.Join(trace, ", "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// What middleware around the decision does after c.Next sees a refusal, and that
// the chain was aborted.
func TestRefusalAborts(t *testing.T) {
	s := newSite()
	var seen string
	s.Use(func(c *gin.Context) {
		c.Next()
		seen = fmt.Sprint(c.Writer.Status(), " ", c.Writer.Written(), " ", c.IsAborted())
	})
	s.routes().GET("/x", authz.Scope("admin"), trap(t), trap(t))
	for request, want := range map[*http.Request]string{
		as("", "GET", "/x"):      "401 true true",
		as("user", "GET", "/x"):  "403 true true",
		as("user", "GET", "/y"):  "404 true true",
		as("user", "HEAD", "/x"): "405 true true",
	} {
		if serve(s.served, request); seen != want {
			t.Errorf("%s %s: %s, want %s", request.Method, request.URL, seen, want)
		}
	}
}

// Groups of the same parent must not share room for their middleware.
func TestGroupsDoNotMixTheirMiddleware(t *testing.T) {
	var trace []string
	s := newSite()
	r := s.routes().Group("", authz.Public(), traced(&trace, "1"), traced(&trace, "2"), traced(&trace, "3"), traced(&trace, "4"), traced(&trace, "5"))
	a := r.Group("/a", authz.Public(), traced(&trace, "a"))
	b := r.Group("/b", authz.Public(), traced(&trace, "b"))
	a.GET("", authz.Public(), ran("a"))
	b.GET("", authz.Public(), ran("b"))
	serve(r, as("", "GET", "/a"))
	if got := strings.Join(trace, ","); got != "1 ?,2 ?,3 ?,4 ?,5 ?,a ?" {
		t.Error(got)
	}
}

// gin uses its contexts again: a decision must not outlive its request.
func TestDecisionsAreForOneRequest(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/x", authz.Scope("read"), ran("x"))
	for range 100 {
		s.check(t, as("user", "GET", "/x"), 200, "x for user", authz.Granted, "/x")
		s.check(t, as("", "GET", "/x"), 401, "", authz.Refused, "/x")
		s.check(t, as("admin", "GET", "/x"), 200, "x for admin", authz.Granted, "/x")
	}
}

func TestRequestsAtTheSameTime(t *testing.T) {
	s := newSite()
	s.guard.OnDecision = nil
	r := s.routes()
	r.GET("/:who/x", authz.Scope("read"), ran("x"))
	for range 8 {
		for who, want := range map[string]string{"": "401", "user": "x for user", "admin": "x for admin"} {
			t.Run("as "+who, func(t *testing.T) {
				t.Parallel()
				for range 200 {
					w := serve(r, as(who, "GET", "/"+who+"y/x"))
					if got := w.Body.String(); got != want && !(who == "" && w.Code == 401) {
						t.Fatalf("status %d, %q; want %q", w.Code, got, want)
					}
					if _, _, ok := r.Find(as(who, "GET", "/y/x")); !ok {
						t.Fatal("Find finds nothing")
					}
				}
			})
		}
	}
}

// A requirement sees the route's parameters as the handler does.
func TestRequirementsSeeParameters(t *testing.T) {
	s := newSite()
	own := authz.Func("own", func(r *http.Request, id *claims.Identity) error {
		if r.PathValue("owner") != id.Subject {
			return &authz.Error{Status: http.StatusNotFound}
		}
		return nil
	})
	s.routes().GET("/notes/:owner/*rest", own, func(c *gin.Context) {
		r := c.Request
		if r.Pattern != "/notes/:owner/*rest" || r.PathValue("owner") != c.Param("owner") || r.PathValue("rest") != c.Param("rest") {
			t.Errorf("pattern %q, owner %q, rest %q", r.Pattern, r.PathValue("owner"), r.PathValue("rest"))
		}
		ran("notes")(c)
	})
	s.check(t, as("user", "GET", "/notes/user/a/b"), 200, "notes for user", authz.Granted, "/notes/:owner/*rest")
	s.check(t, as("user", "GET", "/notes/%75ser/a%2fb"), 200, "notes for user", authz.Granted, "/notes/:owner/*rest")
	s.check(t, as("user", "GET", "/notes/admin/a"), 404, "", authz.Refused, "/notes/:owner/*rest")
}

// Behind a router of net/http's, that router's pattern and values stay its own.
func TestBehindServeMux(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/admin", authz.Scope("admin"), ran("admin"))
	r.GET("/gin/:id", authz.Public(), ran("gin"))
	r.GET("/:id/:name/deep", authz.Public(), ran("other"))
	outer := http.NewServeMux()
	seen := ""
	around := func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(w, req)
		seen = req.Pattern + " " + req.PathValue("id")
	}
	outer.HandleFunc("/gin/{id}", around)
	outer.HandleFunc("/pre/{id}/deep", around)
	outer.HandleFunc("/out/{id}/nowhere", around)
	outer.Handle("/api/", http.StripPrefix("/api", r))
	for target, want := range map[string][2]int{ // user, admin
		"/api/admin":      {403, 200},
		"/api/%61dmin":    {403, 200},
		"/api/admin/":     {404, 404},
		"/api//admin":     {307, 307},
		"/api/api/admin":  {404, 404},
		"/api/":           {404, 404},
		"/api/..%2fadmin": {404, 404},
	} {
		for i, who := range []string{"user", "admin"} {
			if w := serve(outer, as(who, "GET", target)); w.Code != want[i] {
				t.Errorf("%s for %s: status %d, want %d", target, who, w.Code, want[i])
			}
		}
	}
	if w := serve(outer, as("", "GET", "/gin/1")); w.Code != 200 || seen != "/gin/{id} 1" {
		t.Errorf("status %d, and the outer router's request became %q", w.Code, seen)
	}
	if w := serve(outer, as("", "GET", "/pre/1/deep")); w.Code != 200 || seen != "/pre/{id}/deep 1" {
		t.Errorf("status %d, and the outer router's request became %q", w.Code, seen)
	}
	s.decisions = nil
	if serve(outer, as("user", "GET", "/out/1/nowhere")); seen != "/out/{id}/nowhere 1" || len(s.decisions) != 1 || s.decisions[0].Route != "" {
		t.Errorf("the outer router's request became %q; decisions %+v", seen, s.decisions)
	}
}

// Routes may stand in a route of another New.
func TestRoutesInRoutes(t *testing.T) {
	inner, outer := newSite(), newSite()
	inner.routes().GET("/in/:id", authz.Scope("admin"), ran("inner"))
	outer.routes().GET("/in/*rest", authz.Scope("read"), gin.WrapH(inner.served))
	outer.check(t, as("user", "GET", "/in/1"), 403, "", authz.Granted, "/in/*rest")
	outer.check(t, as("", "GET", "/in/1"), 401, "", authz.Refused, "/in/*rest")
	outer.check(t, as("admin", "GET", "/in/1"), 200, "inner for admin", authz.Granted, "/in/*rest")
	if d := inner.decisions; len(d) != 2 || d[0].Route != "/in/:id" {
		t.Errorf("the inner decisions are %+v", d)
	}
}

// A panic before the handler ends the request without it.
func TestPanicInTheDecision(t *testing.T) {
	s := newSite()
	s.Use(gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, _ any) { c.AbortWithStatus(500) }))
	s.guard.Identifier = by(func(*http.Request) (*claims.Identity, error) { panic("identify") })
	s.routes().GET("/x", authz.Public(), trap(t))
	s.check(t, as("user", "GET", "/x"), 500, "", authz.Refused, "/x")
}
