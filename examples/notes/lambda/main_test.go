package main_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

const (
	issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	api    = "n0tes4p1id"
)

// TestFunction runs the compiled program as Lambda does.
func TestFunction(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("does not start without its pins", func(t *testing.T) { refusesToStart(t, binary) })
	t.Run("serves", func(t *testing.T) { serves(t, binary) })
	t.Run("serves pages", func(t *testing.T) { servesPages(t, binary) })
}

func TestLogs(t *testing.T) { notestest.Logs(t, "/notes/{id}") }

// servesPages asks behind a REST API that answers preflights by itself.
func servesPages(t *testing.T, binary string) {
	const page = "https://app.example"
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{"NOTES_ISSUER=" + issuer, "NOTES_API=" + api, "NOTES_ORIGIN=" + page}})
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	g := gateway.MustNew(gateway.Config{Function: runtimeapi.Function{Process: process}, APIID: api, Format: adapter.RESTAPI, Stage: "live"})
	for origin, want := range map[string]string{page: page, "https://elsewhere.example": ""} {
		r := httptest.NewRequest("GET", "/live/hello", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != 200 || got != want {
			t.Errorf("%s: status %d, allowed origin %q, want %q", origin, w.Code, got, want)
		}
	}
}

func refusesToStart(t *testing.T, binary string) {
	for _, row := range []struct {
		env     []string
		says    []string
		silence string // what it must not say
	}{
		{nil, []string{"NOTES_ISSUER is not set", "NOTES_API is not set"}, "listening"},
		{[]string{"NOTES_ISSUER=" + issuer}, []string{"NOTES_API is not set"}, "NOTES_ISSUER"},
		{[]string{"NOTES_API=" + api}, []string{"NOTES_ISSUER is not set"}, "NOTES_API"},
		{[]string{"NOTES_API=" + api, "NOTES_ISSUER="}, []string{"NOTES_ISSUER is not set"}, "NOTES_API"},
		{[]string{"NOTES_API=" + api, "NOTES_ISSUER=" + issuer, "NOTES_ORIGIN=app.example"}, []string{"NOTES_ORIGIN", `"app.example"`}, "listening"},
		{[]string{"NOTES_API=a b", "NOTES_ISSUER=" + issuer}, []string{"APIs", `"a b"`}, "is not set"},
	} {
		process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: row.env})
		if err != nil {
			t.Fatal(err)
		}
		defer process.Close()
		var exit *runtimeapi.ExitError
		if err := process.Wait(); !errors.As(err, &exit) || exit.Err == nil {
			t.Fatalf("%v: ended with %v, want a failure", row.env, err)
		}
		for _, want := range row.says {
			if !strings.Contains(exit.Output, want) {
				t.Errorf("%v: output %q, want %q", row.env, exit.Output, want)
			}
		}
		if strings.Contains(exit.Output, row.silence) {
			t.Errorf("%v: output %q, want no %q", row.env, exit.Output, row.silence)
		}
	}
}

func serves(t *testing.T, binary string) {
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{Env: []string{"NOTES_ISSUER=" + issuer, "NOTES_API=" + api}})
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	function := runtimeapi.Function{Process: process}
	for _, row := range []struct {
		name         string
		config       gateway.Config
		method, path string
		want         int
	}{
		{"hello", gateway.Config{APIID: api}, "GET", "/hello", 200},
		{"nobody", gateway.Config{APIID: api}, "POST", "/notes", 401},
		{"payload 2.0", gateway.Config{APIID: api, Authorizer: vouch(issuer)}, "POST", "/notes", 201},
		{"no scope", gateway.Config{APIID: api, Authorizer: vouch(issuer)}, "DELETE", "/notes", 405},
		{"another API", gateway.Config{APIID: "f0reign", Authorizer: vouch(issuer)}, "GET", "/notes", 401},
		{"another issuer", gateway.Config{APIID: api, Authorizer: vouch(issuer + "x")}, "GET", "/notes", 401},
	} {
		row.config.Function = function
		w := httptest.NewRecorder()
		gateway.MustNew(row.config).ServeHTTP(w, httptest.NewRequest(row.method, row.path, strings.NewReader(`{"title":"x"}`)))
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d; body %s", row.name, w.Code, row.want, w.Body)
		}
	}
	invokedByAClient(t, process)
}

// invokedByAClient sends an event as the holder of a Cognito identity can:
// Lambda tells of that beside the event.
func invokedByAClient(t *testing.T, process *runtimeapi.Process) {
	g := gateway.MustNew(gateway.Config{Function: runtimeapi.Function{Process: process}, APIID: api, Authorizer: vouch(issuer)})
	event, err := g.Event(httptest.NewRequest("GET", "/notes", nil))
	if err != nil {
		t.Fatal(err)
	}
	for identity, want := range map[string]string{
		"": `"statusCode":200`,
		`{"cognitoIdentityId":"eu-west-1:1","cognitoIdentityPoolId":"eu-west-1:2"}`: `"statusCode":401`,
	} {
		result, err := process.Invoke(context.Background(), runtimeapi.Invocation{Payload: event, Identity: identity})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(result.Body), want) {
			t.Errorf("identity %q: reply %s, want %s", identity, result.Body, want)
		}
	}
}

// vouch is an authorizer that has checked a token of the issuer's.
func vouch(issuer string) gateway.Authorizer { return vouchFor(issuer, "ada") }

// Neither the tools of a laptop nor its database belong into the function.
func TestLinksNoTools(t *testing.T) {
	deps, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(deps), "gatehouse/authz\n") {
		t.Fatalf("go list says:\n%s", deps)
	}
	for _, unwanted := range []string{"adapter/gateway", "lestrrat-go", "bbolt", "testing"} {
		if strings.Contains(string(deps), unwanted) {
			t.Errorf("the function links %s", unwanted)
		}
	}
}
