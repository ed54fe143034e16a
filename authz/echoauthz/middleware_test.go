package echoauthz_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// traced is middleware that leaves a trace with the caller it sees.
func traced(trace *[]string, name string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			caller := "?"
			if id, ok := claims.FromContext(c.Request().Context()); ok {
				caller = id.Subject
			}
			*trace = append(*trace, name+" "+caller)
			return next(c)
		}
	}
}

// Middleware runs in Echo's order; what stands after New only for who is
// admitted, and knowing the caller.
func TestOrderOfMiddleware(t *testing.T) {
	var trace []string
	s := newSite()
	s.Pre(traced(&trace, "pre"))
	s.Use(traced(&trace, "before"))
	r := s.routes()
	s.Use(traced(&trace, "after"))
	g := r.Group("/g", authz.Scope("read"), traced(&trace, "group"))
	g = g.Group("", authz.Public(), traced(&trace, "inner"))
	g.GET("/x", authz.Scope("write"), ran("x"), traced(&trace, "route"))

	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"admitted":         {as("admin", "GET", "/g/x"), "pre ?, before ?, after admin, group admin, inner admin, route admin"},
		"refused":          {as("user", "GET", "/g/x"), "pre ?, before ?"},
		"unknown":          {as("admin", "GET", "/g/y"), "pre ?, before ?"},
		"another method":   {as("admin", "PUT", "/g/x"), "pre ?, before ?"},
		"Echo's preflight": {as("admin", "OPTIONS", "/g/x"), "pre ?, before ?"},
	} {
		t.Run(name, func(t *testing.T) {
			trace = nil
			serve(s, test.request)
			if got := strings.Join(trace, ", "); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Groups of the same parent must not share room for their middleware.
func TestGroupsDoNotMixTheirMiddleware(t *testing.T) {
	var trace []string
	s := newSite()
	r := s.routes().Group("", authz.Public(),
		traced(&trace, "1"), traced(&trace, "2"), traced(&trace, "3"), traced(&trace, "4"), traced(&trace, "5"))
	a := r.Group("/a", authz.Public(), traced(&trace, "a"))
	b := r.Group("/b", authz.Public(), traced(&trace, "b"))
	a.GET("", authz.Public(), ran("a"))
	b.GET("", authz.Public(), ran("b"))
	serve(s, as("", "GET", "/a"))
	if got := strings.Join(trace, ","); got != "1 ?,2 ?,3 ?,4 ?,5 ?,a ?" {
		t.Error(got)
	}
}

// Middleware that tries the handler twice does not get two decisions.
func TestHandlersThatAreTriedAgain(t *testing.T) {
	s := newSite()
	r := s.routes()
	s.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := next(c); err == nil {
				t.Error("the first try has no error")
			}
			return next(c)
		}
	})
	tries := 0
	r.GET("/x", authz.Scope("read"), func(c echo.Context) error {
		if tries++; tries == 1 {
			return echo.ErrServiceUnavailable
		}
		return ran("x")(c)
	})
	s.check(t, as("user", "GET", "/x"), 200, "x for user", authz.Granted, "/x")
}

// Echo uses its contexts again: a grant must not outlive its request.
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
	e := echo.New()
	r := echoauthz.New(e, &authz.Guard{Identifier: by(bearer)}, nil)
	r.GET("/:who/x", authz.Scope("read"), ran("x"))
	for range 8 {
		for who, want := range map[string]string{"": "401", "user": "x for user", "admin": "x for admin"} {
			t.Run("as "+who, func(t *testing.T) {
				t.Parallel()
				for range 200 {
					w := serve(e, as(who, "GET", "/"+who+"y/x"))
					if got := w.Body.String(); got != want && !(who == "" && w.Code == 401) {
						t.Fatalf("status %d, %q; want %q", w.Code, got, want)
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
	s.routes().GET("/notes/:owner/*", own, func(c echo.Context) error {
		r := c.Request()
		if r.Pattern != "/notes/:owner/*" || r.PathValue("owner") != c.Param("owner") || r.PathValue("*") != c.Param("*") {
			t.Errorf("pattern %q, owner %q, rest %q", r.Pattern, r.PathValue("owner"), r.PathValue("*"))
		}
		return ran("notes")(c)
	})
	s.check(t, as("user", "GET", "/notes/user/a/b"), 200, "notes for user", authz.Granted, "/notes/:owner/*")
	s.check(t, as("user", "GET", "/notes/admin/a"), 404, "", authz.Refused, "/notes/:owner/*")
	s.check(t, as("user", "GET", "/notes/%75ser/a%2fb"), 404, "", authz.Refused, "/notes/:owner/*")
}

// Behind a router of net/http's, that router's pattern stays its own.
func TestMountedUnderAPrefix(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.GET("/admin", authz.Scope("admin"), ran("admin"))
	r.GET("/echo/:id", authz.Public(), ran("echo"))
	outer := http.NewServeMux()
	seen := ""
	outer.Handle("/echo/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		seen = r.Pattern
	}))
	outer.Handle("/api/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/api", s).ServeHTTP(w, r)
	}))
	for target, want := range map[string][2]int{ // user, admin
		"/api/admin":      {403, 200},
		"/api/%61dmin":    {404, 404},
		"/api/admin/":     {404, 404},
		"/api//admin":     {307, 307},
		"/api/api/admin":  {404, 404},
		"/api/":           {404, 404},
		"/api/..%2fadmin": {404, 404},
	} {
		for i, who := range []string{"user", "admin"} {
			w := httptest.NewRecorder()
			outer.ServeHTTP(w, as(who, "GET", target))
			if w.Code != want[i] {
				t.Errorf("%s for %s: status %d, want %d", target, who, w.Code, want[i])
			}
		}
	}
	if w := serve(outer, as("", "GET", "/echo/1")); w.Code != 200 || seen != "/echo/" {
		t.Errorf("the outer router's pattern became %q", seen)
	}
}

// A panic before the handler ends the request without it.
func TestPanicInTheDecision(t *testing.T) {
	s := newSite()
	s.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			defer func() {
				if recover() != nil {
					err = echo.ErrInternalServerError
				}
			}()
			return next(c)
		}
	})
	s.guard.Identifier = by(func(*http.Request) (*claims.Identity, error) { panic("identify") })
	s.routes().GET("/x", authz.Public(), func(echo.Context) error { t.Error("it ran"); return nil })
	s.check(t, as("user", "GET", "/x"), 500, "", authz.Refused, "/x")
}
