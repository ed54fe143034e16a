package local_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// TestConsoleIsBounded: a thousand requests (ten thousand with GATEHOUSE_FULL),
// large and odd bodies among them, while a tab does not read its stream.
func TestConsoleIsBounded(t *testing.T) {
	binary := append([]byte{0xff, 0x00, 0xfe}, bytes.Repeat([]byte{0x80}, 5000)...)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/large":
			_, _ = fmt.Fprint(w, n, strings.Repeat(" large", 1<<19))
		case "/binary":
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(binary)
		case "/invalid":
			_, _ = io.WriteString(w, "\"\xc3\x28 \xff\"")
		}
	})
	requests := 1000
	if os.Getenv("GATEHOUSE_FULL") != "" {
		requests = 10_000
	}
	onConsole(t, h, local.Options{}, func(c *consolePage) {
		token, err := c.issuer.Token(map[string]any{"sub": "reader", "client_id": "reader"})
		if err != nil {
			t.Fatal(err)
		}
		asleep, err := http.DefaultTransport.RoundTrip(c.request(http.MethodGet, "/console/live", ""))
		if err != nil {
			t.Fatal(err)
		}
		defer asleep.Body.Close() // without having read it
		ask := func(path string, body io.Reader) {
			r, err := http.NewRequest(http.MethodPost, c.api+path, body)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "text/plain")
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if response.StatusCode != 200 {
				t.Fatalf("%s: status %d", path, response.StatusCode)
			}
		}
		for range requests {
			ask("/small", nil)
		}
		ask("/large", bytes.NewReader(bytes.Repeat([]byte("5 MB "), 1<<20)))
		ask("/binary", bytes.NewReader(binary))
		ask("/invalid", strings.NewReader("\xff\xfe"))
		var last uint64
		stream, latest := c.watch(func(latest map[uint64]shown) bool {
			for id := range latest {
				last = max(last, id)
			}
			return last >= uint64(requests+3) && all(200)(latest)
		})
		if len(latest) != 200 || len(stream) > 1<<20 {
			t.Errorf("%d requests in %d bytes are told, want 200 in less than 1 MB", len(latest), len(stream))
		}
		for back, want := range []string{"not text", "not text", "the beginning"} {
			_, exchange := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", last-uint64(back)), "")
			if !strings.Contains(exchange, want) || len(exchange) > 32<<10 {
				t.Errorf("request %d: %d bytes are told, want %q in them: %.300s", last-uint64(back), len(exchange), want, exchange)
			}
		}
		if status, _ := c.do(http.MethodGet, "/console/exchange/1", ""); status != http.StatusNotFound {
			t.Errorf("the first request: status %d, want 404", status)
		}
		if status, _ := c.do(http.MethodPost, "/console/clear", "{}"); status != http.StatusNoContent {
			t.Errorf("clear: status %d", status)
		}
		if status, _ := c.do(http.MethodGet, fmt.Sprint("/console/exchange/", last), ""); status != http.StatusNotFound {
			t.Errorf("after clear: status %d, want 404", status)
		}
	})
}
