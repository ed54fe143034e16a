package mcp_test

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

// send posts a message to the server as a client without the SDK would.
func (d deployed) send(t *testing.T, message string, header http.Header) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", d.resource, strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	request.Header = http.Header{
		"Content-Type":         {"application/json"},
		"Accept":               {"application/json, text/event-stream"},
		"Mcp-Protocol-Version": {"2025-06-18"},
	}
	maps.Copy(request.Header, header)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// token is an access token for the server, with the scope to read, unless changed.
func (d deployed) token(t *testing.T, changed map[string]any) http.Header {
	t.Helper()
	claims := map[string]any{"sub": "ada", "client_id": "agent", "scope": mcp.ReadScope, "aud": d.resource}
	maps.Copy(claims, changed)
	token, err := d.issuer.Token(claims)
	if err != nil {
		t.Fatal(err)
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

func calling(params string) string {
	return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":` + params + `}`
}

// neverAdds fails the test if somebody gets to write.
func neverAdds(t *testing.T) mcp.Tasks {
	return tasks{
		list: func(context.Context, string) ([]string, error) { return nil, nil },
		add: func(context.Context, string, string) error {
			t.Error("a task was added")
			return nil
		},
	}
}

func TestTokens(t *testing.T) {
	for name, behind := range fronts {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, behind, neverAdds(t))
			for _, test := range []struct {
				name    string
				changed map[string]any
				want    int
			}{
				{"for this server", nil, 200},
				{"for another server", map[string]any{"aud": d.other}, 401},
				{"for its path's parent", map[string]any{"aud": strings.TrimSuffix(d.resource, "/mcp")}, 401},
				{"for nobody in particular", map[string]any{"aud": nil}, 401},
				{"without aud, of a client that is called like the server", map[string]any{"aud": nil, "client_id": d.resource}, 403},
				{"with an empty aud", map[string]any{"aud": ""}, 401},
				{"an ID token", map[string]any{"aud": "agent", "token_use": "id"}, 401},
				{"expired", map[string]any{"exp": 1}, 401},
				{"of another issuer", map[string]any{"iss": "https://issuer.example"}, 401},
				{"without the scope", map[string]any{"scope": "openid"}, 403},
				{"with a longer scope", map[string]any{"scope": mcp.ReadScope + "/all"}, 403},
			} {
				response, body := d.send(t, calling(`{"name":"list_tasks"}`), d.token(t, test.changed))
				if response.StatusCode != test.want {
					t.Errorf("%s: status %d, want %d; body %s", test.name, response.StatusCode, test.want, body)
				}
			}
			if response, _ := d.send(t, calling(`{"name":"list_tasks"}`), nil); response.StatusCode != 401 {
				t.Errorf("no token: status %d, want 401", response.StatusCode)
			}
		})
	}
}

// A caller who may read gets no tool that writes, however the message is written, and
// what is no message is not passed on.
func TestMessages(t *testing.T) {
	const writes = `{"name":"add_task","arguments":{"title":"x"}}`
	for name, behind := range fronts {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, behind, neverAdds(t))
			header := d.token(t, nil)
			for _, test := range []struct {
				name, message string
				want          int
			}{
				{"the tool that reads", calling(`{"name":"list_tasks"}`), 200},
				{"the tool that writes", calling(writes), 403},
				{"escaped", calling(`{"n\u0061me":"add\u005ftask","arguments":{"title":"x"}}`), 403},
				{"another spelling behind", calling(`{"name":"add_task","Name":"list_tasks","arguments":{"title":"x"}}`), 403},
				{"another spelling before", calling(`{"NAME":"list_tasks","name":"add_task","arguments":{"title":"x"}}`), 403},
				{"another spelling alone", calling(`{"Name":"add_task","arguments":{"title":"x"}}`), 400},
				{"twice, the second writes", calling(`{"name":"list_tasks","name":"add_task","arguments":{"title":"x"}}`), 403},
				{"twice, the first writes", calling(`{"name":"add_task","name":"list_tasks"}`), 200}, // lists
				{"two params", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_tasks"},"params":` + writes + `}`, 403},
				{"two methods", `{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":` + writes + `}`, 403},
				{"a method of another spelling", `{"jsonrpc":"2.0","id":1,"Method":"ping","method":"tools/call","params":` + writes + `}`, 403},
				{"behind another message", calling(`{"name":"list_tasks"}`) + calling(writes), 200}, // nobody reads the second
				{"a batch", `[` + calling(`{"name":"list_tasks"}`) + `,` + calling(writes) + `]`, 400},
				{"a batch of one", ` [` + calling(writes) + `]`, 400},
				{"an empty batch", `[]`, 400},
				{"a tool without a name", calling(`{"name":""}`), 400},
				{"a name that is no text", calling(`{"name":["add_task"]}`), 400},
				{"params that are no object", calling(`["add_task"]`), 400},
				{"no JSON", `name=add_task`, 400},
				{"nothing", ``, 400},
				{"too much", calling(`{"name":"list_tasks","arguments":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`), 413},
				{"a subscription", `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}`, 404},
				{"a tool that does not exist", calling(`{"name":"drop_tasks"}`), 200}, // JSON-RPC's own error
			} {
				response, body := d.send(t, test.message, header)
				if response.StatusCode != test.want {
					t.Errorf("%s: status %d, want %d; body %s", test.name, response.StatusCode, test.want, body)
				}
				if got := response.Header.Get("Content-Type"); test.want != 200 && strings.HasPrefix(got, "text/event-stream") {
					t.Errorf("%s: a stream began", test.name)
				}
			}
			_, body := d.send(t, calling(`{"name":"drop_tasks"}`), header)
			if !strings.Contains(body, `"error"`) {
				t.Errorf("a tool that does not exist: %s", body)
			}
		})
	}
}

func TestOrigins(t *testing.T) {
	for name, behind := range fronts {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, behind, neverAdds(t))
			for _, test := range []struct {
				origins []string
				want    int
				read    string // by whose pages
			}{
				{nil, 200, ""},
				{[]string{page}, 200, page},
				{[]string{"https://evil.example"}, 403, ""},
				{[]string{page + ".evil.example"}, 403, ""},
				{[]string{"null"}, 403, ""},
				{[]string{""}, 403, ""},
				{[]string{page, page}, 403, ""},
				{[]string{page, "https://evil.example"}, 403, ""},
			} {
				header := d.token(t, nil)
				if test.origins != nil {
					header["Origin"] = test.origins
				}
				response, body := d.send(t, calling(`{"name":"list_tasks"}`), header)
				if got := response.Header.Get("Access-Control-Allow-Origin"); response.StatusCode != test.want || got != test.read {
					t.Errorf("%q: status %d, read by %q, want %d, %q; body %s", test.origins, response.StatusCode, got, test.want, test.read, body)
				}
			}
		})
	}
}
