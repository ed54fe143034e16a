package chat_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/chat"
	"github.com/gatehouse-go/gatehouse/examples/machines/caller"
)

const (
	apiID  = "a1b2c3d4e5"
	origin = "https://app.example.com"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// A front is the whole program but its main: one function behind two APIs.
type front struct {
	t        *testing.T
	store    *chat.Memory
	sender   *chat.Management
	issuer   *local.Issuer
	function *adapter.Handler
	http     *gateway.Gateway
	sockets  *gateway.Gateway
}

// newFront has ada and bob in the room harbor, and eve in the room reef.
func newFront(t *testing.T) *front {
	t.Helper()
	f := &front{t: t, store: new(chat.Memory)}
	var err error
	if f.issuer, err = local.NewIssuer(local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "app", Secret: "unused"}}}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.sockets.ServeHTTP(w, r) }))
	if f.sender, err = chat.NewManagement(client("AKIDTEST"), "http://"+server.Listener.Addr().String()+"/prod"); err != nil {
		t.Fatal(err)
	}
	s := &chat.Service{
		Tickets: f.store, Connections: f.store, Sender: f.sender,
		Members: map[string][]string{"harbor": {"ada", "bob"}, "reef": {"eve", ""}},
		Origins: []string{origin}, API: apiID,
	}
	who := claims.MustNew(claims.Config{Issuers: []string{f.issuer.URL()}})
	f.function = adapter.New(s.Handler(who), &adapter.Options{Fallback: s.Fallback()})
	f.http = gateway.MustNew(gateway.Config{
		Function:   f.function,
		Authorizer: &gateway.JWTAuthorizer{Issuer: f.issuer.URL(), Audience: []string{"app"}, Verify: f.issuer.Verify},
	})
	f.sockets = gateway.MustNew(gateway.Config{Function: f.function, Format: adapter.WebSocketAPI, APIID: apiID, Management: management()})
	server.Start()
	t.Cleanup(server.Close)
	return f
}

func client(key string) *http.Client {
	return caller.IAM(credentials.NewStaticCredentialsProvider(key, "secret", ""), "eu-central-1")
}

func management() gateway.Authorizer {
	keys := &gateway.SigV4{Keys: map[string]gateway.SigningKey{"AKIDTEST": {Secret: "secret"}}}
	return &gateway.IAMAuthorizer{Verify: keys.Verify}
}

// ask asks for a ticket with a token of sub, or without one.
func (f *front) ask(sub, room string, more map[string]any) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequest("POST", "/rooms/"+room+"/tickets", nil)
	if sub != "" {
		members := map[string]any{"sub": sub, "client_id": "app", "scope": chat.Scope}
		maps.Copy(members, more)
		token, err := f.issuer.Token(members)
		if err != nil {
			f.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	f.http.ServeHTTP(w, r)
	return w
}

func (f *front) ticket(sub, room string) string {
	f.t.Helper()
	w := f.ask(sub, room, nil)
	var reply struct{ Ticket string }
	if err := json.Unmarshal(w.Body.Bytes(), &reply); w.Code != http.StatusCreated || err != nil || reply.Ticket == "" {
		f.t.Fatalf("status %d, %v", w.Code, err)
	}
	return reply.Ticket
}

func handshake(origins []string, protocols string) *http.Request {
	r := httptest.NewRequest("GET", "/prod", nil)
	r.Header["Origin"] = origins
	if protocols != "" {
		r.Header.Set("Sec-WebSocket-Protocol", protocols)
	}
	return r
}

func (f *front) join(sub, room string) *gateway.WebSocket {
	f.t.Helper()
	s, err := f.sockets.Connect(handshake([]string{origin}, "chat, ticket."+f.ticket(sub, room)))
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

func say(t *testing.T, s *gateway.WebSocket, message string) {
	t.Helper()
	if _, err := s.Message(message); err != nil {
		t.Fatal(err)
	}
}

// heard returns all that was sent to a client. Whatever a message causes has happened
// when Message returns.
func heard(s *gateway.WebSocket) string {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	var all []string
	for {
		text, err := s.Receive(ended)
		if err != nil {
			return strings.Join(all, " ")
		}
		all = append(all, text)
	}
}

func isOpen(s *gateway.WebSocket) bool {
	return s.Disconnect(1000, "") == nil // an error: it was closed before
}

func statusOf(err error) int {
	var refusal *gateway.Refusal
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &refusal):
		return refusal.Status
	}
	return 0
}

