package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
)

// The requests of docs/mcp.md do what it says: a token that is bound to the server
// lists the tools, the same client's without the parameter resource does not.
func TestLaptop(t *testing.T) {
	api, issuer := laptop.Listen(t), laptop.Listen(t)
	h, opts, err := setUp(api.Addr().String(), issuer.Addr().String(), "http://localhost:3000/callback")
	if err != nil {
		t.Fatal(err)
	}
	var output laptop.Output
	opts.Output = &output
	resource := "http://" + api.Addr().String() + "/mcp"
	laptop.Serve(t, api, issuer, h, opts, func(string) {
		bound := laptop.Token(t, issuer, "robot", url.Values{"resource": {resource}})
		for _, test := range []struct {
			token, tool string
			want        int
		}{
			{"", "list_tasks", 401},
			{laptop.Token(t, issuer, "robot", nil), "list_tasks", 401},
			{bound, "list_tasks", 200},
			{bound, "add_task", 200},
			{laptop.Token(t, issuer, "robot", url.Values{"resource": {resource}, "scope": {"tasks/read"}}), "add_task", 403},
		} {
			message := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + test.tool + `","arguments":{"title":"milk"}}}`
			if test.tool == "list_tasks" {
				message = strings.Replace(message, `,"arguments":{"title":"milk"}`, "", 1)
			}
			r := laptop.Request(t, "POST", resource, test.token, message)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json, text/event-stream")
			if got, body := laptop.Do(t, r); got != test.want {
				t.Errorf("%s: status %d, want %d; body %s", test.tool, got, test.want, body)
			}
		}
	})
	if !strings.Contains(output.String(), "/.well-known/oauth-protected-resource/mcp") {
		t.Errorf("the lines to paste are not there:\n%s", output.String())
	}
}

// A development tool does not start inside Lambda.
func TestRefusesLambda(t *testing.T) {
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	h, opts, err := setUp("localhost:0", "localhost:8081", "http://localhost:3000/callback")
	if err == nil {
		err = local.ListenAndServe("localhost:0", h, opts)
	}
	if err == nil || !strings.Contains(err.Error(), "Lambda") {
		t.Errorf("error %v, want one about Lambda", err)
	}
}
