package mcp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

// What a tool asks of another service, it asks with what it was given, and the
// caller's token is not among that.
func TestUpstreamSeesNoToken(t *testing.T) {
	for name, behind := range fronts {
		t.Run(name, func(t *testing.T) {
			var seen string
			upstream := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				dump, err := httputil.DumpRequest(r, true)
				if err != nil {
					t.Error(err)
				}
				seen = string(dump)
			}))
			defer upstream.Close()
			d := deploy(t, behind, tasks{add: func(ctx context.Context, owner, title string) error {
				form := url.Values{"owner": {owner}, "title": {title}}
				request, err := http.NewRequestWithContext(ctx, "POST", upstream.URL, strings.NewReader(form.Encode()))
				if err != nil {
					return err
				}
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					return err
				}
				return response.Body.Close()
			}})
			header := d.token(t, map[string]any{"scope": mcp.WriteScope})
			response, body := d.send(t, calling(`{"name":"add_task","arguments":{"title":"milk"}}`), header)
			if response.StatusCode != 200 || !strings.Contains(seen, "milk") || !strings.Contains(seen, "ada") {
				t.Fatalf("status %d, body %s, upstream saw %s", response.StatusCode, body, seen)
			}
			token := strings.TrimPrefix(header.Get("Authorization"), "Bearer ")
			for _, part := range append(strings.Split(token, "."), "Authorization") {
				if strings.Contains(seen, part) {
					t.Errorf("the upstream saw %s", seen)
				}
			}
		})
	}
}

// The SDK hands the request's header to every tool, so credentials are not in it.
func TestToolsGetNoCredentials(t *testing.T) {
	var got http.Header
	h := mcp.WithoutToken(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	r := httptest.NewRequest("POST", "/mcp", nil)
	r.Header = http.Header{"Authorization": {"Bearer x"}, "Cookie": {"a=b"}, "Accept": {"*/*"}}
	h.ServeHTTP(httptest.NewRecorder(), r)
	if len(got) != 1 || got.Get("Accept") != "*/*" {
		t.Errorf("header %v, want Accept alone", got)
	}
	if r.Header.Get("Authorization") == "" {
		t.Error("the caller's own request was changed")
	}
}

// An error of the store is not the client's to read; a refusal is.
func TestErrors(t *testing.T) {
	d := deploy(t, functionURL, tasks{
		list: func(context.Context, string) ([]string, error) { return nil, context.DeadlineExceeded },
		add:  new(mcp.Memory).Add,
	})
	header := d.token(t, map[string]any{"scope": mcp.ReadScope + " " + mcp.WriteScope})
	for message, want := range map[string]string{
		calling(`{"name":"list_tasks"}`):                                                        "the tool failed",
		calling(`{"name":"add_task","arguments":{"title":""}}`):                                 "a title has 1 to 200 characters",
		calling(`{"name":"add_task","arguments":{"title":"` + strings.Repeat("x", 201) + `"}}`): "a title has 1 to 200 characters",
	} {
		response, body := d.send(t, message, header)
		if response.StatusCode != 200 || !strings.Contains(body, want) || !strings.Contains(body, `"isError":true`) || strings.Contains(body, "deadline") {
			t.Errorf("%.60s: status %d, body %s; want %q", message, response.StatusCode, body, want)
		}
	}
}
