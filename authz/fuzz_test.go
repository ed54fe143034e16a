package authz_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// patterns of the fuzzed site; the caller's scopes decide which may be reached.
var patterns = []struct {
	pattern string
	scope   string // "": public
}{
	{"GET /public/{rest...}", ""},
	{"GET /admin", "admin"},
	{"/admin/tree/", "admin"},
	{"/admin/tree/{$}", "read"},
	{"GET /notes/{id}", "read"},
	{"HEAD /notes/{id}", "admin"},
	{"POST /notes", "write"},
	{"GET host.example/", "admin"},
	{"GET /{any}", "read"},
	{"CONNECT /tunnel/", "write"},
}

// trace is what happened to one request.
type trace struct {
	met       map[string]bool // requirements that were checked and met, by pattern
	ran       []string
	decisions []authz.Decision
}

func fuzzedSite(id *claims.Identity, seen *trace) (guarded, plain http.Handler) {
	mux, oracle := authz.NewMux(&authz.Guard{
		Identifier: always(id),
		OnDecision: func(_ *http.Request, d authz.Decision) { seen.decisions = append(seen.decisions, d) },
	}), http.NewServeMux()
	for _, p := range patterns {
		h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.ran = append(seen.ran, p.pattern) })
		oracle.Handle(p.pattern, h)
		req := authz.Public()
		if p.scope != "" {
			scope := authz.Scope(p.scope)
			req = authz.Func(p.pattern, func(r *http.Request, id *claims.Identity) error {
				err := scope.Check(r, id)
				seen.met[p.pattern] = err == nil
				return err
			})
		}
		mux.Handle(p.pattern, req, h)
	}
	return mux, oracle
}

// FuzzMux: a handler runs only if its own requirement was checked for this
// request and met, it is the one that a ServeMux with the same patterns runs,
// and there was exactly one decision; nobody gets nothing but 401 elsewhere.
func FuzzMux(f *testing.F) {
	for _, path := range []string{
		"/", "*", "", "/admin", "//admin", "/public/../admin", "/%61dmin", "/admin/tree", "/admin/tree/", "/public/a%2f..%2f..%2fadmin",
		"/notes/1", "/notes//1", "/notes", "/admin%00", "/./admin", "/public/%2e%2e/admin", "admin", "/%", "/tunnel", "/tunnel/../admin",
	} {
		for who, method := range []string{"GET", "HEAD", "CONNECT", "get", "POST"} {
			f.Add(method, path, "", "host.example:80", path, byte(who))
		}
	}
	f.Fuzz(func(t *testing.T, method, path, rawPath, host, requestURI string, who byte) {
		scopes := []string{"nobody", "", "read", "write", "read write admin"}[who%5]
		var id *claims.Identity
		if scopes != "nobody" {
			id = caller(t, scopes)
		}
		request := func() *http.Request {
			u := &url.URL{Path: path, RawPath: rawPath}
			return &http.Request{Method: method, URL: u, Host: host, RequestURI: requestURI, Header: http.Header{}, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
		}
		seen := &trace{met: map[string]bool{}}
		mux, oracle := fuzzedSite(id, seen)

		w := httptest.NewRecorder()
		mux.ServeHTTP(w, request())
		ran, decisions := seen.ran, seen.decisions
		seen.ran = nil
		oracle.ServeHTTP(httptest.NewRecorder(), request())
		matched := seen.ran

		if len(decisions) != 1 {
			t.Fatalf("%d decisions, want 1", len(decisions))
		}
		if len(ran) > 1 || len(ran) == 1 && (len(matched) != 1 || ran[0] != matched[0]) {
			t.Fatalf("ran %q, ServeMux runs %q", ran, matched)
		}
		open := len(matched) == 1 && matched[0] == patterns[0].pattern
		met := len(matched) == 1 && (open || seen.met[matched[0]])
		if (len(ran) == 1) != met {
			t.Fatalf("ran %q, met %v", ran, seen.met)
		}
		if id == nil && !open && w.Code != http.StatusUnauthorized {
			t.Fatalf("nobody got status %d", w.Code)
		}
		if granted := decisions[0].Result == authz.Granted; granted != (len(ran) == 1) {
			t.Fatalf("ran %q, decision %+v", ran, decisions[0])
		}
	})
}
