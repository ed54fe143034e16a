package roundtrip

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// exchange sends raw bytes over a connection of its own and reads one reply,
// so that no client normalizes anything on either way.
type exchange func(t *testing.T, method, raw string) facts

// serveTLS serves h as net/http does; this is the oracle.
func serveTLS(t *testing.T, h http.Handler) exchange {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	config := srv.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	config.ServerName = "example.com"
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	return exchangeWith(func() (net.Conn, error) {
		return tls.Dial("tcp", srv.Listener.Addr().String(), config)
	})
}

// serveTCP serves h without TLS: a gateway ends TLS and says so in
// X-Forwarded-Proto.
func serveTCP(t *testing.T, h http.Handler) exchange {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	t.Cleanup(srv.Close)
	return exchangeWith(func() (net.Conn, error) {
		return net.Dial("tcp", srv.Listener.Addr().String())
	})
}

func exchangeWith(dial func() (net.Conn, error)) exchange {
	return func(t *testing.T, method, raw string) facts {
		t.Helper()
		conn, err := dial()
		if err != nil {
			t.Fatalf("dial: %v", err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatalf("deadline: %v", err)
		}
		if _, err := io.WriteString(conn, raw); err != nil {
			t.Fatalf("write: %v", err)
		}
		return readReply(bufio.NewReader(conn), method)
	}
}

// readReply reads the final reply and notes the statuses of the informational
// ones before it. A connection closed without a reply is a fact, too: it is
// what net/http makes of a panic.
func readReply(from *bufio.Reader, method string) facts {
	var early []int
	for {
		resp, err := http.ReadResponse(from, &http.Request{Method: method})
		if err != nil {
			return facts{"Reply.Status": "none"}
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			defer resp.Body.Close()
			return replyFacts(resp, early)
		}
		early = append(early, resp.StatusCode)
	}
}

const host = "api.example.com"

// raw is the request as the bytes a client would send. A Host line and a
// framing line are added where the row has none.
func (r row) raw() string {
	lines := append([]string{r.verb() + " " + r.target() + " HTTP/1.1"}, r.header...)
	if !r.sends("Host") {
		lines = append(lines, "Host: "+host)
	}
	if r.body != "" && !r.sends("Content-Length") && !r.sends("Transfer-Encoding") {
		lines = append(lines, fmt.Sprintf("Content-Length: %d", len(r.body)))
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + r.body
}

func (r row) verb() string {
	if r.method == "" {
		return http.MethodGet
	}
	return r.method
}

func (r row) target() string {
	if r.path == "" {
		return "/hello"
	}
	return r.path
}

func (r row) sends(name string) bool {
	for _, line := range r.header {
		if key, _, _ := strings.Cut(line, ":"); strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
