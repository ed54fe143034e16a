package gateway_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// chat is a function that tells what happens.
func chat(events chan<- string) function {
	return func(_ context.Context, event []byte) ([]byte, error) {
		var e struct {
			RequestContext struct {
				RouteKey, ConnectionID string
				DisconnectStatusCode   int
				DisconnectReason       string
			}
			Body string
		}
		if err := json.Unmarshal(event, &e); err != nil {
			return nil, err
		}
		c := e.RequestContext
		events <- strings.TrimRight(fmt.Sprintln(c.RouteKey, shortened(e.Body), c.DisconnectStatusCode, c.DisconnectReason), " \n")
		switch e.Body {
		case "fail":
			return nil, errors.New("broken")
		case "who":
			return json.Marshal(map[string]any{"statusCode": 200, "body": c.ConnectionID})
		}
		return json.Marshal(map[string]any{"statusCode": 200, "body": "re: " + e.Body})
	}
}

func shortened(text string) string {
	if len(text) > 20 {
		return fmt.Sprintf("%d bytes", len(text))
	}
	return text
}

// socketClient is a WebSocket client of the test's own: it can do what no
// library would.
type socketClient struct {
	net.Conn
	in *bufio.Reader
}

func dial(t *testing.T, server *httptest.Server, target string, header ...string) (*socketClient, string) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	lines := append([]string{"GET " + target + " HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="}, header...)
	fmt.Fprint(conn, strings.Join(lines, "\r\n")+"\r\n\r\n")
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second)) // a test that hangs fails
	c := &socketClient{conn, bufio.NewReader(conn)}
	resp, err := http.ReadResponse(c.in, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode == 101 && resp.Header.Get("Sec-Websocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455 section 1.3
		t.Errorf("Sec-WebSocket-Accept: %q", resp.Header.Get("Sec-Websocket-Accept"))
	}
	return c, resp.Status
}

// frame writes one with a mask.
func (c *socketClient) frame(first byte, payload string) {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	mask := []byte{1, 2, 3, 4}
	b = append(b, mask...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	_, _ = c.Write(b) // an error shows when nothing comes back
}

// next is the opcode and payload of the next frame, "close 1000 bye" for a close,
// "EOF" at the end.
func (c *socketClient) next() string {
	var head [2]byte
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return "EOF"
	}
	size := int(head[1])
	switch size {
	case 126:
		var n [2]byte
		_, _ = io.ReadFull(c.in, n[:])
		size = int(binary.BigEndian.Uint16(n[:]))
	case 127:
		var n [8]byte
		_, _ = io.ReadFull(c.in, n[:])
		size = int(binary.BigEndian.Uint64(n[:]))
	}
	payload := make([]byte, size)
	if _, err := io.ReadFull(c.in, payload); err != nil {
		return "EOF"
	}
	switch head[0] {
	case 0x81:
		return "text " + shortened(string(payload))
	case 0x8a:
		return "pong " + string(payload)
	case 0x88:
		if size < 2 {
			return "close"
		}
		return strings.TrimSpace(fmt.Sprint("close ", binary.BigEndian.Uint16(payload), " ", string(payload[2:])))
	}
	return fmt.Sprintf("frame %x", head)
}

const fin = 0x80

