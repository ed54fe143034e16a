package echoauthz_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
)

// Routes that Echo got to know without a requirement never run. Status is what
// the admin gets: 403 for a route without a rule, 404 or 405 where Echo found
// none.
func TestForeignRoutesNeverRun(t *testing.T) {
	files := fstest.MapFS{"x": {Data: []byte("secret")}}
	tests := []struct {
		name     string
		register func(*site, echo.HandlerFunc)
		method   string
		target   string
		status   int
	}{
		{"e.GET", func(s *site, h echo.HandlerFunc) { s.GET("/x", h) }, "GET", "/x", 403},
		{"e.GET with a parameter", func(s *site, h echo.HandlerFunc) { s.GET("/:x", h) }, "GET", "/x", 403},
		{"e.Any", func(s *site, h echo.HandlerFunc) { s.Any("/x", h) }, "OPTIONS", "/x", 403},
		{"a method of its own", func(s *site, h echo.HandlerFunc) { s.Add("PURGE", "/x", h) }, "PURGE", "/x", 403},
		{"HEAD beside a guarded GET", func(s *site, h echo.HandlerFunc) { s.HEAD("/guarded", h) }, "HEAD", "/guarded", 403},
		{"OPTIONS on another one's path", func(s *site, h echo.HandlerFunc) { s.GET("/x", h) }, "OPTIONS", "/x", 204},
		{"another method on its path", func(s *site, h echo.HandlerFunc) { s.GET("/x", h) }, "PUT", "/x", 405},
		{"a group", func(s *site, h echo.HandlerFunc) { s.Group("/g").GET("/x", h) }, "GET", "/g/x", 403},
		{"a group's not-found route", func(s *site, h echo.HandlerFunc) { s.Group("/g", always(h)) }, "GET", "/g/x", 403},
		{"a group's root", func(s *site, h echo.HandlerFunc) { s.Group("/g", always(h)) }, "GET", "/g", 403},
		{"a group that is everything", func(s *site, h echo.HandlerFunc) { s.Group("", always(h)) }, "GET", "/x", 403},
		{"RouteNotFound", func(s *site, h echo.HandlerFunc) { s.RouteNotFound("/*", h) }, "GET", "/x", 403},
		{"RouteNotFound below a guarded route", func(s *site, h echo.HandlerFunc) { s.RouteNotFound("/guarded/*", h) }, "GET", "/guarded/x", 403},
		{"a host", func(s *site, h echo.HandlerFunc) { s.Host("h").GET("/x", h) }, "GET", "http://h/x", 403},
		{"a host with a guarded path", func(s *site, h echo.HandlerFunc) { s.Host("h").GET("/guarded", h) }, "GET", "http://h/guarded", 403},
		{"a host's not-found route", func(s *site, h echo.HandlerFunc) { s.Host("h", always(h)) }, "GET", "http://h/x", 403},
		{"a host that drops the guarded one's routes", func(s *site, h echo.HandlerFunc) { s.Host("guarded").GET("/", h) }, "GET", "http://guarded/", 403},
		{"static files", func(s *site, _ echo.HandlerFunc) { s.StaticFS("/files/", files) }, "GET", "/files/x", 403},
		{"a static file", func(s *site, _ echo.HandlerFunc) { s.FileFS("/x", "x", files) }, "GET", "/x", 403},
		{"the router itself", func(s *site, h echo.HandlerFunc) { s.Router().Add("GET", "/x", h) }, "GET", "/x", 403},
		{"a host's router", func(s *site, h echo.HandlerFunc) { s.Routers()["guarded"].Add("GET", "/x", h) }, "GET", "http://guarded/x", 403},
		{"another handler in a guarded route's place", func(s *site, h echo.HandlerFunc) { s.GET("/guarded", h) }, "GET", "/guarded", 403},
		{"the same through the router", func(s *site, h echo.HandlerFunc) { s.Router().Add("GET", "/guarded", h) }, "GET", "/guarded", 403},
		{"the same with another parameter's name", func(s *site, h echo.HandlerFunc) { s.GET("/notes/:other", h) }, "GET", "/notes/1", 403},
		{"the same with the route's own path", func(s *site, h echo.HandlerFunc) {
			for _, r := range s.Routes() {
				s.Add(r.Method, r.Path, h)
			}
		}, "GET", "/guarded", 403},
		{"a wrapped http.Handler", func(s *site, h echo.HandlerFunc) {
			s.GET("/x", echo.WrapHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { h(nil) })))
		}, "GET", "/x", 403},
	}
	for _, test := range tests {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after the first request: %t", test.name, late), func(t *testing.T) {
				s := newSite()
				r := s.routes()
				r.GET("/guarded", authz.Public(), ran("guarded"))
				r.GET("/notes/:id", authz.Public(), ran("note"))
				r.Host("guarded", authz.Public()).GET("/", authz.Public(), ran("host"))
				if late {
					serve(s, as("admin", "GET", "/guarded"))
				}
				test.register(s, trap(t))
				tryForeign(t, s, test.method, test.target, test.status)
			})
		}
		t.Run(test.name+", before New", func(t *testing.T) {
			s := newSite()
			s.GET("/guarded", trap(t))
			s.Host("guarded")
			test.register(s, trap(t))
			s.routes()
			tryForeign(t, s, test.method, test.target, test.status)
		})
	}
}

