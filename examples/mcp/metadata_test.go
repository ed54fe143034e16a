package mcp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

func handler() (http.Handler, *authz.Mux) {
	return mcp.Handler(mcp.Config{
		Resource:   "https://mcp.example.com/mcp",
		Identifier: claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}, Audiences: []string{"https://mcp.example.com/mcp"}}),
		Origins:    []string{page},
		Tasks:      new(mcp.Memory),
	})
}

// Nothing that a client says enters the metadata: it gets the same bytes, or none.
func TestMetadata(t *testing.T) {
	const want = `{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://issuer.example"],"scopes_supported":["tasks/read"],"bearer_methods_supported":["header"]}` + "\n"
	const at = "/.well-known/oauth-protected-resource"
	h, _ := handler()
	variants := 0
	for _, format := range []adapter.Format{adapter.HTTPAPIV1, adapter.HTTPAPIV2, adapter.FunctionURL} {
		front := gateway.MustNew(gateway.Config{Function: adapter.New(h, nil), Format: format})
		for path, served := range map[string]bool{
			at: true, at + "/mcp": true, at + "?resource=https://evil.example": true,
			at + "/": false, at + "/mcp/": false, at + "/mcp/x": false, at + "/evil.example": false, at + "/MCP": false,
		} {
			for _, header := range []http.Header{
				{}, {"Host": {"evil.example"}}, {"X-Forwarded-Host": {"evil.example"}}, {"X-Forwarded-Prefix": {"/evil"}},
				{"Forwarded": {"host=evil.example"}}, {"Origin": {"https://evil.example"}},
			} {
				variants++
				r := httptest.NewRequest("GET", path, nil)
				r.Header = header.Clone()
				if host := r.Header.Get("Host"); host != "" {
					r.Host = host
				}
				w := httptest.NewRecorder()
				front.ServeHTTP(w, r)
				switch body := w.Body.String(); {
				case served && (w.Code != 200 || body != want || w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Access-Control-Allow-Credentials") != ""):
					t.Errorf("%v %s %v: status %d, header %v, body %s", format, path, header, w.Code, w.Header(), body)
				case !served && (w.Code != 401 || strings.Contains(body, "issuer.example")):
					t.Errorf("%v %s %v: status %d, want 401 as for every unknown path; body %s", format, path, header, w.Code, body)
				}
			}
		}
	}
	t.Logf("%d variants", variants)
}

// Pages of every origin may read the metadata; those of few may call the server.
func TestPreflights(t *testing.T) {
	h, _ := handler()
	for _, test := range []struct{ path, method, origin, want string }{
		{"/.well-known/oauth-protected-resource/mcp", "GET", "https://evil.example", "*"},
		{"/.well-known/oauth-protected-resource", "GET", page, "*"},
		{"/mcp", "POST", page, page},
		{"/mcp", "POST", "https://evil.example", ""},
		{"/.well-known/other", "GET", "https://evil.example", ""},
	} {
		r := httptest.NewRequest("OPTIONS", test.path, nil)
		r.Header.Set("Origin", test.origin)
		r.Header.Set("Access-Control-Request-Method", test.method)
		r.Header.Set("Access-Control-Request-Headers", "mcp-protocol-version")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		status := 204
		if test.want == "" {
			status = 403 // of cors
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != status || got != test.want {
			t.Errorf("%s from %s: status %d, allowed to %q, want %q", test.path, test.origin, w.Code, got, test.want)
		}
	}
}

// The policy says what is open and what is not.
func TestPolicy(t *testing.T) {
	_, mux := handler()
	var got []string
	for _, rule := range mux.Policy().Rules {
		got = append(got, rule.Method+" "+rule.Pattern+": "+rule.Requirement)
	}
	want := []string{
		"GET /.well-known/oauth-protected-resource: public",
		"OPTIONS /.well-known/oauth-protected-resource: public",
		"GET /.well-known/oauth-protected-resource/mcp: public",
		"OPTIONS /.well-known/oauth-protected-resource/mcp: public",
		"POST /mcp: an allowed Origin and the scope of the tool",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("policy\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestImpossibleConfigs(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	for name, config := range map[string]mcp.Config{
		"no tasks":             {Resource: "https://mcp.example.com/mcp", Identifier: who},
		"no identifier":        {Resource: "https://mcp.example.com/mcp", Tasks: new(mcp.Memory)},
		"a relative URL":       {Resource: "/mcp", Identifier: who, Tasks: new(mcp.Memory)},
		"an impossible origin": {Resource: "https://mcp.example.com/mcp", Identifier: who, Tasks: new(mcp.Memory), Origins: []string{"example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			mcp.Handler(config)
		})
	}
}
