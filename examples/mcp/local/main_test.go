package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// The requests of docs/mcp.md do what it says: a token that is bound to the server
// lists the tools, the same client's without the parameter resource does not.
func TestLaptop(t *testing.T) {
	api, issuer := listen(t), listen(t)
	h, opts, err := setUp(api.Addr().String(), issuer.Addr().String(), "http://localhost:3000/callback")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var output bytes.Buffer
	opts.Output = &output
	base := "http://" + api.Addr().String()
	opts.Ready = func(string) {
		defer cancel()
		bound := token(t, issuer, url.Values{"resource": {base + "/mcp"}})
		for _, test := range []struct {
			token, tool string
			want        int
		}{
			{"", "list_tasks", 401},
			{token(t, issuer, nil), "list_tasks", 401},
			{bound, "list_tasks", 200},
			{bound, "add_task", 200},
			{token(t, issuer, url.Values{"resource": {base + "/mcp"}, "scope": {"tasks/read"}}), "add_task", 403},
		} {
			message := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"` + test.tool + `","arguments":{"title":"milk"}}}`
			if test.tool == "list_tasks" {
				message = strings.Replace(message, `,"arguments":{"title":"milk"}`, "", 1)
			}
			if got, body := post(t, base+"/mcp", test.token, message); got != test.want {
				t.Errorf("%s: status %d, want %d; body %s", test.tool, got, test.want, body)
			}
		}
	}
	if err := local.Serve(ctx, api, []net.Listener{issuer}, h, opts); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(output.String(), "/.well-known/oauth-protected-resource/mcp") {
		t.Errorf("the lines to paste are not there:\n%s", output.String())
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// token is what robot gets for itself.
func token(t *testing.T, issuer net.Listener, form url.Values) string {
	t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("grant_type", "client_credentials")
	form.Set("client_id", "robot")
	form.Set("client_secret", "robot-secret")
	response, err := http.PostForm("http://"+issuer.Addr().String()+"/oauth2/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var reply struct {
		Token string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&reply); err != nil || reply.Token == "" {
		t.Fatalf("status %d, error %v", response.StatusCode, err)
	}
	return reply.Token
}

func post(t *testing.T, url, token, message string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, text/event-stream")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
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
