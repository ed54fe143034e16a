package local_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestWebSocket: a client shakes hands at the URL that is printed, and gets the
// handler's answer to its message.
func TestWebSocket(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		message, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "re: %s", message)
	})
	opts := &local.Options{
		Format:  adapter.WebSocketAPI,
		Adapter: &adapter.Options{Formats: []adapter.Format{adapter.WebSocketAPI}},
		Routes:  []gateway.Route{{Key: "$default", RouteResponse: true}},
	}
	serve(t, h, opts, func(address string) {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", u.Path, u.Host)
		in := bufio.NewReader(conn)
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("handshake: %v, %v", resp, err)
		}
		_, _ = conn.Write([]byte{0x81, 0x84, 0, 0, 0, 0, 'a', 'h', 'o', 'y'})
		frame := make([]byte, len("..re: ahoy"))
		if _, err := io.ReadFull(in, frame); err != nil || string(frame[2:]) != "re: ahoy" {
			t.Errorf("the client was sent %q, %v", frame, err)
		}
	})
}
