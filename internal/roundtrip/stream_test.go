package roundtrip

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestStreamArrivesAsItIsFlushed: the handler writes a line only after the
// client has read the one before, under net/http and through each front that
// streams.
func TestStreamArrivesAsItIsFlushed(t *testing.T) {
	read := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := range 5 {
			fmt.Fprintln(w, "line", i)
			flush(w)
			select {
			case <-read:
			case <-r.Context().Done():
				return
			}
		}
	})
	servers := map[string]http.Handler{"net/http": h}
	for _, f := range frontTable {
		if f.id&streamed != 0 {
			servers[f.String()] = f.gateway(adapter.New(h, quiet()))
		}
	}
	for name, server := range servers {
		t.Run(name, func(t *testing.T) { readLines(t, server, read) })
	}
}

func readLines(t *testing.T, h http.Handler, read chan<- struct{}) {
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	client := srv.Client()
	client.Timeout = 30 * time.Second // a line that waits for the next would wait for ever
	resp, err := client.Get(srv.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewReader(resp.Body)
	for i := range 5 {
		line, err := lines.ReadString('\n')
		if want := fmt.Sprintln("line", i); line != want || err != nil {
			t.Fatalf("read %q, %v, want %q", line, err, want)
		}
		read <- struct{}{}
	}
	if rest, err := io.ReadAll(lines); len(rest) > 0 || err != nil {
		t.Errorf("then %q, %v", rest, err)
	}
}
