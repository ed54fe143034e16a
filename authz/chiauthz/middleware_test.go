package chiauthz_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// traced is middleware that leaves a trace with the caller it sees.
func traced(trace *[]string, name string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			caller := "?"
			if id, ok := claims.FromContext(r.Context()); ok {
				caller = id.Subject
			}
			*trace = append(*trace, name+" "+caller)
			next.ServeHTTP(w, r)
		})
	}
}

// The middleware of groups runs in order, for admitted requests only, and knows the
// caller.
func TestOrderOfMiddleware(t *testing.T) {
	var trace []string
	s := newSite()
	s.Use(traced(&trace, "use"))
	r := s.routes()
	g := r.Group("/g", authz.Scope("read"), traced(&trace, "group"))
	g = g.Group("", authz.Public(), traced(&trace, "inner"))
	g.With(traced(&trace, "with")).Get("/x", authz.Scope("write"), ran("x"))

	for name, test := range map[string]struct {
		request *http.Request
		want    string
	}{
		"admitted":       {as("admin", "GET", "/g/x"), "use ?, group admin, inner admin, with admin"},
		"refused":        {as("user", "GET", "/g/x"), "use ?"},
		"unknown":        {as("admin", "GET", "/g/y"), "use ?"},
		"another method": {as("admin", "PUT", "/g/x"), "use ?"},
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
	r := s.routes().With(traced(&trace, "1"), traced(&trace, "2"), traced(&trace, "3"), traced(&trace, "4"), traced(&trace, "5"))
	a := r.Group("/a", authz.Public(), traced(&trace, "a"))
	b := r.Group("/b", authz.Public(), traced(&trace, "b"))
	a.Get("", authz.Public(), ran("a"))
	b.Get("", authz.Public(), ran("b"))
	serve(s, as("", "GET", "/a"))
	if got := strings.Join(trace, ","); got != "1 ?,2 ?,3 ?,4 ?,5 ?,a ?" {
		t.Error(got)
	}
}

// chi uses its contexts again: a decision must not outlive its request.
func TestDecisionsAreForOneRequest(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/x", authz.Scope("read"), ran("x"))
	for range 100 {
		s.check(t, as("user", "GET", "/x"), 200, "x for user", authz.Granted, "/x")
		s.check(t, as("", "GET", "/x"), 401, "", authz.Refused, "/x")
		s.check(t, as("admin", "GET", "/x"), 200, "x for admin", authz.Granted, "/x")
	}
}

func TestRequestsAtTheSameTime(t *testing.T) {
	router := chi.NewRouter()
	r := chiauthz.New(router, &authz.Guard{Identifier: by(bearer)}, nil)
	r.Get("/{who}/x", authz.Scope("read"), ran("x"))
	for range 8 {
		for who, want := range map[string]string{"": "401", "user": "x for user", "admin": "x for admin"} {
			t.Run("as "+who, func(t *testing.T) {
				t.Parallel()
				for range 200 {
					w := serve(router, as(who, "GET", "/"+who+"y/x"))
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
	s.routes().Get("/notes/{owner}/*", own, func(w http.ResponseWriter, r *http.Request) {
		if r.Pattern != "/notes/{owner}/*" || r.PathValue("owner") != chi.URLParam(r, "owner") || r.PathValue("*") != chi.URLParam(r, "*") {
			t.Errorf("pattern %q, owner %q, rest %q", r.Pattern, r.PathValue("owner"), r.PathValue("*"))
		}
		ran("notes")(w, r)
	})
	s.check(t, as("user", "GET", "/notes/user/a/b"), 200, "notes for user", authz.Granted, "/notes/{owner}/*")
	s.check(t, as("user", "GET", "/notes/admin/a"), 404, "", authz.Refused, "/notes/{owner}/*")
	s.check(t, as("user", "GET", "/notes/%75ser/a%2fb"), 404, "", authz.Refused, "/notes/{owner}/*")
}

// Behind a router of net/http's, that router's pattern stays its own.
func TestBehindServeMux(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/admin", authz.Scope("admin"), ran("admin"))
	r.Get("/chi/{id}", authz.Public(), ran("chi"))
	outer := http.NewServeMux()
	seen := ""
	outer.Handle("/chi/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.ServeHTTP(w, r)
		seen = r.Pattern
	}))
	outer.Handle("/api/", http.StripPrefix("/api", s))
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
			if w := serve(outer, as(who, "GET", target)); w.Code != want[i] {
				t.Errorf("%s for %s: status %d, want %d", target, who, w.Code, want[i])
			}
		}
	}
	if w := serve(outer, as("", "GET", "/chi/1")); w.Code != 200 || seen != "/chi/" {
		t.Errorf("the outer router's pattern became %q", seen)
	}
}

// Mounted in another chi router, the Guard decides about what that one leaves, and
// about nothing else.
func TestMountedInChi(t *testing.T) {
	s := newSite()
	r := s.routes()
	r.Get("/{id}/", authz.Scope("read"), func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.PathValue("tenant"), " ", chi.URLParam(r, "id"), " ", r.Pattern)
	})
	outer := chi.NewRouter()
	seen := ""
	outer.Use(middleware.StripSlashes, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			seen = chi.RouteContext(r.Context()).RoutePattern()
		})
	})
	outer.Get("/health", named)
	outer.Mount("/{tenant}/notes", s)
	if w := serve(outer, as("", "GET", "/health")); w.Code != 200 {
		t.Errorf("the outer router's own route: status %d", w.Code)
	}
	for who, status := range map[string]int{"": 401, "user": 404} { // the slash is stripped
		if w := serve(outer, as(who, "GET", "/t1/notes/7/")); w.Code != status {
			t.Errorf("%q: status %d, want %d", who, w.Code, status)
		}
	}
	s.decisions = nil
	w := serve(outer, as("user", "GET", "/t1/notes/7//"))
	if w.Code != 200 || w.Body.String() != "t1 7 /{id}/" {
		t.Errorf("status %d, %q", w.Code, w.Body)
	}
	if len(s.decisions) != 1 || s.decisions[0].Route != "/{id}/" {
		t.Errorf("decisions %+v, want one for /{id}/", s.decisions)
	}
	if seen != "/{tenant}/notes/{id}" {
		t.Errorf("the outer router's pattern is %q", seen)
	}
}

// A panic before the handler ends the request without it.
func TestPanicInTheDecision(t *testing.T) {
	s := newSite()
	s.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					w.WriteHeader(http.StatusInternalServerError)
				}
			}()
			next.ServeHTTP(w, r)
		})
	})
	s.guard.Identifier = by(func(*http.Request) (*claims.Identity, error) { panic("identify") })
	s.routes().Get("/x", authz.Public(), trap(t))
	s.check(t, as("user", "GET", "/x"), 500, "", authz.Refused, "/x")
}

// chi's other middleware does its work around the decision.
func TestMiddlewareOfChi(t *testing.T) {
	s := newSite()
	s.Use(middleware.RequestID, middleware.Recoverer, middleware.Compress(5, "text/plain"))
	s.routes().Get("/x", authz.Scope("read"), func(w http.ResponseWriter, r *http.Request) {
		if middleware.GetReqID(r.Context()) == "" {
			t.Error("no request id")
		}
		w.Header().Set("Content-Type", "text/plain")
		ran("x")(w, r)
	})
	r := as("user", "GET", "/x")
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("status %d, header %v", w.Code, w.Header())
	}
}