func trap(t *testing.T) echo.HandlerFunc {
	return func(echo.Context) error { t.Error("it ran"); return nil }
}

func tryForeign(t *testing.T, s *site, method, target string, status int) {
	t.Helper()
	for who, want := range map[string]int{"": 401, "admin": status} {
		s.decisions = nil
		w := serve(s, as(who, method, target))
		if w.Code != want {
			t.Errorf("%q: status %d, want %d", who, w.Code, want)
		}
		if len(s.decisions) != 1 || s.decisions[0].Result == authz.Granted {
			t.Errorf("%q: decisions %+v, want one that does not grant", who, s.decisions)
		}
	}
}

// always is middleware with its own answer.
func always(h echo.HandlerFunc) echo.MiddlewareFunc {
	return func(echo.HandlerFunc) echo.HandlerFunc { return h }
}

func TestRoutesWithoutRuleAreRecorded(t *testing.T) {
	s := newSite()
	s.routes()
	s.GET("/notes/:id", ran("note"))
	s.check(t, as("admin", "GET", "/notes/1"), 403, "", authz.Refused, "/notes/:id")
	if got := s.decisions[0].Requirement; got != "" {
		t.Errorf("requirement %q, want none", got)
	}
}

// Where Routes has put a route in a foreign one's place, it is the one that runs.
func TestRoutesReplaceForeignOnes(t *testing.T) {
	s := newSite()
	s.GET("/notes/:other", trap(t))
	s.routes().GET("/notes/:id", authz.Scope("read"), ran("note"))
	s.check(t, as("user", "GET", "/notes/1"), 200, "note for user", authz.Granted, "/notes/:id")
}

// Two Guards may share an Echo: each decides about its own routes, and once.
func TestTwoGuardsOnOneEcho(t *testing.T) {
	s := newSite()
	first := s.routes()
	strict := *s.guard
	strict.Every = authz.Scope("admin")
	second := echoauthz.New(s.Echo, &strict, nil)
	first.GET("/first", authz.Scope("read"), ran("first"))
	second.GET("/second", authz.Scope("read"), ran("second"))

	s.check(t, as("user", "GET", "/first"), 200, "first for user", authz.Granted, "/first")
	s.check(t, as("user", "GET", "/second"), 403, "", authz.Refused, "/second")
	s.check(t, as("admin", "GET", "/second"), 200, "second for admin", authz.Granted, "/second")
	s.check(t, as("", "GET", "/third"), 401, "", authz.Refused, "")
	s.check(t, as("user", "GET", "/third"), 404, "", authz.NoRoute, "")
}
