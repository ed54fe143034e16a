package gateway_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/coder/websocket"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// room is a function that passes each message on to all clients, by @connections
// alone, as it would on AWS.
type room struct {
	t        *testing.T
	endpoint string
	left     chan string // the ids of clients that have gone

	mu      sync.Mutex
	clients map[string]bool
}

func (f *room) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var e struct {
		RequestContext struct{ EventType, ConnectionID, Stage string }
		Body           string
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch c := e.RequestContext; c.EventType {
	case "CONNECT":
		f.clients[c.ConnectionID] = true
	case "DISCONNECT":
		delete(f.clients, c.ConnectionID)
		f.left <- c.ConnectionID
	case "MESSAGE":
		for id := range f.clients {
			if status := f.post(ctx, c.Stage, id, e.Body); status != http.StatusOK {
				f.t.Errorf("POST: status %d", status)
			}
		}
	}
	return []byte(`{"statusCode":200}`), nil
}

func (f *room) post(ctx context.Context, stage, id, message string) int {
	r, err := http.NewRequestWithContext(ctx, "POST", f.endpoint+"/"+stage+"/@connections/"+url.PathEscape(id), bytes.NewReader([]byte(message)))
	if err != nil {
		f.t.Error(err)
		return 0
	}
	sum := sha256.Sum256([]byte(message))
	if err := v4.NewSigner().SignHTTP(ctx, permanent, r, hex.EncodeToString(sum[:]), "execute-api", "eu-west-1", time.Now()); err != nil {
		f.t.Error(err)
		return 0
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Error(err)
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestWebSocketRoom(t *testing.T) {
	f := &room{t: t, clients: map[string]bool{}, left: make(chan string, 2)}
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: f, Format: adapter.WebSocketAPI, Management: signed()}))
	defer server.Close()
	f.endpoint = server.URL
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	address := strings.Replace(server.URL, "http", "ws", 1) + "/prod"
	var clients []*websocket.Conn
	for range 2 {
		c, _, err := websocket.Dial(ctx, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.SetReadLimit(1 << 20)
		clients = append(clients, c)
	}
	for i, message := range []string{"ahoy", "Möwe", strings.Repeat("x", 20<<10)} {
		if err := clients[i%2].Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
		for j, c := range clients {
			if kind, got, err := c.Read(ctx); kind != websocket.MessageText || string(got) != message || err != nil {
				t.Fatalf("message %d: client %d read %d bytes, %v", i, j, len(got), err)
			}
		}
	}
	reading := clients[0].CloseRead(ctx) // so that the pong is read
	if err := clients[0].Ping(reading); err != nil {
		t.Errorf("ping: %v", err)
	}
	for _, c := range clients {
		if err := c.Close(websocket.StatusNormalClosure, "bye"); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	for range clients {
		select {
		case <-f.left:
		case <-ctx.Done():
			t.Fatal("the function was not told that its clients left")
		}
	}
}
