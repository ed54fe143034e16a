package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// socket is a function behind a WebSocket API that notes its events and
// answers with the next of its replies, the last one from then on.
type socket struct {
	events  []map[string]any
	replies []string
}

func (s *socket) Invoke(_ context.Context, event []byte) ([]byte, error) {
	var decoded map[string]any
	if err := json.Unmarshal(event, &decoded); err != nil {
		return nil, err
	}
	s.events = append(s.events, decoded)
	reply := s.replies[0]
	if len(s.replies) > 1 {
		s.replies = s.replies[1:]
	}
	if reply == "" {
		return nil, errors.New("broken")
	}
	return []byte(reply), nil
}

func handshake() *http.Request {
	r := httptest.NewRequest("GET", "/prod?berth=12&berth=13", nil)
	r.Header = http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "User-Agent": {"buoy/1.0"}, "Sec-Websocket-Protocol": {"tide"},
		"X-Amzn-Trace-Id": {"Root=1;Parent=2"},
	}
	return r
}

func TestWebSocketEvents(t *testing.T) {
	fn := &socket{replies: []string{`{"statusCode":200,"headers":{"Sec-WebSocket-Protocol":"tide"}}`, `{"statusCode":200,"body":"ahoy"}`}}
	g := gateway.Config{Function: fn, Format: adapter.WebSocketAPI, Routes: []gateway.Route{{Key: "hail"}, {Key: "$default"}},
		Authorizer: gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
			return &gateway.Authorization{Authorizer: map[string]any{"principalId": "pilot", "berth": 12}}, nil
		})}
	n, err := gateway.MustNew(g).Connect(handshake())
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range []string{`{"action":"hail"}`, `{"action":"sink"}`, "mayday", ""} {
		if body, err := n.Message(message); string(body) != "ahoy" || err != nil {
			t.Errorf("Message(%q) = %q, %v", message, body, err)
		}
	}
	if err := n.Disconnect(1001, "gone fishing"); err != nil {
		t.Error(err)
	}
	if n.Subprotocol != "tide" {
		t.Errorf("Subprotocol = %q", n.Subprotocol)
	}
	const context = `"connectionId":"ID","connectedAt":"*","messageDirection":"IN","authorizer":{"principalId":"pilot","berth":12},
		"identity":{"sourceIp":"192.0.2.1","userAgent":"buoy/1.0"},"apiId":"a1b2c3d4e5","domainName":"example.com","stage":"prod",
		"requestId":"*","extendedRequestId":"*","requestTime":"*","requestTimeEpoch":"*"`
	const message = `"eventType":"MESSAGE","messageId":"*",` + context
	want := `[
	{"headers":{"Host":"example.com","User-Agent":"buoy/1.0","Sec-Websocket-Protocol":"tide","X-Amzn-Trace-Id":"Root=1;Parent=2","X-Forwarded-For":"192.0.2.1","X-Forwarded-Port":"443","X-Forwarded-Proto":"https"},
	 "multiValueHeaders":{"Host":["example.com"],"User-Agent":["buoy/1.0"],"Sec-Websocket-Protocol":["tide"],"X-Amzn-Trace-Id":["Root=1;Parent=2"],"X-Forwarded-For":["192.0.2.1"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"]},
	 "queryStringParameters":{"berth":"13"},"multiValueQueryStringParameters":{"berth":["12","13"]},
	 "requestContext":{"routeKey":"$connect","eventType":"CONNECT",` + context + `},"isBase64Encoded":false},
	{"requestContext":{"routeKey":"hail",` + message + `},"body":"{\"action\":\"hail\"}","isBase64Encoded":false},
	{"requestContext":{"routeKey":"$default",` + message + `},"body":"{\"action\":\"sink\"}","isBase64Encoded":false},
	{"requestContext":{"routeKey":"$default",` + message + `},"body":"mayday","isBase64Encoded":false},
	{"requestContext":{"routeKey":"$default",` + message + `},"body":"","isBase64Encoded":false},
	{"headers":{"Host":"example.com","x-api-key":"","X-Forwarded-For":"","x-restapi":""},
	 "multiValueHeaders":{"Host":["example.com"],"x-api-key":[""],"X-Forwarded-For":[""],"x-restapi":[""]},
	 "requestContext":{"routeKey":"$disconnect","eventType":"DISCONNECT","disconnectStatusCode":1001,"disconnectReason":"gone fishing",` + context + `},"isBase64Encoded":false}
	]`
	ids := map[any]bool{}
	var got []any
	for _, event := range fn.events {
		context := event["requestContext"].(map[string]any)
		ids[context["requestId"]] = true
		for _, name := range []string{"requestId", "extendedRequestId", "messageId"} {
			blank(t, context, name, shortID)
		}
		blank(t, context, "requestTime", `^\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000$`)
		for _, name := range []string{"connectedAt", "requestTimeEpoch"} {
			if ms, ok := context[name].(float64); ok && ms > 1.7e12 {
				context[name] = "*"
			}
		}
		got = append(got, event)
	}
	if diff := cmp.Diff(decode(t, []byte(strings.ReplaceAll(want, `"ID"`, `"`+n.ID+`"`))), any(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(ids) != len(fn.events) {
		t.Errorf("%d request ids for %d events", len(ids), len(fn.events))
	}
}

func TestEventOfAHandshake(t *testing.T) {
	got := event(t, gateway.Config{Format: adapter.WebSocketAPI}, handshake())
	if key, kind := member(got, "requestContext.routeKey"), member(got, "requestContext.eventType"); key != "$connect" || kind != "CONNECT" {
		t.Errorf("route %v, type %v", key, kind)
	}
	if query := member(got, "queryStringParameters.berth"); query != "13" {
		t.Errorf("berth = %v", query)
	}
}

func TestConnectRefused(t *testing.T) {
	refuse := func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return nil, &gateway.Refusal{Status: 401, Reason: "no token"}
	}
	tests := []struct {
		name       string
		reply      string
		authorizer gateway.Authorizer
		status     int
		reason     string
	}{
		{"by the function", `{"statusCode":403,"headers":{"x-why":"full"}}`, nil, 403, "the function refused the connection"},
		{"by a function that redirects", `{"statusCode":302}`, nil, 302, "the function refused the connection"},
		{"by the authorizer", `{"statusCode":200}`, gateway.AuthorizerFunc(refuse), 401, "no token"},
		{"failed function", ``, nil, 502, "the function failed"},
		{"no proxy reply", `"welcome"`, nil, 502, "the reply is not a proxy reply with a statusCode"},
		{"no status", `{"body":"welcome"}`, nil, 502, "the reply is not a proxy reply with a statusCode"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fn := &socket{replies: []string{tt.reply}}
			g := gateway.Config{Function: fn, Format: adapter.WebSocketAPI, Authorizer: tt.authorizer}
			n, err := gateway.MustNew(g).Connect(handshake())
			var refusal *gateway.Refusal
			if n != nil || !errors.As(err, &refusal) {
				t.Fatalf("Connect: %v, %v", n, err)
			}
			if refusal.Status != tt.status || string(refusal.Reason) != tt.reason {
				t.Errorf("%d %q, want %d %q", refusal.Status, refusal.Reason, tt.status, tt.reason)
			}
			if (tt.authorizer != nil) != (len(fn.events) == 0) {
				t.Errorf("%d events", len(fn.events))
			}
		})
	}
}

