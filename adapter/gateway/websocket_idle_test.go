package gateway_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// piped is a ResponseWriter whose connection is a pipe, so that a bubble's clock
// counts for its deadlines.
type piped struct {
	http.ResponseWriter
	conn net.Conn
}

func (p piped) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return p.conn, bufio.NewReadWriter(bufio.NewReader(p.conn), bufio.NewWriter(p.conn)), nil
}

// A connection that is idle for 10 minutes ends, and every one after 2 hours.
func TestWebSocketEndsByItself(t *testing.T) {
	for name, row := range map[string]struct {
		every time.Duration // the client pings so often; 0: never
		want  time.Duration
	}{
		"idle": {0, 10 * time.Minute},
		"busy": {9 * time.Minute, 2 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gateway.MustNew(gateway.Config{Format: adapter.WebSocketAPI,
				Function: function(func(context.Context, []byte) ([]byte, error) { return []byte(`{"statusCode":200}`), nil })})
			server, client := net.Pipe()
			defer client.Close()
			r := handshake()
			r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
			r.Header.Set("Sec-WebSocket-Version", "13")
			began := time.Now()
			served := make(chan struct{})
			go func() {
				defer close(served)
				g.ServeHTTP(piped{httptest.NewRecorder(), server}, r)
			}()
			told := make(chan string, 1)
			go func() {
				text, _ := io.ReadAll(client)
				told <- string(text)
			}()
			if row.every > 0 {
				go func() {
					for {
						select {
						case <-served:
							return
						case <-time.After(row.every):
							_, _ = client.Write([]byte{0x89, 0x80, 0, 0, 0, 0})
						}
					}
				}()
			}
			<-served
			client.Close()
			if took := time.Since(began); took != row.want {
				t.Errorf("%s: ended after %v, want %v", name, took, row.want)
			}
			if got := <-told; !strings.HasSuffix(got, "\x88\x0c\x03\xe9Going away") {
				t.Errorf("%s: the client was told %q", name, got)
			}
		})
	}
}
