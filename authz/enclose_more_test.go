package authz_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Scanners find neither a route nor a fault: what the router says of paths that
// it does not know is not a decision that somebody forgot.
func TestEncloseAndAThousandScannerPaths(t *testing.T) {
	for _, known := range []bool{false, true} {
		var id *claims.Identity
		if known {
			id = caller(t, "a")
		}
		e := newEnclosure(id)
		router := http.NewServeMux() // as any router that knows nothing of requirements
		router.Handle("GET /notes/{id}", e.guard.Require(authz.Scope("a"))(named("note")))
		router.Handle("POST /notes/{$}", e.guard.Require(authz.Scope("never"))(named("create")))
		router.Handle("/tree/", e.guard.Require(authz.Scope("never"))(named("tree")))
		h := e.guard.Enclose(router)
		counts := map[int]int{}
		for i := range 1000 {
			path := []string{"/wp-admin/%d.php", "/.git/%d", "//notes/%d", "/notes/../%d", "/notes/%d/x", "/tree", "/%%2e%%2e/%d", "/cgi-bin/%d", "/notes/", "/notes/%d"}[i%10]
			if i%10 != 5 && i%10 != 8 {
				path = fmt.Sprintf(path, i)
			}
			method := []string{"GET", "HEAD", "POST", "PROPFIND", "OPTIONS"}[i/10%5]
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request(method, path))
			counts[w.Code]++
			if w.Code >= 500 || !known && (w.Code != 401 || w.Header().Get("Location") != "" || w.Header().Get("Allow") != "") {
				t.Errorf("%s %s, known %t: status %d, header %v", method, path, known, w.Code, w.Header())
			}
		}
		if len(e.decisions) != 1000 {
			t.Errorf("%d decisions of 1000 requests", len(e.decisions))
		}
		t.Logf("known %t: %v", known, counts)
	}
}

// A decision that is made elsewhere while the handler answers is either in time
// or not; nothing in between leaves. Run with -race.
func TestEncloseAgainstAConcurrentDecision(t *testing.T) {
	for _, req := range []authz.Requirement{authz.Scope("a"), authz.Scope("never")} {
		g := &authz.Guard{Identifier: always(caller(t, "a"))}
		counts := map[int]int{}
		for i := range 300 {
			var decided sync.WaitGroup
			h := g.Enclose(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				decided.Go(func() { g.Allow(w, r, req) })
				for range i % 30 {
					runtime.Gosched()
				}
				fmt.Fprint(w, "answer")
			}))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, request("GET", "/"))
			decided.Wait()
			counts[w.Code]++
			answered := w.Code == 200 && w.Body.String() == "answer" && req.String() == "scope a"
			refused := (w.Code == 403 || w.Code == 500) && w.Body.String() != "answer"
			if !answered && !refused {
				t.Fatalf("%s: status %d, body %q", req, w.Code, w.Body)
			}
		}
		t.Logf("%s: %v", req, counts)
	}
}

// What a handler leaves running cannot answer after Enclose has.
func TestEncloseIsOverWhenItsHandlerReturns(t *testing.T) {
	g := &authz.Guard{Identifier: always(caller(t, "a"))}
	var late func()
	h := g.Enclose(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		late = func() {
			g.Allow(w, r, authz.Scope("a"))
			fmt.Fprint(w, "late")
			w.WriteHeader(http.StatusOK)
		}
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, request("GET", "/"))
	status, body := w.Code, w.Body.String()
	late()
	if w.Code != status || w.Body.String() != body || status != 500 {
		t.Errorf("status %d and %q, later %d and %q", status, body, w.Code, w.Body)
	}
}

// OnDecision is told of a handler that nobody decided about, once, with its
// route and why.
func TestEncloseTellsOfAForgottenRoute(t *testing.T) {
	e := newEnclosure(nil)
	router := http.NewServeMux()
	router.Handle("GET /forgotten/{id}", named("forgotten"))
	serve(e.guard.Enclose(router), request("GET", "/forgotten/1"))
	if len(e.decisions) != 1 {
		t.Fatalf("%d decisions, want 1", len(e.decisions))
	}
	d := e.decisions[0]
	if d.Result != authz.Refused || d.Route != "GET /forgotten/{id}" || d.Code != authz.CodeServerError || !d.Enforced || d.Err == nil {
		t.Errorf("decision %+v", d)
	}
}

func TestEncloseNeedsAHandler(t *testing.T) {
	if panics(func() { new(authz.Guard).Enclose(nil) }) == nil {
		t.Error("no panic for a nil Handler")
	}
	if panics(func() { (&authz.Guard{Every: authz.Public()}).Enclose(http.NotFoundHandler()) }) == nil {
		t.Error("no panic for an impossible Guard")
	}
}
