package mcp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

// TestClient is the SDK's own client, which is told nothing but the server's URL and
// its own name at the issuer. What goes over the wire is in the test's output (-v).
func TestClient(t *testing.T) {
	for name, behind := range fronts {
		t.Run(name, func(t *testing.T) {
			d := deploy(t, behind, new(mcp.Memory))
			t.Run("with both scopes", func(t *testing.T) { stepsUp(t, d, name) })
			t.Run("with one scope", func(t *testing.T) { staysOut(t, d) })
		})
	}
}

// stepsUp is a client that asks for the second scope when it needs it.
func stepsUp(t *testing.T, d deployed, front string) {
	wire := &wire{}
	session := connect(t, d, wire, "agent")
	list, err := session.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 2 {
		t.Fatalf("tools %+v, error %v", list, err)
	}
	call(t, session, "list_tasks", nil, `{"tasks":[]}`)
	call(t, session, "add_task", map[string]any{"title": "buy milk"}, `{}`)
	call(t, session, "list_tasks", nil, `{"tasks":["buy milk"]}`)
	lines := wire.log(t)

	challenge := ": Bearer\n" // the gateway's, which says nothing more
	if front == "function URL" {
		challenge = `: Bearer realm="mcp", scope="tasks/read", resource_metadata="` + strings.TrimSuffix(d.resource, "/mcp") + `/.well-known/oauth-protected-resource/mcp"` + "\n"
	}
	inOrder(t, lines,
		"401 POST /mcp", challenge,
		"200 GET /.well-known/oauth-protected-resource/mcp",
		"200 GET /.well-known/openid-configuration",
		"303 POST /oauth2/authorize scope=tasks/read resource="+d.resource,
		"200 POST /oauth2/token",
		"200 POST /mcp tools/call list_tasks",
		`403 POST /mcp tools/call add_task: Bearer realm="mcp", error="insufficient_scope", scope="tasks/write", resource_metadata=`,
		"303 POST /oauth2/authorize scope=tasks/read tasks/write resource="+d.resource,
		"200 POST /oauth2/token",
		"200 POST /mcp tools/call add_task",
		"200 POST /mcp tools/call list_tasks",
	)
}

// staysOut is a client to which the issuer gives one scope alone. The refusal does
// not end its session.
func staysOut(t *testing.T, d deployed) {
	wire := &wire{}
	session := connect(t, d, wire, "viewer")
	_, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "add_task", Arguments: map[string]any{"title": "x"}})
	if err == nil || !strings.Contains(err.Error(), "invalid_scope") {
		t.Errorf("error %v, want the issuer's invalid_scope", err)
	}
	call(t, session, "list_tasks", nil, `{"tasks":["buy milk"]}`) // ada's, through the other client
	lines := wire.log(t)
	inOrder(t, lines, `403 POST /mcp tools/call add_task: Bearer realm="mcp", error="insufficient_scope"`, "303 POST /oauth2/authorize", "200 POST /mcp tools/call list_tasks")
	if strings.Contains(lines, "200 POST /mcp tools/call add_task") {
		t.Error("the tool was called")
	}
}

func call(t *testing.T, session *sdk.ClientSession, tool string, input map[string]any, want string) {
	t.Helper()
	result, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: input})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	if got := result.Content[0].(*sdk.TextContent).Text; got != want || result.IsError {
		t.Errorf("%s: %s, want %s", tool, got, want)
	}
}

// connect begins a session of a client that ada signs in with.
func connect(t *testing.T, d deployed, wire *wire, id string) *sdk.ClientSession {
	t.Helper()
	client := &http.Client{
		Transport:     wire,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	signIn, err := auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		PreregisteredClient:      &oauthex.ClientCredentials{ClientID: id},
		RedirectURL:              callback,
		AuthorizationCodeFetcher: browser{client}.signIn,
		Client:                   client,
	})
	if err != nil {
		t.Fatal(err)
	}
	session, err := sdk.NewClient(&sdk.Implementation{Name: id, Version: "1"}, nil).
		Connect(t.Context(), &sdk.StreamableClientTransport{Endpoint: d.resource, HTTPClient: client, OAuthHandler: signIn}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, wire.lines())
	}
	t.Cleanup(func() { session.Close() })
	return session
}

// browser is where ada types her password.
type browser struct{ *http.Client }

func (b browser) signIn(ctx context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
	form := strings.NewReader(url.Values{"username": {"ada"}, "password": {"pw"}}.Encode())
	request, err := http.NewRequestWithContext(ctx, "POST", args.URL, form)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		return nil, fmt.Errorf("status %d: %w", response.StatusCode, err)
	}
	if problem := back.Query().Get("error"); problem != "" {
		return nil, fmt.Errorf("the issuer says %s", problem)
	}
	return &auth.AuthorizationResult{Code: back.Query().Get("code"), State: back.Query().Get("state")}, nil
}

// wire writes down each request: status, method, path, what was asked for, and the
// challenge. It leaves out tokens and codes.
type wire struct {
	mu   sync.Mutex
	text strings.Builder
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := asked(r)
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	fmt.Fprintf(&w.text, "%d %s %s%s", response.StatusCode, r.Method, r.URL.Path, asked)
	if challenge := response.Header.Get("WWW-Authenticate"); challenge != "" {
		fmt.Fprintf(&w.text, ": %s", challenge)
	}
	w.text.WriteByte('\n')
	return response, nil
}

// asked is the JSON-RPC method and tool, or the scope and resource, of a request.
func asked(r *http.Request) string {
	if query := r.URL.Query(); query.Has("scope") {
		scopes := strings.Fields(query.Get("scope")) // in any order: the client keeps a set
		slices.Sort(scopes)
		return fmt.Sprintf(" scope=%s resource=%s", strings.Join(scopes, " "), query.Get("resource"))
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return ""
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	message, err := jsonrpc.DecodeMessage(body)
	request, ok := message.(*jsonrpc.Request)
	if err != nil || !ok {
		return ""
	}
	tool := regexp.MustCompile(`"name":"(\w+_\w+)"`).FindStringSubmatch(string(request.Params))
	return strings.TrimRight(" "+request.Method+" "+strings.Join(tool[min(1, len(tool)):], ""), " ")
}

func (w *wire) lines() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *wire) log(t *testing.T) string {
	t.Helper()
	lines := w.lines()
	t.Log("\n" + lines)
	return lines
}

// inOrder wants the texts in lines, one after the other.
func inOrder(t *testing.T, lines string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		_, after, found := strings.Cut(lines, text)
		if !found {
			t.Fatalf("no %q in\n%s", text, lines)
		}
		lines = after
	}
}
