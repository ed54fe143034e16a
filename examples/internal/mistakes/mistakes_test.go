package mistakes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/internal/mistakes"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// row is one mistake, and all that a newcomer sees of it.
type row struct {
	name    string
	mistake string // of mistakes.New
	method  string // "": GET
	path    string
	token   map[string]any // claims beside sub and client_id; nil: no token is sent
	header  map[string]string
	body    int // bytes of a binary upload
	routes  []gateway.Route
	rest    bool

	status int
	client string   // a part of the body
	line   string   // of the local gateway, without method, path, route and time
	logged []string // lines of the function's log
}

func rows() []row {
	read := map[string]any{"scope": "notes-api/read"}
	none := map[string]any{}
	open := []gateway.Route{{Key: "ANY /{proxy+}", Open: true}}
	scoped := []gateway.Route{{Key: "GET /notes/{id}", Scopes: []string{"notes-api/read"}}}
	preflight := func(origin, asks string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": asks}
	}
	const (
		note        = "/notes/secret-path?q=secret-query"
		who         = " (JWT authorizer, Cognito authorizer, native JWT authorizer; issuer ISSUER"
		noCaller    = "a token was sent, but the event names no caller: does this route of the gateway have an authorizer?"
		noAuthority = "invalid_token"
		may         = "The caller may not perform this operation."
		evil        = "https://secret.example"
		tooLate     = "ERROR adapter: answered for the handler: the handler took too long: the front waits 29 or 30 s: answer 202 and do the work from a queue, or stream on a front that can; see Options.Timeout"
		tooLarge    = "ERROR adapter: answered for the handler: the reply is larger than the front takes: Lambda takes 6 MB, base64's third included: answer with a link, such as a presigned URL of S3, or stream"
	)
	refused := func(cause string) []string { return []string{"WARN authz: refused: " + cause} }
	kept := func(cause string) []string { return []string{"WARN cors: refused: " + cause} }
	return []row{
		{name: "an issuer that is another", mistake: "issuer", path: note, token: read, status: 401, client: noAuthority,
			line:   "401 function: the issuer is not among Config.Issuers",
			logged: refused("the issuer is not among Config.Issuers (JWT authorizer, Cognito authorizer, native JWT authorizer; issuer https://issuer.example.com)")},
		{name: "pinned Audiences", mistake: "audiences", path: note, token: read, status: 401, client: noAuthority,
			line:   "401 function: the token is for another audience than Config.Audiences",
			logged: refused("the token is for another audience than Config.Audiences" + who + "; audience another-api)")},
		{name: "pinned APIs", mistake: "APIs", path: note, token: read, status: 401, client: noAuthority,
			line:   "401 function: the event's API is not among Config.APIs",
			logged: refused("the event's API is not among Config.APIs" + who + "; API z9y8x7w6v5)")},
		{name: "pinned Stages", mistake: "stages", path: note, token: read, status: 401, client: noAuthority,
			line:   "401 function: the event's stage is not among Config.Stages",
			logged: refused("the event's stage is not among Config.Stages" + who + "; stage prod)")},
		{name: "no Identifier", mistake: "no Identifier", path: note, token: read, status: 401, client: noAuthority,
			line:   "401 function: a token was sent, but the Guard has no Identifier: set Guard.Identifier",
			logged: refused("a token was sent, but the Guard has no Identifier: set Guard.Identifier")},
		{name: "a route without an authorizer", path: note, token: read, routes: open, status: 401, client: noAuthority,
			line: "401 function: " + noCaller, logged: refused(noCaller)},
		{name: "an ID token where an access token is required", mistake: "access tokens only", path: note, status: 403,
			token:  map[string]any{"token_use": "id", "scope": "notes-api/read"},
			client: "The operation needs an access token, and this is an ID token.",
			line:   "403 function: needs an access token; the caller sent an ID token, and needs an access token",
			logged: refused("needs an access token; the caller sent an ID token, and needs an access token")},
		{name: "an ID token where a scope is required", path: note, status: 403, token: map[string]any{"token_use": "id"},
			client: "The operation needs an access token, and this is an ID token.",
			line:   "403 function: needs scope notes-api/read; the caller sent an ID token, and needs an access token",
			logged: refused("needs scope notes-api/read; the caller sent an ID token, and needs an access token")},
		{name: "a missing scope", path: note, token: none, status: 403, client: may,
			line: "403 function: needs scope notes-api/read", logged: refused("needs scope notes-api/read")},
		{name: "a missing group", path: "/admin", token: read, status: 403, client: may,
			line: `403 function: needs group "admin"`, logged: refused(`needs group "admin"`)},
		{name: "an ambiguous list", path: "/admin", token: map[string]any{"cognito:groups": []string{"admin", "secret group"}}, status: 403, client: may,
			line:   "403 function: the claim cognito:groups cannot be read as a list: name it in Lists or CommaLists of claims.Config; text of a list is ambiguous",
			logged: refused("the claim cognito:groups cannot be read as a list: name it in Lists or CommaLists of claims.Config; text of a list is ambiguous")},
		{name: "a route behind echoauthz's back", mistake: "behind echoauthz", path: note, token: read, status: 403, client: may,
			line: "403 function: no requirement is registered for this route: register it together with what it requires", logged: refused("no requirement is registered for this route: register it together with what it requires")},
		{name: "a Mux without the route", path: "/secret-path", token: read, status: 404, client: "Not Found",
			line: "404 function: no route is registered for this method and path", logged: refused("no route")},
		{name: "the handler's own 404", path: "/lost", token: read, status: 404, client: "404 page not found", line: "404"},
		{name: "a preflight on default routes", method: "OPTIONS", path: note, header: preflight(mistakes.Page, "authorization"), status: 401, client: "Unauthorized",
			line: "401 gateway: no token"},
		{name: "a preflight without cors", mistake: "no cors", method: "OPTIONS", path: note, header: preflight(mistakes.Page, "authorization"), routes: open, status: 401,
			line:   "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			logged: refused("a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux")},
		{name: "an origin that is not allowed", path: "/hello", header: map[string]string{"Origin": evil}, routes: open, status: 200, client: "hello",
			line: "200 cors: the origin is not in AllowOrigins", logged: kept("the origin is not in AllowOrigins")},
		{name: "an origin of another scheme", path: "/hello", header: map[string]string{"Origin": "http://app.example.com"}, routes: open, status: 200, client: "hello",
			line: "200 cors: AllowOrigins has this host with another scheme or port only", logged: kept("AllowOrigins has this host with another scheme or port only")},
		{name: "a preflight of an origin that is not allowed", method: "OPTIONS", path: note, header: preflight(evil, "authorization"), routes: open, status: 403,
			line: "403 cors: the origin is not in AllowOrigins", logged: kept("the origin is not in AllowOrigins")},
		{name: "Authorization is not allowed", mistake: "no AllowHeaders", method: "OPTIONS", path: note, header: preflight(mistakes.Page, "authorization"), routes: open, status: 204,
			line: "204 cors: the preflight asks for Authorization, which is not in AllowHeaders", logged: kept("the preflight asks for Authorization, which is not in AllowHeaders")},
		{name: "a header that is not allowed", method: "OPTIONS", path: note, header: preflight(mistakes.Page, "x-secret"), routes: open, status: 204,
			line: "204 cors: the preflight asks for a header that is not in AllowHeaders", logged: kept("the preflight asks for a header that is not in AllowHeaders")},
		{name: "a preflight that the gateway should have answered", mistake: "the gateway owns preflights", method: "OPTIONS", path: "/hello", header: preflight(mistakes.Page, ""), routes: open, status: 401,
			line: "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			logged: []string{
				"WARN authz: refused: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
				"WARN cors: refused: a preflight reached the function, though Owner is OwnerGatewayPreflight",
			}},
		{name: "a preflight at an HTTP API without CORS settings", mistake: "the gateway owns CORS", method: "OPTIONS", path: "/hello", header: preflight(mistakes.Page, ""), routes: open, status: 401,
			line: "401 function: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
			logged: []string{
				"WARN authz: refused: a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux",
				"WARN cors: refused: a preflight reached the function, though Owner is OwnerGateway",
			}},
		{name: "a slow handler", path: "/slow", routes: open, status: 503, client: "Service Unavailable",
			line: "503 adapter: the handler took too long", logged: []string{tooLate}},
		{name: "a reply of 7 MB", path: "/large", routes: open, status: 500, client: "Internal Server Error",
			line: "500 adapter: the reply is larger than the front takes", logged: []string{tooLarge}},
		{name: "an upload of 5 MB", method: "POST", path: "/upload", body: 5 << 20, routes: open, status: 413, client: "Request Entity Too Large",
			line: "413 gateway: the event is over Lambda's limit of 6 MB, base64's third included: let clients upload by a presigned URL"},
		{name: "server-sent events on a buffered front", path: "/events", routes: open, status: 200, client: "data: hello\n\ndata: hello\n\n",
			line: "200", logged: []string{
				"WARN adapter: a flush has no effect on a buffered reply: this front cannot stream; REST APIs and function URLs can",
				"WARN adapter: server-sent events of a buffered reply arrive together when it is complete: this front cannot stream; REST APIs and function URLs can",
			}},
		{name: "server-sent events on a buffered REST API", path: "/prod/events", routes: open, rest: true, status: 200, client: "data: hello\n\ndata: hello\n\n",
			line: "200", logged: []string{
				"WARN adapter: a flush has no effect on a buffered reply: pass Handler.Stream to lambda.Start, and set the front to stream",
				"WARN adapter: server-sent events of a buffered reply arrive together when it is complete: pass Handler.Stream to lambda.Start, and set the front to stream",
			}},
		{name: "an API key on a scope route", path: note, header: map[string]string{"X-Api-Key": "secret-key"}, routes: open, status: 401, client: "Unauthorized",
			line:   "401 function: an API key was sent: it identifies a client, it does not authenticate a caller",
			logged: refused("an API key was sent: it identifies a client, it does not authenticate a caller")},
		{name: "no token", path: note, routes: open, status: 401, client: "Unauthorized", line: "401 function: needs a token"},
		{name: "a scope is missing at the gateway", path: note, token: none, routes: scoped, status: 403, client: "Forbidden", line: "403 gateway: scope missing"},
		{name: "a wrong audience at the gateway", path: note, token: map[string]any{"client_id": "secret-client"}, status: 401, client: "Unauthorized", line: "401 gateway: wrong audience"},
		{name: "an expired token at the gateway", path: note, token: map[string]any{"exp": 1}, status: 401, client: "Unauthorized", line: "401 gateway: token expired"},
	}
}