// TestTicket: a token, its scope and a membership, or there is no ticket.
func TestTicket(t *testing.T) {
	f := newFront(t)
	for name, row := range map[string]struct {
		sub, room string
		more      map[string]any
		want      int
	}{
		"a member":              {"ada", "harbor", nil, 201},
		"a member of another":   {"eve", "harbor", nil, 404},
		"no such room":          {"ada", "lagoon", nil, 404},
		"no token":              {"", "harbor", nil, 401},
		"an expired token":      {"ada", "harbor", map[string]any{"exp": time.Now().Add(-time.Hour).Unix()}, 401},
		"without the scope":     {"ada", "harbor", map[string]any{"scope": "other/read"}, 403},
		"a token that is an ID": {"ada", "harbor", map[string]any{"token_use": "id", "aud": "app"}, 403},
	} {
		w := f.ask(row.sub, row.room, row.more)
		if w.Code != row.want {
			t.Errorf("%s: status %d, want %d", name, w.Code, row.want)
		}
		if got := w.Header().Get("Cache-Control"); row.want == 201 && got != "no-store" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
}

// TestConnect: one ticket from one of the pages, in the subprotocol alone.
func TestConnect(t *testing.T) {
	f := newFront(t)
	page := []string{origin}
	token, err := f.issuer.Token(map[string]any{"sub": "ada", "client_id": "app", "scope": chat.Scope})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		origins   []string
		protocols string // TICKET stands for a fresh one
		query     string
		want      int
	}{
		"a ticket":                       {page, "chat, ticket.TICKET", "", 200},
		"the other way round":            {page, "ticket.TICKET,chat", "", 200},
		"no origin":                      {nil, "chat, ticket.TICKET", "", 403},
		"a sandboxed page":               {[]string{"null"}, "chat, ticket.TICKET", "", 403},
		"another site's page":            {[]string{"https://evil.example"}, "chat, ticket.TICKET", "", 403},
		"an origin that begins the same": {[]string{origin + ".evil.example"}, "chat, ticket.TICKET", "", 403},
		"two origins":                    {[]string{origin, "https://evil.example"}, "chat, ticket.TICKET", "", 403},
		"no ticket":                      {page, "chat", "", 401},
		"no subprotocol":                 {page, "", "", 401},
		"an empty ticket":                {page, "chat, ticket.", "", 401},
		"a ticket alone":                 {page, "ticket.TICKET", "", 401},
		"two tickets":                    {page, "chat, ticket.x, ticket.TICKET", "", 401},
		"a ticket that is none":          {page, "chat, ticket.x", "", 401},
		"a ticket in the query":          {page, "chat", "?ticket=TICKET", 401},
		"a token in the query":           {page, "chat", "?access_token=" + token, 401},
		"a token as the ticket":          {page, "chat, ticket." + token, "", 401},
	} {
		ticket := f.ticket("ada", "harbor")
		r := handshake(row.origins, strings.ReplaceAll(row.protocols, "TICKET", ticket))
		r.URL.RawQuery = strings.TrimPrefix(strings.ReplaceAll(row.query, "TICKET", ticket), "?")
		s, err := f.sockets.Connect(r)
		if got := statusOf(err); got != row.want {
			t.Errorf("%s: status %d, want %d", name, got, row.want)
		}
		if s != nil && s.Subprotocol != chat.Subprotocol {
			t.Errorf("%s: the subprotocol is %q", name, s.Subprotocol)
		}
		// Of what another site's page has sent, nothing was used up.
		_, err = f.sockets.Connect(handshake(page, "chat, ticket."+ticket))
		if row.want == 403 && err != nil {
			t.Errorf("%s: its ticket afterwards: %v", name, err)
		}
		if row.want == 200 && statusOf(err) != 401 {
			t.Errorf("%s: its ticket a second time: %v", name, err)
		}
	}
}

