package ginauthz_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// With a route that gin got to know without a requirement nothing is served, and
// the message names it.
func TestForeignRoutesAreNamedAndNothingIsServed(t *testing.T) {
	tests := []struct {
		name     string
		register func(*site, *gin.RouterGroup, gin.HandlerFunc)
		foreign  string
	}{
		{"GET", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.GET("/x", h) }, "GET /x"},
		{"a parameter", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.GET("/x/:id", h) }, "GET /x/:id"},
		{"Handle", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.Handle("PURGE", "/x", h) }, "PURGE /x"},
		{"HEAD beside a guarded GET", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.HEAD("/guarded", h) }, "HEAD /guarded"},
		{"a more specific route", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.GET("/notes/export", h) }, "GET /notes/export"},
		{"a group", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.Group("/g").GET("/x", h) }, "GET /g/x"},
		{"a group from before New", func(_ *site, old *gin.RouterGroup, h gin.HandlerFunc) { old.GET("/x", h) }, "GET /old/x"},
		{"Static", func(s *site, _ *gin.RouterGroup, _ gin.HandlerFunc) { s.Static("/files", ".") }, "GET /files/*filepath, HEAD /files/*filepath"},
		{"a parameter that looks like a colon", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.POST("/a:b", h) }, "POST /a:b"},
		{"two", func(s *site, _ *gin.RouterGroup, h gin.HandlerFunc) { s.GET("/x", h); s.PUT("/y", h) }, "GET /x, PUT /y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSite()
			old := s.Group("/old")
			r := s.routes()
			r.GET("/guarded", authz.Public(), trap(t))
			r.GET("/notes/:id", authz.Public(), trap(t))
			r.GET(`/a\:b`, authz.Public(), trap(t))
			test.register(s, old, trap(t))
			for _, path := range []string{"/guarded", "/notes/export", "/x", "/nowhere"} {
				for _, who := range []string{"", "admin"} {
					said := panicOf(func() { serve(r, as(who, "GET", path)) })
					if !strings.HasSuffix(said, "nothing is served: "+test.foreign) {
						t.Errorf("%s for %q: panic %q, want one that names %s", path, who, said, test.foreign)
					}
				}
			}
		})
	}
}

// A route that comes after the first request is in nobody's Policy.
func TestForeignRoutesAfterTheFirstRequest(t *testing.T) {
	s := newSite()
	s.routes().GET("/guarded", authz.Public(), ran("guarded"))
	serve(s.served, as("", "GET", "/guarded"))
	s.GET("/x", trap(t))
	s.Group("/g").GET("/:x", trap(t))
	for path, route := range map[string]string{"/x": "/x", "/g/1": "/g/:x"} {
		for who, status := range map[string]int{"": 401, "admin": 403} {
			s.check(t, as(who, "GET", path), status, "", authz.Refused, route)
			if got := s.decisions[0].Requirement; got != "" {
				t.Errorf("requirement %q, want none", got)
			}
		}
	}
}

// A group that is older than New has none of its middleware. A route that is added to
// it after the first request runs, and nobody sees its answer.
func TestForeignRoutesOfAnOlderGroup(t *testing.T) {
	s := newSite()
	group := s.Group("/old")
	s.routes().GET("/guarded", authz.Public(), ran("guarded"))
	serve(s.served, as("", "GET", "/guarded"))
	group.GET("/x", func(c *gin.Context) {
		c.Header("X-Secret", "secret")
		c.String(http.StatusOK, "secret")
		c.Writer.Flush()
	})
	for _, who := range []string{"", "admin"} {
		s.decisions = nil
		w := serve(s.served, as(who, "GET", "/old/x"))
		if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "secret") || w.Header().Get("X-Secret") != "" {
			t.Errorf("%q: status %d, header %v, body %q", who, w.Code, w.Header(), w.Body)
		}
		if len(s.decisions) != 1 || s.decisions[0].Result == authz.Granted {
			t.Errorf("%q: decisions %v", who, s.decisions)
		}
	}
}

// Whoever serves the engine instead of the Routes serves nothing.
func TestServingTheEngine(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/public", authz.Public(), trap(t))
	r.GET("/admin", authz.Scope("admin"), trap(t))
	s.GET("/foreign", trap(t))
	for _, path := range []string{"/public", "/admin", "/foreign", "/nowhere"} {
		for who, status := range map[string]int{"": 401, "admin": 403} {
			s.decisions = nil
			w := serve(s.Engine, as(who, "GET", path))
			if w.Code != status || len(s.decisions) != 1 || s.decisions[0].Result == authz.Granted {
				t.Errorf("%s for %q: status %d, decisions %+v", path, who, w.Code, s.decisions)
				continue
			}
			if got := s.decisions[0].Requirement; !strings.Contains(got, "served by ginauthz.Routes") {
				t.Errorf("requirement %q does not say what is wrong", got)
			}
		}
	}
	if w := serve(s.Engine, as("", "PUT", "/public")); w.Header().Get("Allow") != "" {
		t.Error("a stranger learns which methods there are")
	}
}

func TestRedirectsThatAreTurnedOnAgain(t *testing.T) {
	for name, turn := range map[string]func(*site){
		"RedirectTrailingSlash": func(s *site) { s.RedirectTrailingSlash = true },
		"RedirectFixedPath":     func(s *site) { s.RedirectFixedPath = true },
	} {
		s := newSite()
		s.routes().GET("/x", authz.Public(), trap(t))
		turn(s)
		if said := panicOf(func() { serve(s.served, as("", "GET", "/x")) }); !strings.Contains(said, name) {
			t.Errorf("panic %q, want one that names %s", said, name)
		}
	}
}

func panics(f func()) bool { return panicOf(f) != "" }

func panicOf(f func()) (said string) {
	defer func() {
		if p := recover(); p != nil {
			said = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}

// HandleContext routes again, and is decided again.
func TestHandleContext(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/public", authz.Public(), func(c *gin.Context) {
		c.Request.URL.Path = "/admin/7"
		s.HandleContext(c)
	})
	r.GET("/admin/:id", authz.Scope("admin"), ran("admin"))
	for who, status := range map[string]int{"": 401, "user": 403, "admin": 200} {
		s.decisions = nil
		w := serve(r, as(who, "GET", "/public"))
		if w.Code != status || len(s.decisions) != 2 || s.decisions[1].Route != "/admin/:id" {
			t.Errorf("%q: status %d, decisions %+v", who, w.Code, s.decisions)
		}
	}
}

// A sub-request to the engine with a request's own context is decided for itself.
func TestSubRequests(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/public", authz.Public(), func(c *gin.Context) {
		sub := c.Request.Clone(c.Request.Context())
		sub.URL.Path = "/admin"
		c.String(http.StatusOK, "%d", serve(s.Engine, sub).Code)
	})
	r.GET("/admin", authz.Scope("admin"), ran("admin"))
	for who, want := range map[string]string{"": "401", "user": "403", "admin": "200"} {
		if w := serve(r, as(who, "GET", "/public")); w.Body.String() != want {
			t.Errorf("%q: %s, want %s", who, w.Body, want)
		}
	}
}
