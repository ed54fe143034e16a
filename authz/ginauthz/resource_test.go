package ginauthz_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// New serves the metadata of a Guard's Resource, at two paths and to everybody.
func TestMetadataAreServed(t *testing.T) {
	e := gin.New()
	trust := claims.Trust{Issuers: []string{"https://issuer.example"}}
	r := ginauthz.New(e, &authz.Guard{
		Identifier: authz.IdentifierFunc("test", trust, bearer),
		Resource:   &authz.Resource{URL: "https://api.example.com/mcp"},
	}, nil)
	r.GET("/mcp", authz.Scope("read"), ran("mcp"))
	const at = "/.well-known/oauth-protected-resource"
	for path, want := range map[string]int{at: 200, at + "/mcp": 200, at + "/mcp/": 401, at + "/x": 401, "/mcp": 401} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
			w := httptest.NewRecorder()
			request := as("", method, path)
			request.Host = "evil.example"
			r.ServeHTTP(w, request)
			status := want
			if method == "OPTIONS" && want == 200 {
				status = 204
			}
			if w.Code != status || strings.Contains(w.Body.String(), "evil") {
				t.Errorf("%s %s: status %d, want %d; body %s", method, path, w.Code, status, w.Body)
			}
		}
	}
	w := serve(r, as("", "GET", "/mcp"))
	if got := w.Header().Get("WWW-Authenticate"); !strings.Contains(got, `resource_metadata="https://api.example.com`+at+`/mcp"`) {
		t.Errorf("challenge %s", got)
	}
	if got := len(r.Policy().Rules); got != 7 {
		t.Errorf("%d rules, want those of two paths and one route: 7", got)
	}
}
