package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// FuzzWebSocketClient: whatever a client sends after its handshake, the function
// gets whole messages of UTF-8 within the limit, one $connect and one $disconnect,
// and the connection ends when the client is gone.
func FuzzWebSocketClient(f *testing.F) {
	for _, seed := range []string{
		"\x81\x84\x00\x00\x00\x00ahoy", "\x01\x81\x00\x00\x00\x00a\x80\x81\x00\x00\x00\x00b", "\x88\x82\x00\x00\x00\x00\x03\xe8",
		"\x89\x80\x00\x00\x00\x00", "\x81\xfe\x00\x7e\x00\x00\x00\x00", "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", "\x82\x80\x00\x00\x00\x00", "\xff\xff",
	} {
		f.Add([]byte(seed))
	}
	type told struct{ kind, body string }
	events := make(chan told, 1000)
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Format: adapter.WebSocketAPI, Function: function(func(_ context.Context, event []byte) ([]byte, error) {
		var e struct {
			RequestContext struct{ EventType string }
			Body           string
		}
		err := json.Unmarshal(event, &e)
		events <- told{e.RequestContext.EventType, e.Body}
		return []byte(`{"statusCode":200}`), err
	})}))
	f.Cleanup(server.Close)
	f.Fuzz(func(t *testing.T, sent []byte) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, "GET /prod HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		_, _ = conn.Write(sent)
		conn.Close()
		for want := "CONNECT"; ; {
			select {
			case got := <-events:
				switch {
				case want == "CONNECT" && got.kind == "CONNECT":
					want = "more"
				case want == "more" && got.kind == "DISCONNECT":
					return
				case want != "more" || got.kind != "MESSAGE" || !utf8.ValidString(got.body) || len(got.body) > 128<<10:
					t.Fatalf("event %s with %d bytes", got.kind, len(got.body))
				}
			case <-time.After(20 * time.Second):
				t.Fatal("the connection does not end")
			}
		}
	})
}

// FuzzPolicies: an authorizer's answer is a policy that allows, one that does not,
// or an error, and with an explicit deny of everything added it never allows.
func FuzzPolicies(f *testing.F) {
	for _, seed := range []string{
		`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Allow","Action":["execute-api:Invoke"],"NotResource":["a?*"]}`,
		`{"Effect":"Deny","NotAction":"x","Resource":"arn:*"}`, `{"Effect":"Allow","Action":"*","Resource":"${x}","Condition":{}}`, `7`, `{}`,
	} {
		f.Add(seed)
	}
	const deny = `{"Effect":"Deny","Action":"*","Resource":"*"}`
	status := func(statements string) int {
		g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI,
			Authorizer: decides(`{"principalId":"ada","policyDocument":{"Statement":[` + statements + `]}}`)}
		return serve(g, httptest.NewRequest("GET", "/prod/notes/7", nil)).StatusCode
	}
	f.Fuzz(func(t *testing.T, statement string) {
		if !json.Valid([]byte("["+statement+"]")) || strings.TrimSpace(statement) == "" {
			return
		}
		alone := status(statement)
		if alone != 200 && alone != 403 && alone != 500 {
			t.Errorf("status %d", alone)
		}
		for _, both := range []string{deny + "," + statement, statement + "," + deny} {
			if got := status(both); got != 403 && got != 500 || (got == 500) != (alone == 500) {
				t.Errorf("with a deny: status %d, alone %d", got, alone)
			}
		}
	})
}

// FuzzSignatures: no header makes a signature without the secret.
func FuzzSignatures(f *testing.F) {
	now := time.Now().UTC().Format("20060102T150405Z")
	f.Add("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"+now[:8]+"/eu-west-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", now, "")
	f.Add("AWS4-HMAC-SHA256 Credential=AKIAEMPTY/"+now[:8]+"/eu-west-1/execute-api/aws4_request,SignedHeaders=host,Signature=", now, "X-Amz-Expires=1")
	f.Add("", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F"+now[:8]+"%2Fr%2Fexecute-api%2Faws4_request&X-Amz-Date="+now+"&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		if got := serve(gateway.Config{Function: returns(okReply), Authorizer: signingKeys()}, r).StatusCode; got != 403 {
			t.Errorf("status %d, want 403", got)
		}
	})
}