func TestWebSocketOverTheWire(t *testing.T) {
	events := make(chan string, 10)
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: chat(events), Format: adapter.WebSocketAPI,
		Routes: []gateway.Route{{Key: "$default", RouteResponse: true}, {Key: "quiet"}}}))
	defer server.Close()
	large := strings.Repeat("x", 32<<10)
	for _, row := range []struct {
		name   string
		send   func(*socketClient)
		tells  []string // the client
		events []string // after $connect
	}{
		{"a message", func(c *socketClient) { c.frame(fin|1, "ahoy") }, []string{"text re: ahoy"}, []string{"$default ahoy 0"}},
		{"in three frames with a ping between", func(c *socketClient) { c.frame(1, "a"); c.frame(0, "ho"); c.frame(fin|9, "?"); c.frame(fin, "y") },
			[]string{"pong ?", "text re: ahoy"}, []string{"$default ahoy 0"}},
		{"beyond ASCII", func(c *socketClient) { c.frame(1, "M\xc3"); c.frame(fin, "\xb6we") }, []string{"text re: Möwe"}, []string{"$default Möwe 0"}},
		{"a route without response", func(c *socketClient) { c.frame(fin|1, `{"action":"quiet"}`); c.frame(fin|1, "x") }, []string{"text re: x"},
			[]string{`quiet {"action":"quiet"} 0`, "$default x 0"}},
		{"a function that fails", func(c *socketClient) { c.frame(fin|1, "fail"); c.frame(fin|1, "x") }, nil, []string{"$default fail 0", "$default x 0"}},
		{"as large as it gets", func(c *socketClient) { c.frame(1, large); c.frame(0, large); c.frame(0, large); c.frame(fin, large) },
			[]string{"text 131076 bytes"}, []string{"$default 131072 bytes 0"}},
		{"larger", func(c *socketClient) {
			c.frame(1, large)
			c.frame(0, large)
			c.frame(0, large)
			c.frame(0, large)
			c.frame(0, "x")
		},
			[]string{"close 1009", "EOF"}, []string{"$disconnect  1009"}},
		{"a frame too large", func(c *socketClient) { c.frame(fin|1, large+"x") }, []string{"close 1009", "EOF"}, []string{"$disconnect  1009"}},
		{"the client leaves", func(c *socketClient) { c.frame(fin|8, "\x03\xe9bye") }, []string{"close 1001 bye", "EOF"}, []string{"$disconnect  1001 bye"}},
		{"without a word", func(c *socketClient) { c.frame(fin|8, "") }, []string{"close", "EOF"}, []string{"$disconnect  1005"}},
		{"without a handshake", func(c *socketClient) { c.Close() }, nil, []string{"$disconnect  1006"}},
		{"in the middle of a frame", func(c *socketClient) { _, _ = c.Write([]byte{0x81, 0x85, 1, 2}); c.Close() }, nil, []string{"$disconnect  1006"}},
		{"binary", func(c *socketClient) { c.frame(fin|2, "x") }, []string{"close 1003 binary messages are not taken", "EOF"}, []string{"$disconnect  1003 binary messages are not taken"}},
		{"without a mask", func(c *socketClient) { _, _ = c.Write([]byte{0x81, 1, 'x'}) }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"reserved bits", func(c *socketClient) { c.frame(fin|0x40|1, "x") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"a continuation of nothing", func(c *socketClient) { c.frame(fin, "x") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"a second beginning", func(c *socketClient) { c.frame(1, "x"); c.frame(fin|1, "y") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"an opcode that is none", func(c *socketClient) { c.frame(fin|3, "x") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"a ping in parts", func(c *socketClient) { c.frame(9, "x") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"a ping too large", func(c *socketClient) { c.frame(fin|9, strings.Repeat("x", 126)) }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"a status that is none", func(c *socketClient) { c.frame(fin|8, "\x00\x01") }, []string{"close 1002", "EOF"}, []string{"$disconnect  1002"}},
		{"text that is none", func(c *socketClient) { c.frame(fin|1, "\xff") }, []string{"close 1007", "EOF"}, []string{"$disconnect  1007"}},
	} {
		c, status := dial(t, server, "/prod")
		if status != "101 Switching Protocols" || <-events != "$connect  0" {
			t.Fatalf("%s: handshake: %s", row.name, status)
		}
		row.send(c)
		for i, want := range row.events {
			if got := <-events; got != want {
				t.Errorf("%s: event %d: %q, want %q", row.name, i, got, want)
			}
		}
		for i, want := range row.tells {
			if got := c.next(); got != want {
				t.Errorf("%s: frame %d: %q, want %q", row.name, i, got, want)
			}
		}
		if c.Close(); !strings.HasPrefix(row.events[len(row.events)-1], "$disconnect") {
			if got := <-events; got != "$disconnect  1006" {
				t.Errorf("%s: at the end %q", row.name, got)
			}
		}
	}
}

// A message that failed is answered with the connection's id and nothing of why.
func TestWebSocketTellsOfFailures(t *testing.T) {
	events := make(chan string, 10)
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: chat(events), Format: adapter.WebSocketAPI, Routes: []gateway.Route{{Key: "hail"}}}))
	defer server.Close()
	c, _ := dial(t, server, "/prod")
	for message, want := range map[string]string{`{"action":"sink"}`: "Forbidden"} {
		c.frame(fin|1, message)
		var head [2]byte
		_, _ = io.ReadFull(c.in, head[:])
		body := make([]byte, head[1])
		_, _ = io.ReadFull(c.in, body)
		var told struct{ Message, ConnectionID, RequestID string }
		if err := json.Unmarshal(body, &told); err != nil || told.Message != want || told.ConnectionID == "" || told.RequestID == "" {
			t.Errorf("%s: told %s", message, body)
		}
	}
}

func TestHandshakes(t *testing.T) {
	refuse := gateway.AuthorizerFunc(func(r *http.Request, _ gateway.Route) (*gateway.Authorization, error) {
		if r.URL.Query().Get("ticket") == "" {
			return nil, &gateway.Refusal{Status: 401, Reason: "no ticket"}
		}
		return nil, nil
	})
	for _, row := range []struct {
		name     string
		basePath string
		target   string
		reply    string
		headers  []string
		want     string
		refused  string // Record.RefusedBy
	}{
		{"accepted", "", "/prod?ticket=1", `{"statusCode":200}`, nil, "101 Switching Protocols", ""},
		{"with a slash", "", "/prod/?ticket=1", `{"statusCode":200}`, nil, "101 Switching Protocols", ""},
		{"on a custom domain", "chat", "/chat?ticket=1", `{"statusCode":200}`, nil, "101 Switching Protocols", ""},
		{"another stage", "", "/dev?ticket=1", `{"statusCode":200}`, nil, "403 Forbidden", "gateway"},
		{"below the stage", "", "/prod/x?ticket=1", `{"statusCode":200}`, nil, "403 Forbidden", "gateway"},
		{"refused by the authorizer", "", "/prod", `{"statusCode":200}`, nil, "401 Unauthorized", "gateway"},
		{"refused by the function", "", "/prod?ticket=1", `{"statusCode":403}`, nil, "403 Forbidden", "function"},
		{"a function that fails", "", "/prod?ticket=1", ``, nil, "502 Bad Gateway", "gateway"},
		{"another version", "", "/prod?ticket=1", `{"statusCode":200}`, []string{"Sec-WebSocket-Version: 8"}, "403 Forbidden", "gateway"},
	} {
		records := make(chan gateway.Record, 1)
		server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: &socket{replies: []string{row.reply}}, Format: adapter.WebSocketAPI, BasePath: row.basePath,
			Authorizer: refuse, Observe: func(_ *http.Request, record gateway.Record) { records <- record }}))
		_, status := dial(t, server, row.target, row.headers...)
		record := <-records
		if status != row.want || record.RefusedBy != row.refused || fmt.Sprint(record.Status) != row.want[:3] {
			t.Errorf("%s: %s, record %+v; want %s, %q", row.name, status, record, row.want, row.refused)
		}
		server.CloseClientConnections()
		server.Close()
	}
}

