package traces_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/traces"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// TestExporters sends the same requests beside collectors that are well and that
// are not: every one is answered, and the log says what was lost. The times that it
// prints are those of docs/traces.md.
func TestExporters(t *testing.T) {
	const requests = 10
	refuses := httptest.NewServer(nil)
	refuses.Close()
	for _, row := range []struct {
		name     string
		endpoint string
		before   func(*http.Request)
		lost     bool
	}{
		{name: "answers"},
		{name: "takes 50 ms", before: func(*http.Request) { time.Sleep(50 * time.Millisecond) }},
		{name: "drops connections", before: dropping()},
		{name: "hangs", before: func(r *http.Request) { <-r.Context().Done() }, lost: true},
		{name: "refuses", endpoint: refuses.URL, lost: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newCollector(t, row.before)
			if row.endpoint == "" {
				row.endpoint = c.URL
			}
			var output bytes.Buffer
			p := start(t, "./lambda", row.endpoint, &output)
			var took []time.Duration
			for range requests {
				began := time.Now()
				if status := ask(function{process: p}, get("/orders/1")); status != 200 {
					t.Errorf("status %d", status)
				}
				took = append(took, time.Since(began))
			}
			if row.name == "hangs" {
				almostOver(t, p)
			}
			spans, _ := c.take()
			p.Close()
			if early := strings.Contains(output.String(), "Options.Done takes too long"); early != (row.name == "hangs") {
				t.Errorf("a reply did not wait for the exporter: %v", early)
			}
			slices.Sort(took[1:]) // the first includes the start of the process
			t.Logf("%v to %v, half within %v; the first %v", took[1].Round(time.Microsecond), took[requests-1].Round(time.Microsecond), took[requests/2].Round(time.Microsecond), took[0].Round(time.Millisecond))
			lines := strings.Count(output.String(), `"message":"traces: spans are lost"`)
			if row.lost != (lines > 0) || row.lost && lines < requests {
				t.Errorf("%d lines about lost spans:\n%s", lines, &output)
			}
			if got := len(spans["GET /orders/{id}"]); !row.lost && got != requests {
				t.Errorf("%d spans for %d requests", got, requests)
			}
			if got := strings.Count(output.String(), `"message":"invocation"`); got < requests {
				t.Errorf("%d lines for %d requests", got, requests)
			}
		})
	}
}

// almostOver: where Patience is longer than the function's time, the reply leaves
// without waiting for the exporter.
func almostOver(t *testing.T, p *runtimeapi.Process) {
	t.Helper()
	f := function{process: p, Invocation: runtimeapi.Invocation{
		Deadline: time.Now().Add(traces.Patience),
		Grace:    20 * time.Second, // the machine may stall
	}}
	if status := ask(f, get("/orders/1")); status != 200 && status != 503 {
		t.Errorf("shortly before the deadline: status %d", status)
	}
	if status := ask(function{process: p}, get("/orders/1")); status != 200 {
		t.Errorf("after that: status %d", status)
	}
}

// dropping returns a function that closes the connection of each second request
// without an answer.
func dropping() func(*http.Request) {
	var requests atomic.Int64
	return func(*http.Request) {
		if requests.Add(1)%2 == 0 {
			panic(http.ErrAbortHandler)
		}
	}
}