// TestLateTicket: a ticket ends by itself, with its token, and with the membership.
func TestLateTicket(t *testing.T) {
	f := newFront(t)
	soon, ago := time.Now().Add(time.Minute), time.Now().Add(-time.Minute)
	for name, row := range map[string]struct {
		ticket chat.Ticket
		want   int
	}{
		"in time":           {chat.Ticket{Seat: chat.Seat{Room: "harbor", Subject: "ada", Expires: soon}, Until: soon}, 200},
		"late":              {chat.Ticket{Seat: chat.Seat{Room: "harbor", Subject: "ada", Expires: soon}, Until: ago}, 401},
		"after its token":   {chat.Ticket{Seat: chat.Seat{Room: "harbor", Subject: "ada", Expires: ago}, Until: soon}, 401},
		"without an expiry": {chat.Ticket{Seat: chat.Seat{Room: "harbor", Subject: "ada"}, Until: soon}, 401},
		"no member anymore": {chat.Ticket{Seat: chat.Seat{Room: "harbor", Subject: "kim", Expires: soon}, Until: soon}, 401},
		"nobody's":          {chat.Ticket{Seat: chat.Seat{Room: "reef", Expires: soon}, Until: soon}, 401},
	} {
		sum := sha256.Sum256([]byte(name))
		if err := f.store.Keep(t.Context(), hex.EncodeToString(sum[:]), row.ticket); err != nil {
			t.Fatal(err)
		}
		_, err := f.sockets.Connect(handshake([]string{origin}, "chat, ticket."+name))
		if got := statusOf(err); got != row.want {
			t.Errorf("%s: status %d, want %d", name, got, row.want)
		}
	}
}

// TestMessage: a message reaches its sender's room and nobody else, in the name of
// whoever the connection belongs to.
func TestMessage(t *testing.T) {
	f := newFront(t)
	ada, bob, eve := f.join("ada", "harbor"), f.join("bob", "harbor"), f.join("eve", "reef")
	for message, want := range map[string]string{
		`{"text":"ahoy"}`:                         `{"from":"ada","text":"ahoy"}`,
		`{"text":"x","from":"bob","room":"reef"}`: `{"from":"ada","text":"x"}`,
		`{"action":"$connect","text":"x"}`:        `{"from":"ada","text":"x"}`,
		`{"text":"<b>"}`:                          `{"from":"ada","text":"\u003cb\u003e"}`,
		`{}`:                                      ``,
		`{"text":7}`:                              ``,
		`{"text":"x"} {}`:                         ``,
		`text`:                                    ``,
		`{"text":"` + strings.Repeat("x", 4097) + `"}`: ``,
	} {
		say(t, ada, message)
		if a, b := heard(ada), heard(bob); a != want || b != want {
			t.Errorf("%.40s: ada has heard %q, bob %q, want %q", message, a, b, want)
		}
	}
	say(t, bob, `{"text":"and you"}`)
	if got, want := heard(ada), `{"from":"bob","text":"and you"}`; got != want {
		t.Errorf("ada has heard %q, want %q", got, want)
	}
	if got := heard(eve); got != "" {
		t.Errorf("a stranger has heard %q", got)
	}
	if err := bob.Disconnect(1000, ""); err != nil {
		t.Fatal(err)
	}
	if room, err := f.store.Room(t.Context(), ada.ID); len(room) != 1 || err != nil {
		t.Errorf("%d connections in the room, %v", len(room), err)
	}
}