// seen is what a run shows.
type seen struct {
	status int
	body   string
	line   string // of the local gateway
	log    string // of the function
}

// run sends the row's request through a local gateway. configure may put another
// function behind it.
func (r *row) run(t *testing.T, h func(issuer string) http.Handler, options func() *adapter.Options, configure func(issuer string, c *gateway.Config)) seen {
	t.Helper()
	api, beside := listen(t), listen(t)
	url := "http://" + beside.Addr().String()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: url, Clients: []local.Client{{ID: "app", Secret: "x", Scopes: []string{"notes-api/read"}}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var s seen
	var output printed
	handler := h(url)
	opts := &local.Options{
		Routes: r.routes, Issuers: []*local.Issuer{issuer}, Output: &output, Adapter: options(),
		Configure: func(c *gateway.Config) { configure(url, c) },
		Ready: func(address string) {
			defer cancel()
			if r.rest {
				address = strings.TrimSuffix(address, "/prod")
			}
			s.status, s.body = r.send(t, address, issuer)
		},
	}
	if r.rest {
		opts.Format = adapter.RESTAPI
	}
	if err := local.Serve(ctx, api, []net.Listener{beside}, handler, opts); err != nil {
		t.Fatal(err)
	}
	s.line = lineOf(output.String())
	return s
}

func (r *row) send(t *testing.T, address string, issuer *local.Issuer) (int, string) {
	method, body := "GET", io.Reader(nil)
	if r.method != "" {
		method = r.method
	}
	if r.body > 0 {
		body = bytes.NewReader(bytes.Repeat([]byte{0xff}, r.body))
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address+r.path, body)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	if r.token != nil {
		all := map[string]any{"sub": "secret-sub", "client_id": "app"}
		for name, value := range r.token {
			all[name] = value
		}
		token, err := issuer.Token(all)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range r.header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(answer)
}

// lineOf is the request's line in what the local gateway printed, from the status
// on and without the time.
func lineOf(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	line := lines[len(lines)-1]
	_, line, _ = strings.Cut(line, `" `) // the path's end
	for _, route := range []string{"ANY /{proxy+} ", "GET /notes/{id} "} {
		line = strings.TrimPrefix(line, route)
	}
	return line[:strings.LastIndexByte(line, ' ')]
}

// explained are the warnings and errors of a log, each as its level, its message
// and what it says of the cause and the cure.
func explained(t *testing.T, log, issuer string) (said []string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var members struct {
			Level, Msg, Message string
			Authz               struct{ Cause, Result, Identity string }
			Cors                struct{ Cause string }
			Reason              string `json:"gatehouse.reason"`
			Advice              string `json:"gatehouse.advice"`
			Bytes               int    `json:"gatehouse.event_bytes"`
		}
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if members.Level == "INFO" {
			continue
		}
		text := members.Level + " " + members.Msg + members.Message
		for _, part := range []string{members.Authz.Cause, members.Cors.Cause, members.Reason, members.Advice} {
			if part != "" {
				text += ": " + part
			}
		}
		if members.Authz.Result == "no route" {
			text += ": no route"
		}
		if members.Authz.Identity != "" {
			text += " (" + members.Authz.Identity + ")"
		}
		if members.Level == "ERROR" && members.Bytes == 0 {
			t.Errorf("no size in %s", line)
		}
		if len(line) > 900 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
		said = append(said, strings.ReplaceAll(text, issuer, "ISSUER"))
	}
	return said
}

// TestMistakes: each mistake that newcomers make is named in the log, with the
// setting to change, on the local gateway and in the deployed function alike. No
// line and no answer holds anything that the client sent.
func TestMistakes(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "./lambda")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows() {
		t.Run(row.name, func(t *testing.T) {
			t.Run("local", func(t *testing.T) { row.inProcess(t) })
			t.Run("binary", func(t *testing.T) { row.asFunction(t, binary) })
		})
		if reason := strings.TrimPrefix(row.line, strconv.Itoa(row.status)+" "); strings.HasPrefix(reason, "gateway: ") && !strings.Contains(string(guide), reason) {
			t.Errorf("docs/troubleshooting.md does not quote %q", reason)
		}
		for _, line := range row.logged {
			_, cause, _ := strings.Cut(line, ": ")
			_, cause, _ = strings.Cut(cause, ": ")
			cause, _, _ = strings.Cut(cause, " (")
			if !strings.Contains(string(guide), cause) {
				t.Errorf("docs/troubleshooting.md does not quote %q", cause)
			}
		}
	}
}

