package authz_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A handler gets the writer that the Mux was given, with all that it can do.
func TestMuxHandsOnItsWriter(t *testing.T) {
	var got http.ResponseWriter
	mux := authz.NewMux(nil)
	mux.HandleFunc("GET /{id}", authz.Public(), func(w http.ResponseWriter, _ *http.Request) { got = w })
	for range 3 {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, request("GET", "/1"))
		if got != w {
			t.Errorf("a handler got a %T", got)
		}
	}
}

// What ServeMux says itself leaves only after the decision, and not at all if
// that refuses.
func TestServeMuxsAnswersWaitForTheDecision(t *testing.T) {
	for _, target := range []string{"/nowhere", "//notes", "/tree", "/notes/../notes", "*"} {
		for _, method := range []string{"GET", "DELETE"} {
			for _, known := range []bool{false, true} {
				var id *claims.Identity
				if known {
					id = caller(t, "")
				}
				w := httptest.NewRecorder()
				mux := authz.NewMux(&authz.Guard{Identifier: always(id), OnDecision: func(r *http.Request, _ authz.Decision) {
					if len(w.Header()) != 0 || w.Body.Len() != 0 {
						t.Errorf("%s %s: the answer was begun before the decision: %v", method, target, w.Header())
					}
				}})
				mux.Handle("GET /notes", authz.Scope("x"), named("notes"))
				mux.Handle("/tree/", authz.Scope("x"), named("tree"))
				r := request(method, "/")
				r.URL.Path, r.RequestURI = target, target
				mux.ServeHTTP(w, r)
				if known == (w.Code == 401) || !known && (w.Header().Get("Location") != "" || w.Header().Get("Allow") != "") {
					t.Errorf("%s %s, known: %t: status %d, header %v", method, target, known, w.Code, w.Header())
				}
			}
		}
	}
}

// Where no route matches, the request is again as an outer router left it.
func TestUnknownRoutesKeepTheOuterRoutersValues(t *testing.T) {
	var pattern, tenant string
	inner := authz.NewMux(&authz.Guard{
		Identifier: always(caller(t, "")),
		Every: authz.Func("sees the tenant", func(r *http.Request, _ *claims.Identity) error {
			pattern, tenant = r.Pattern, r.PathValue("tenant")
			return nil
		}),
	})
	inner.Handle("/acme/tree/", authz.Authenticated(), named("tree"))
	outer := http.NewServeMux()
	outer.Handle("/{tenant}/", inner)
	for path, status := range map[string]int{"/acme/nowhere": 404, "/acme/tree": 307} {
		pattern, tenant = "", ""
		if res := serve(outer, request("GET", path)); res.StatusCode != status || pattern != "/{tenant}/" || tenant != "acme" {
			t.Errorf("%s: status %d, pattern %q, tenant %q", path, res.StatusCode, pattern, tenant)
		}
	}
}

// A Mux in a Mux: each decides for its own routes.
func TestMuxInAMux(t *testing.T) {
	inner := authz.NewMux(&authz.Guard{Identifier: always(caller(t, "a"))})
	inner.Handle("GET /in/a", authz.Scope("a"), named("a"))
	inner.Handle("GET /in/b", authz.Scope("b"), named("b"))
	outer := authz.NewMux(&authz.Guard{Identifier: always(caller(t, "outer"))})
	outer.Handle("/in/", authz.Scope("outer"), inner)
	for path, want := range map[string]int{"/in/a": 200, "/in/b": 403, "/in/c": 404, "/out": 404} {
		if res := serve(outer, request("GET", path)); res.StatusCode != want || (res.Header.Get("X-Handler") != "") != (want == 200) {
			t.Errorf("%s: status %d from handler %q, want %d", path, res.StatusCode, res.Header.Get("X-Handler"), want)
		}
	}
}

// A router's own answer may be one that says nothing.
func TestUnknownWithABuiltinThatSaysNothing(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, ""))}
	w := httptest.NewRecorder()
	g.Unknown(w, request("OPTIONS", "/"), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, header %v", w.Code, w.Header())
	}
}
