package ginauthz_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// What is rewritten around Routes is routed, and decided, as rewritten.
func TestRewritingBeforeRouting(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*http.Request)
		route  string
	}{
		"the path":   {func(r *http.Request) { r.URL.Path = strings.Replace(r.URL.Path, "/public", "/admin", 1) }, "/admin/*rest"},
		"the method": {func(r *http.Request) { r.Method = "DELETE" }, "/public/*rest"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite()
			r := s.routes()
			r.GET("/public/*rest", authz.Public(), ran("public"))
			r.DELETE("/public/*rest", authz.Scope("admin"), ran("delete"))
			r.GET("/admin/*rest", authz.Scope("admin"), ran("admin"))
			request := as("user", "GET", "/public/x")
			test.change(request)
			s.check(t, request, 403, "", authz.Refused, test.route)
		})
	}
}

// Once gin has routed, nothing that middleware does to the request leads to another
// route's requirement, nor to another caller.
func TestRewritingAfterRouting(t *testing.T) {
	replaced := func(c *gin.Context, ctx context.Context) { c.Request = c.Request.WithContext(ctx) }
	for name, change := range map[string]gin.HandlerFunc{
		"the path":                     func(c *gin.Context) { c.Request.URL.Path = "/public" },
		"the method":                   func(c *gin.Context) { c.Request.Method = "GET" },
		"a request with another value": func(c *gin.Context) { replaced(c, context.WithValue(c.Request.Context(), t, 1)) },
		"a request without context":    func(c *gin.Context) { replaced(c, context.Background()) },
		"a request of another caller": func(c *gin.Context) {
			forged, _ := claims.NewIdentity(claims.JWT, map[string]any{"sub": "forged", "scope": "admin"})
			replaced(c, claims.NewContext(c.Request.Context(), forged))
		},
	} {
		for _, engine := range []bool{false, true} {
			s := newSite()
			r := s.routes()
			if engine {
				s.Use(change)
			} else {
				r = r.Group("", authz.Public(), change)
			}
			r.GET("/public", authz.Public(), ran("public"))
			r.GET("/admin", authz.Public(), ran("by GET"))
			r.POST("/admin", authz.Scope("admin"), ran("admin"))
			if s.check(t, as("user", "POST", "/admin"), 403, "", authz.Refused, "/admin"); !engine {
				continue // a group's middleware comes after the last check, and its word counts
			}
			s.check(t, as("admin", "POST", "/admin"), 200, "admin for admin", authz.Granted, "/admin")
			s.check(t, as("", "GET", "/public"), 200, "public for nobody", authz.Granted, "/public")
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
}

// Middleware before New that changes what the decision is made by gets no more by
// it: the route that gin has chosen decides.
func TestRewritingBetweenRoutingAndDecision(t *testing.T) {
	for name, test := range map[string]struct {
		change gin.HandlerFunc
		status int
	}{
		"the path":            {func(c *gin.Context) { c.Request.URL.Path = "/public" }, 403},
		"the method":          {func(c *gin.Context) { c.Request.Method = "GET" }, 403},
		"an unknown method":   {func(c *gin.Context) { c.Request.Method = "PUT" }, 403},
		"the context is lost": {func(c *gin.Context) { c.Request = c.Request.WithContext(context.Background()) }, 403},
	} {
		s := newSite()
		s.Use(test.change)
		r := s.routes()
		r.GET("/public", authz.Public(), trap(t))
		r.GET("/admin", authz.Public(), trap(t)) // the method leads here first, and no further
		r.POST("/admin", authz.Scope("admin"), trap(t))
		w := serve(r, as("user", "POST", "/admin"))
		if w.Code != test.status || s.decisions[len(s.decisions)-1].Result != authz.Refused {
			t.Errorf("%s: status %d, decisions %+v", name, w.Code, s.decisions)
		}
	}
}

// Parameters that change after the decision are decided about again.
func TestChangedParameters(t *testing.T) {
	s := newSite()
	r := s.routes()
	s.Use(func(c *gin.Context) {
		if to := c.Query("to"); to != "" {
			c.Params = gin.Params{{Key: "owner", Value: to}}
		}
	})
	own := authz.Func("own", func(r *http.Request, id *claims.Identity) error {
		if r.PathValue("owner") != id.Subject {
			return errors.New("another's")
		}
		return nil
	})
	r.GET("/notes/:owner", own, func(c *gin.Context) { c.String(200, c.Param("owner")) })
	s.check(t, as("user", "GET", "/notes/user"), 200, "user", authz.Granted, "/notes/:owner")
	if w := serve(r, as("user", "GET", "/notes/user?to=admin")); w.Code != 403 {
		t.Errorf("another's note: status %d, want 403", w.Code)
	}
	if w := serve(r, as("user", "GET", "/notes/user?to=user")); w.Code != 200 {
		t.Errorf("the same again: status %d, want 200", w.Code)
	}
}

// A caller whom something before New puts into the context is not the Guard's.
func TestForgedCallers(t *testing.T) {
	forged, err := claims.NewIdentity(claims.JWT, map[string]any{"sub": "forged", "scope": "read write admin"})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite()
	s.Use(func(c *gin.Context) {
		c.Request = c.Request.WithContext(claims.NewContext(c.Request.Context(), forged))
	})
	r := s.routes()
	r.GET("/admin", authz.Scope("admin"), ran("admin"))
	r.GET("/public", authz.Public(), ran("public"))
	s.check(t, as("user", "GET", "/admin"), 403, "", authz.Refused, "/admin")
	s.check(t, as("", "GET", "/public"), 200, "public for nobody", authz.Granted, "/public")
}