func (r *row) inProcess(t *testing.T) {
	var log printed
	var options *adapter.Options
	var issuerURL string
	s := r.run(t,
		func(issuer string) (h http.Handler) {
			var err error
			if h, options, err = mistakes.New(r.mistake, issuer); err != nil {
				t.Fatal(err)
			}
			issuerURL, options.Logger = issuer, slog.New(slog.NewJSONHandler(&log, nil))
			return h
		},
		func() *adapter.Options { return options },
		func(string, *gateway.Config) {})
	s.log = log.String()
	r.check(t, s, issuerURL)
	if s.line != r.line {
		t.Errorf("the local line is %q, want %q", s.line, r.line)
	}
}

func (r *row) asFunction(t *testing.T, binary string) {
	var output printed
	var process *runtimeapi.Process
	var issuerURL string
	s := r.run(t,
		func(string) http.Handler { return http.NotFoundHandler() },
		func() *adapter.Options { return nil },
		func(issuer string, c *gateway.Config) {
			if process == nil { // it is asked twice where there is a console
				var err error
				process, err = runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
					Env:    []string{"MISTAKE=" + r.mistake, "ISSUER=" + issuer, "AWS_LAMBDA_LOG_FORMAT=JSON"},
					Output: &output,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			issuerURL, c.Function = issuer, runtimeapi.Function{Process: process}
		})
	process.Close()
	_ = process.Wait()
	s.log = output.String()
	if r.mistake == "no Identifier" { // which is dangerous once it is deployed
		const danger = "the Guard has no Identifier, so that it knows nobody"
		lines := strings.SplitAfter(s.log, "\n")
		for i, line := range lines {
			if strings.Contains(line, danger) {
				lines[i] = ""
			}
		}
		if s.log = strings.Join(lines, ""); s.log == output.String() {
			t.Errorf("no warning in %s", s.log)
		}
	}
	r.check(t, s, issuerURL)
	if strings.Contains(r.line, " gateway: ") && s.line != r.line {
		t.Errorf("the gateway's line is %q, want %q", s.line, r.line)
	}
}

func (r *row) check(t *testing.T, s seen, issuer string) {
	t.Helper()
	if s.status != r.status || !strings.Contains(s.body, r.client) {
		t.Errorf("status %d, body %.300q; want %d and %q", s.status, s.body, r.status, r.client)
	}
	if diff := cmp.Diff(r.logged, explained(t, s.log, issuer)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if strings.Contains(s.log, "authz: refused") && (strings.Count(s.log, "authz: policy in force") != 1 ||
		!strings.Contains(s.log, `"gatehouse.formats":"every HTTP front"`) || !strings.Contains(s.log, `"gatehouse.cors_owner":`)) {
		t.Errorf("no line, or more than one, about the policy in force:\n%s", s.log)
	}
	for _, planted := range []string{"secret", "eyJ"} {
		if strings.Contains(s.log, planted) || strings.Contains(s.body, planted) {
			t.Errorf("%q is in the log or the answer:\n%s\n%.300s", planted, s.log, s.body)
		}
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

// printed is what is written; it may be read meanwhile.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
