package chiauthz_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// New serves the metadata of a Guard's Resource, at two paths and to everybody.
func TestMetadataAreServed(t *testing.T) {
	t.Run("default", func(t *testing.T) { metadataAreServed(t, nil, 7) })
	t.Run("GetHead", func(t *testing.T) { metadataAreServed(t, &chiauthz.Options{GetHead: true}, 8) })
}

func metadataAreServed(t *testing.T, opts *chiauthz.Options, rules int) {
	e := chi.NewRouter()
	trust := claims.Trust{Issuers: []string{"https://issuer.example"}}
	r := chiauthz.New(e, &authz.Guard{
		Identifier: authz.IdentifierFunc("test", trust, bearer),
		Resource:   &authz.Resource{URL: "https://api.example.com/mcp"},
	}, opts)
	r.Get("/mcp", authz.Scope("read"), ran("mcp"))
	const at = "/.well-known/oauth-protected-resource"
	for path, want := range map[string]int{at: 200, at + "/mcp": 200, at + "/mcp/": 401, at + "/x": 401, "/mcp": 401} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			w := httptest.NewRecorder()
			request := as("", method, path)
			request.Host = "evil.example"
			e.ServeHTTP(w, request)
			status := want
			if method == "OPTIONS" && want == 200 {
				status = 204
			}
			if w.Code != status || strings.Contains(w.Body.String(), "evil") {
				t.Errorf("%s %s: status %d, want %d; body %s", method, path, w.Code, status, w.Body)
			}
		}
	}
	w := serve(e, as("", "GET", "/mcp"))
	if got := w.Header().Get("WWW-Authenticate"); !strings.Contains(got, `resource_metadata="https://api.example.com`+at+`/mcp"`) {
		t.Errorf("challenge %s", got)
	}
	if got := len(r.Policy().Rules); got != rules {
		t.Errorf("%d rules, want those of two paths and one route: %d", got, rules)
	}
}