// seat puts somebody else, or nobody, at the end of a connection.
func (f *front) seat(id string, s *chat.Seat) {
	f.t.Helper()
	err := f.store.Remove(f.t.Context(), id)
	if s != nil {
		err = errors.Join(err, f.store.Add(f.t.Context(), id, *s))
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// TestExpiry: who may no longer be in the room says nothing, hears nothing, and is
// disconnected.
func TestExpiry(t *testing.T) {
	soon, ago := time.Now().Add(time.Minute), time.Now().Add(-time.Minute)
	for name, seat := range map[string]*chat.Seat{
		"an expired token":       {Room: "harbor", Subject: "bob", Expires: ago},
		"no expiry":              {Room: "harbor", Subject: "bob"},
		"not a member any more":  {Room: "harbor", Subject: "kim", Expires: soon},
		"an unknown connection":  nil,
		"a room that was closed": {Room: "lagoon", Subject: "bob", Expires: soon},
	} {
		f := newFront(t)
		ada, bob := f.join("ada", "harbor"), f.join("bob", "harbor")
		f.seat(bob.ID, seat)
		say(t, bob, `{"text":"from the dark"}`)
		if got := heard(ada); got != "" {
			t.Errorf("%s: said %q", name, got)
		}
		if isOpen(bob) {
			t.Errorf("%s: still connected after a message of its own", name)
		}

		listener := f.join("bob", "harbor")
		f.seat(listener.ID, seat)
		say(t, ada, `{"text":"secret"}`)
		if got := heard(listener); got != "" {
			t.Errorf("%s: heard %q", name, got)
		}
		if inRoom := seat != nil && seat.Room == "harbor"; inRoom && isOpen(listener) {
			t.Errorf("%s: still connected after another's message", name)
		}
		if !isOpen(ada) {
			t.Errorf("%s: ada is disconnected", name)
		}
	}
}

// TestGone: a client that went without $disconnect is forgotten at the first 410, and
// the others hear what was said.
func TestGone(t *testing.T) {
	f := newFront(t)
	ada, bob := f.join("ada", "harbor"), f.join("bob", "harbor")
	const gone = "L0SM9cOFvHcCIhw="
	f.seat(gone, &chat.Seat{Room: "harbor", Subject: "bob", Expires: time.Now().Add(time.Minute)})
	if err := f.sender.Post(t.Context(), gone, []byte("x")); !errors.Is(err, chat.ErrGone) {
		t.Fatalf("@connections: %v", err)
	}
	say(t, ada, `{"text":"ahoy"}`)
	if got := heard(bob); got != `{"from":"ada","text":"ahoy"}` {
		t.Errorf("bob has heard %q", got)
	}
	if _, err := f.store.Room(t.Context(), gone); !errors.Is(err, chat.ErrNone) {
		t.Errorf("the connection is still there: %v", err)
	}
	if err := f.sender.Close(t.Context(), gone); err != nil {
		t.Errorf("closing what has gone: %v", err)
	}
}

// An event is what API Gateway would invoke the function with.
type event struct {
	api, route, kind, id, ticket, body string
}

func (e event) json() []byte {
	return fmt.Appendf(nil, `{"headers":{"Origin":%q,"Sec-WebSocket-Protocol":"chat, ticket.%s"},"requestContext":{"routeKey":%q,"eventType":%q,"connectionId":%q,"connectedAt":1,"messageDirection":"IN","apiId":%q,"stage":"prod","domainName":"x","requestId":"r","identity":{"sourceIp":"192.0.2.1"}},"body":%q,"isBase64Encoded":false}`,
		origin, e.ticket, e.route, e.kind, e.id, e.api, e.body)
}

// invoke returns the status, 0 for a failed invocation.
func (f *front) invoke(ctx context.Context, e event) int {
	f.t.Helper()
	raw, err := f.function.Invoke(ctx, e.json())
	if err != nil {
		return 0
	}
	var reply struct{ StatusCode int }
	if err := json.Unmarshal(raw, &reply); err != nil {
		f.t.Fatal(err)
	}
	return reply.StatusCode
}

// TestDuplicateID: whoever comes second with a connection's ID does not get it, even
// with a good ticket.
func TestDuplicateID(t *testing.T) {
	f := newFront(t)
	ada, bob, eve := f.join("ada", "harbor"), f.join("bob", "harbor"), f.join("eve", "reef")
	again := event{api: apiID, route: "$connect", kind: "CONNECT", id: ada.ID, ticket: f.ticket("eve", "reef")}
	if got := f.invoke(t.Context(), again); got != http.StatusConflict {
		t.Errorf("status %d", got)
	}
	say(t, ada, `{"text":"ahoy"}`)
	if got := heard(bob); got != `{"from":"ada","text":"ahoy"}` {
		t.Errorf("bob has heard %q", got)
	}
	if got := heard(eve); got != "" {
		t.Errorf("eve has heard %q", got)
	}
}

// TestForged: events that are not of the WebSocket API do nothing, and neither does
// HTTP with the names of its routes.
func TestForged(t *testing.T) {
	f := newFront(t)
	ada, bob := f.join("ada", "harbor"), f.join("bob", "harbor")
	good := event{api: apiID, route: "$default", kind: "MESSAGE", id: ada.ID, body: `{"text":"x"}`}
	if got := f.invoke(t.Context(), good); got != 200 || heard(bob) == "" {
		t.Fatalf("status %d: the rows below would prove nothing", got)
	}
	user := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:1", CognitoIdentityPoolID: "eu-west-1:2"},
	})
	for name, row := range map[string]struct {
		ctx    context.Context
		change func(*event)
		want   int
	}{
		"a user of an identity pool":   {user, func(*event) {}, 0},
		"another API":                  {t.Context(), func(e *event) { e.api = "f6g7h8i9j0" }, 403},
		"no API":                       {t.Context(), func(e *event) { e.api = "" }, 403},
		"a message as $disconnect":     {t.Context(), func(e *event) { e.route = "$disconnect" }, 403},
		"a message as $connect":        {t.Context(), func(e *event) { e.route = "$connect" }, 405},
		"a disconnect as a message":    {t.Context(), func(e *event) { e.kind = "DISCONNECT" }, 403},
		"a route that there is not":    {t.Context(), func(e *event) { e.route = "shout" }, 404},
		"a connection that nobody has": {t.Context(), func(e *event) { e.id = "nobody=" }, 403},
	} {
		e := good
		row.change(&e)
		if got := f.invoke(row.ctx, e); got != row.want {
			t.Errorf("%s: status %d, want %d", name, got, row.want)
		}
		if got := heard(bob); got != "" {
			t.Errorf("%s: bob has heard %q", name, got)
		}
	}
	if room, err := f.store.Room(t.Context(), ada.ID); len(room) != 2 || err != nil {
		t.Errorf("%d connections in the room, %v", len(room), err)
	}
	for _, path := range []string{"/$default", "/$connect", "/$disconnect"} {
		w := httptest.NewRecorder()
		f.http.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader(`{"text":"x"}`)))
		if w.Code < 400 {
			t.Errorf("POST %s: status %d", path, w.Code)
		}
	}
}

