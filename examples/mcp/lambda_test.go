package mcp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/mcp"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// TestFunction runs the compiled program as Lambda does, and the SDK's client calls
// it through a function URL.
func TestFunction(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "./lambda")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("does not start without its settings", func(t *testing.T) { refusesToStart(t, binary) })
	t.Run("serves", func(t *testing.T) {
		d := deploy(t, compiled(binary), nil)
		stepsUp(t, d, "function URL")
		staysOut(t, d)
		for aud, want := range map[any]int{d.resource: 200, d.other: 401, nil: 401} {
			response, body := d.send(t, calling(`{"name":"list_tasks"}`), d.token(t, map[string]any{"aud": aud}))
			if response.StatusCode != want {
				t.Errorf("aud %v: status %d, want %d; body %s", aud, response.StatusCode, want, body)
			}
		}
	})
}

// compiled is the program itself, with the issuer's keys in its deployment.
func compiled(binary string) front {
	return func(t *testing.T, issuer *local.Issuer, config mcp.Config) http.Handler {
		keys := httptest.NewRecorder()
		issuer.ServeHTTP(keys, httptest.NewRequest("GET", "/.well-known/jwks.json", nil))
		file := filepath.Join(t.TempDir(), "keys.json")
		if err := os.WriteFile(file, keys.Body.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{
			"MCP_RESOURCE=" + config.Resource, "MCP_ISSUER=" + issuer.URL(), "MCP_KEYS=" + file,
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(process.Close)
		return gateway.MustNew(gateway.Config{
			Function:  runtimeapi.Function{Process: process},
			Format:    adapter.FunctionURL,
			Streaming: true,
		})
	}
}

func refusesToStart(t *testing.T, binary string) {
	const resource, issuer = "MCP_RESOURCE=https://mcp.example.com/mcp", "MCP_ISSUER=https://issuer.example"
	for _, test := range []struct{ env, says []string }{
		{nil, []string{"MCP_RESOURCE is not set", "MCP_ISSUER is not set"}},
		{[]string{resource}, []string{"MCP_ISSUER is not set"}},
		{[]string{issuer}, []string{"MCP_RESOURCE is not set"}},
		{[]string{issuer, "MCP_KEYS=/nowhere"}, []string{"MCP_RESOURCE is not set", "MCP_KEYS"}},
		{[]string{issuer, "MCP_RESOURCE=http://mcp.example.com/mcp"}, []string{"Resource.URL", "not https"}},
		{[]string{resource, "MCP_ISSUER=issuer.example"}, []string{"issuer.example"}},
	} {
		process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: test.env})
		if err != nil {
			t.Fatal(err)
		}
		defer process.Close()
		var exit *runtimeapi.ExitError
		if err := process.Wait(); !errors.As(err, &exit) || exit.Err == nil {
			t.Fatalf("%v: ended with %v, want a failure", test.env, err)
		}
		for _, want := range test.says {
			if !strings.Contains(exit.Output, want) {
				t.Errorf("%v: output %q, want %q", test.env, exit.Output, want)
			}
		}
	}
}

// Neither the tools of a laptop nor a client belong into the function.
func TestFunctionLinksNoTools(t *testing.T) {
	deps, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "./lambda").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(deps), "gatehouse/authz\n") {
		t.Fatalf("go list says:\n%s", deps)
	}
	for _, unwanted := range []string{"adapter/gateway", "net/http/httptest"} {
		if strings.Contains(string(deps), unwanted) {
			t.Errorf("the function links %s", unwanted)
		}
	}
}