func TestConnectOnAGatewayThatCannot(t *testing.T) {
	if _, err := (gateway.MustNew(gateway.Config{Function: returns(okReply)})).Connect(handshake()); err == nil {
		t.Error("an HTTP API took a connection")
	}
	if _, err := (gateway.MustNew(gateway.Config{Format: adapter.WebSocketAPI})).Connect(handshake()); err == nil {
		t.Error("a gateway without function took a connection")
	}
	t.Setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")
	if _, err := (gateway.MustNew(gateway.Config{Function: returns(okReply), Format: adapter.WebSocketAPI})).Connect(handshake()); err == nil {
		t.Error("a gateway inside Lambda took a connection")
	}
}

func TestMessages(t *testing.T) {
	const ok = `{"statusCode":200}`
	tests := []struct {
		name    string
		routes  []gateway.Route
		message string
		reply   string
		body    string
		status  int // of the *Refusal, 0 for none
	}{
		{"text", nil, "x", `{"statusCode":200,"body":"ahoy"}`, "ahoy", 0},
		{"base64", nil, "x", `{"statusCode":200,"body":"Ym9hdA==","isBase64Encoded":true}`, "boat", 0},
		{"broken base64", nil, "x", `{"statusCode":200,"body":"*","isBase64Encoded":true}`, "", 502},
		{"no body", nil, "x", ok, "", 0},
		{"the function fails", nil, "x", "", "", 502},
		{"no reply", nil, "x", `null`, "", 502},
		{"no route", routes("hail"), `{"action":"sink"}`, ok, "", 403},
		{"action that is no text", routes("hail"), `{"action":7}`, ok, "", 403},
		{"action of the gateway's", routes("$connect"), `{"action":"$connect"}`, ok, "", 403},
		{"action in another case", routes("hail"), `{"Action":"hail"}`, ok, "", 403},
		{"as large as it gets", nil, strings.Repeat("x", 128<<10), ok, "", 0},
		{"too large", nil, strings.Repeat("x", 128<<10+1), ok, "", 1009},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fn := &socket{replies: []string{ok, tt.reply}}
			n, err := (gateway.MustNew(gateway.Config{Function: fn, Format: adapter.WebSocketAPI, Routes: tt.routes})).Connect(handshake())
			if err != nil {
				t.Fatal(err)
			}
			body, err := n.Message(tt.message)
			var refusal *gateway.Refusal
			if errors.As(err, &refusal) != (tt.status != 0) || tt.status != 0 && refusal.Status != tt.status {
				t.Errorf("error %v, want status %d", err, tt.status)
			}
			if string(body) != tt.body {
				t.Errorf("body %q, want %q", body, tt.body)
			}
			closed := tt.status == 1009
			if last := fn.events[len(fn.events)-1]; (member(last, "requestContext.disconnectStatusCode") == 1009.0) != closed {
				t.Errorf("the last event's type is %v", member(last, "requestContext.eventType"))
			}
			if again := n.Disconnect(1000, ""); closed && again == nil {
				t.Error("the connection was closed twice")
			}
			if _, err := n.Message("x"); err == nil {
				t.Error("a message on a closed connection")
			}
		})
	}
}

func TestWebSocketFunctionThatTakesTooLong(t *testing.T) {
	blocks := function(func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, nil })
	g := gateway.Config{Function: blocks, Format: adapter.WebSocketAPI, Timeout: time.Millisecond}
	var refusal *gateway.Refusal
	if _, err := gateway.MustNew(g).Connect(handshake()); !errors.As(err, &refusal) || refusal.Status != 504 {
		t.Errorf("Connect: %v", err)
	}
}