// Plain HTTP requests are no handshakes; nor can every ResponseWriter be upgraded.
func TestNoHandshake(t *testing.T) {
	fn := &socket{replies: []string{`{"statusCode":200}`}}
	g := gateway.Config{Function: fn, Format: adapter.WebSocketAPI}
	if got := serve(g, httptest.NewRequest("GET", "/prod", nil)).StatusCode; got != 403 || len(fn.events) > 0 {
		t.Errorf("a GET: status %d after %d events", got, len(fn.events))
	}
	r := handshake()
	r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	r.Header.Set("Sec-WebSocket-Version", "13")
	if got := serve(g, r).StatusCode; got != 500 || len(fn.events) != 2 {
		t.Errorf("a recorder: status %d after %d events, want 500 and a disconnect", got, len(fn.events))
	}
}

func TestSubprotocol(t *testing.T) {
	fn := &socket{replies: []string{`{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"tide"}}`}}
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: fn, Format: adapter.WebSocketAPI}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET /prod HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ebb, tide\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.Header.Get("Sec-WebSocket-Protocol") != "tide" {
		t.Errorf("%v, %v", resp, err)
	}
}

// The function sends to its clients by @connections.
func TestConnections(t *testing.T) {
	events := make(chan string, 10)
	g := gateway.MustNew(gateway.Config{Function: chat(events), Format: adapter.WebSocketAPI, Management: signingKeys(),
		Routes: []gateway.Route{{Key: "$default", RouteResponse: true}}})
	server := httptest.NewServer(g)
	defer server.Close()
	n, err := g.Connect(handshake())
	if err != nil {
		t.Fatal(err)
	}
	<-events
	c, _ := dial(t, server, "/prod")
	<-events
	ask := func(method, id, body string, sign bool) (int, string, string) {
		t.Helper()
		path := "/prod/@connections/" + url.PathEscape(id)
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if sign {
			r.Host = server.Listener.Addr().String()
			escaped := strings.NewReplacer("%", "%25", "@", "%40", "=", "%3D", "+", "%2B").Replace(r.URL.EscapedPath())
			signer{key: "AKIAEXAMPLE", secret: signingSecret, service: "execute-api", at: time.Now()}.sign(r, escaped, "", body)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode, resp.Header.Get("X-Amzn-Errortype"), text(t, resp)
	}
	check := func(name string, status int, kind string, want int, wantKind string) {
		t.Helper()
		if status != want || kind != wantKind {
			t.Errorf("%s: %d %s, want %d %s", name, status, kind, want, wantKind)
		}
	}
	status, kind, _ := ask("POST", n.ID, "ahoy", true)
	check("POST", status, kind, 200, "")
	if got, err := n.Receive(t.Context()); got != "ahoy" || err != nil {
		t.Errorf("received %q, %v", got, err)
	}
	status, kind, _ = ask("POST", n.ID, "ahoy", false)
	check("unsigned", status, kind, 403, "MissingAuthenticationTokenException")
	status, kind, _ = ask("POST", "nobody=", "ahoy", true)
	check("nobody", status, kind, 410, "GoneException")
	status, kind, _ = ask("POST", n.ID, strings.Repeat("x", 128<<10), true)
	check("128 KB", status, kind, 200, "")
	status, kind, _ = ask("POST", n.ID, strings.Repeat("x", 128<<10+1), true)
	check("more", status, kind, 413, "PayloadTooLargeException")
	status, _, body := ask("GET", n.ID, "", true)
	var info struct {
		ConnectedAt, LastActiveAt time.Time
		Identity                  struct{ SourceIP, UserAgent string }
	}
	if err := json.Unmarshal([]byte(body), &info); status != 200 || err != nil || info.ConnectedAt.IsZero() || info.LastActiveAt.Before(info.ConnectedAt) || info.Identity.UserAgent != "buoy/1.0" {
		t.Errorf("GET: %d, %s, %v", status, body, err)
	}
	for range 99 { // one waits already
		status, kind, _ = ask("POST", n.ID, "x", true)
		check("to a client that does not read", status, kind, 200, "")
	}
	status, kind, _ = ask("POST", n.ID, "x", true)
	check("once more", status, kind, 429, "LimitExceededException")
	status, _, _ = ask("DELETE", n.ID, "", true)
	if event := <-events; status != 204 || event != "$disconnect  1000 Connection Closed Normally" {
		t.Errorf("DELETE: %d, %s", status, event)
	}
	status, kind, _ = ask("POST", n.ID, "ahoy", true)
	check("after the end", status, kind, 410, "GoneException")
	if _, err := n.Message("x"); err == nil {
		t.Error("a message after the end")
	}

	// The other client is on the wire; its id is not in the test's hands.
	c.frame(fin|1, "who")
	<-events
	id := strings.TrimPrefix(c.next(), "text ")
	status, kind, _ = ask("POST", id, "Möwe", true)
	check("POST to the wire", status, kind, 200, "")
	if got := c.next(); got != "text Möwe" {
		t.Errorf("the client was sent %q", got)
	}
	status, _, _ = ask("DELETE", id, "", true)
	if got := c.next(); status != 204 || got != "close 1000 Connection Closed Normally" {
		t.Errorf("DELETE: %d, the client was sent %q", status, got)
	}
	if event := <-events; event != "$disconnect  1000 Connection Closed Normally" {
		t.Errorf("event %q", event)
	}
}

// Close tells the function and every client.
func TestCloseOfAWebSocketAPI(t *testing.T) {
	events := make(chan string, 10)
	g := gateway.MustNew(gateway.Config{Function: chat(events), Format: adapter.WebSocketAPI})
	server := httptest.NewServer(g)
	defer server.Close()
	c, _ := dial(t, server, "/prod")
	n, err := g.Connect(handshake())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		<-events
	}
	g.Close()
	if got := c.next(); got != "close 1001 Going away" {
		t.Errorf("the client was sent %q", got)
	}
	if _, err := n.Receive(t.Context()); err == nil {
		t.Error("the other client is still connected")
	}
	for range 2 {
		if got := <-events; got != "$disconnect  1001 Going away" {
			t.Errorf("event %q", got)
		}
	}
	g.Close() // of nobody
}

func TestConnectionsAreClosedWithoutManagement(t *testing.T) {
	g := gateway.Config{Function: returns(okReply), Format: adapter.WebSocketAPI}
	r := httptest.NewRequest("POST", "/prod/@connections/x", bytes.NewReader(nil))
	if got := see(t, g, r); got.Status != 403 || got.Cause != "Config.Management is nil" {
		t.Errorf("%+v", got)
	}
}