// TestManagement: requests to @connections are signed, and on a custom domain have no
// stage.
func TestManagement(t *testing.T) {
	for name, row := range map[string]struct {
		client   *http.Client
		basePath string
		endpoint string // after the host
		want     string
	}{
		"the API's own host":          {client("AKIDTEST"), "", "/prod", ""},
		"with a slash":                {client("AKIDTEST"), "", "/prod/", ""},
		"a custom domain":             {client("AKIDTEST"), "/", "", ""},
		"its mapping key":             {client("AKIDTEST"), "talk", "/talk", ""},
		"a stage on a custom domain":  {client("AKIDTEST"), "/", "/prod", "chat: @connections: 403 Forbidden"},
		"no stage on its own host":    {client("AKIDTEST"), "", "", "chat: @connections: 403 Forbidden"},
		"another's credentials":       {client("AKIDOTHER"), "", "/prod", "chat: @connections: 403 Forbidden"},
		"a client that does not sign": {http.DefaultClient, "", "/prod", "chat: @connections: 403 Forbidden"},
	} {
		g := gateway.MustNew(gateway.Config{
			Function: function(func() string { return `{"statusCode":200}` }), Format: adapter.WebSocketAPI, BasePath: row.basePath, Management: management(),
		})
		server := httptest.NewServer(g)
		s, err := g.Connect(handshake(nil, ""))
		if err != nil {
			t.Fatal(err)
		}
		m, err := chat.NewManagement(row.client, server.URL+row.endpoint)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Post(t.Context(), s.ID, []byte(name))
		if got := message(err); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
		if got := heard(s); (got == name) != (row.want == "") {
			t.Errorf("%s: the client has heard %q", name, got)
		}
		g.Close()
		server.Close()
		if err := m.Post(t.Context(), "L0SM9cOFvHcCIhw=", nil); err == nil || strings.Contains(err.Error(), "L0SM9") {
			t.Errorf("%s: without a server: %v", name, err)
		}
	}
}

type function func() string

func (f function) Invoke(context.Context, []byte) ([]byte, error) { return []byte(f()), nil }

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestEscape: an ID is one segment of the path, whatever is in it, and written as AWS's
// own clients write it.
func TestEscape(t *testing.T) {
	var uri string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { uri = r.RequestURI }))
	defer server.Close()
	m, err := chat.NewManagement(client("AKIDTEST"), server.URL+"/prod")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"L0SM9cOFvHcCIhw=": "/prod/@connections/L0SM9cOFvHcCIhw%3D",
		"../x?y#z":         "/prod/@connections/..%2Fx%3Fy%23z",
	} {
		if err := m.Post(t.Context(), id, nil); err != nil || uri != want {
			t.Errorf("%s: %s, %v", id, uri, err)
		}
	}
}

// TestEndpoint: an endpoint that cannot be one is named when the program starts.
func TestEndpoint(t *testing.T) {
	for endpoint, ok := range map[string]bool{
		"https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod":              true,
		"https://chat.example.com":                                                    true,
		"https://chat.example.com/talk":                                               true,
		"http://localhost:8082/prod":                                                  true,
		"http://127.0.0.1:8082/prod":                                                  true,
		"https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com":                   false,
		"https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod/@connections": false,
		"wss://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod":                false,
		"http://chat.example.com":                                                     false,
		"chat.example.com":                                                            false,
		"https://user@chat.example.com":                                               false,
		"https://chat.example.com?stage=prod":                                         false,
		"":                                                                            false,
	} {
		_, err := chat.NewManagement(http.DefaultClient, endpoint)
		if (err == nil) != ok || err != nil && !strings.Contains(err.Error(), fmt.Sprintf("%q", endpoint)) {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}
