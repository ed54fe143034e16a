package traces_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/gatehouse-go/gatehouse/adapter"
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
	const foreign = "what a collector says"
	says := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, strings.Repeat(foreign, 30_000), http.StatusBadRequest)
	}))
	defer says.Close()
	for _, row := range []struct {
		name     string
		endpoint string
		before   func(*http.Request)
		lost     bool
		reason   string
	}{
		{name: "answers"},
		{name: "takes 50 ms", before: func(*http.Request) { time.Sleep(50 * time.Millisecond) }},
		{name: "drops connections", before: dropping()},
		{name: "hangs", before: func(r *http.Request) { <-r.Context().Done() }, lost: true, reason: "the collector took too long"},
		{name: "refuses", endpoint: refuses.URL, lost: true, reason: "the collector cannot be reached"},
		{name: "says much", endpoint: says.URL, lost: true, reason: "the collector did not take them: see its own log"},
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
			spans, _ := c.take()
			p.Close()
			slices.Sort(took[1:]) // the first includes the start of the process
			t.Logf("the first %v, the others %v to %v, half within %v", took[0], took[1], took[requests-1], took[requests/2])
			lines := strings.Count(output.String(), `"message":"traces: spans are lost"`)
			if row.lost != (lines > 0) || lines == requests { // replies do not wait after the first
				t.Errorf("%d lines about lost spans:\n%s", lines, &output)
			}
			if strings.Contains(output.String(), foreign) || !strings.Contains(output.String(), row.reason) {
				t.Errorf("the reason is not %q, or the collector's own:\n%.2000s", row.reason, &output)
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

// Where Patience is longer than the function's time, the reply leaves without
// waiting for the exporter.
func TestShortlyBeforeTheDeadline(t *testing.T) {
	c := newCollector(t, func(r *http.Request) { <-r.Context().Done() })
	var output bytes.Buffer
	p := start(t, "./lambda", c.URL, &output)
	f := function{process: p, Invocation: runtimeapi.Invocation{TraceID: unsampled}}
	ask(f, get("/orders/1")) // the process has started, and there is nothing to send
	f.Invocation = runtimeapi.Invocation{
		Deadline: time.Now().Add(traces.Patience),
		Grace:    20 * time.Second, // the machine may stall
	}
	if status := ask(f, get("/orders/1")); status != 200 && status != 503 {
		t.Errorf("status %d", status)
	}
	if status := ask(function{process: p}, get("/orders/1")); status != 200 {
		t.Errorf("after that: status %d", status)
	}
	p.Close()
	if !strings.Contains(output.String(), "Options.Done takes too long") {
		t.Errorf("no line says so:\n%s", &output)
	}
}

// broken is an exporter that fails at first.
type broken struct {
	*tracetest.InMemoryExporter
	exports atomic.Int64
}

func (b *broken) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	if b.exports.Add(1) == 1 {
		return errors.New("broken")
	}
	return b.InMemoryExporter.ExportSpans(ctx, spans)
}

// After a failure replies do not wait for the exporter for a while. The spans come
// later.
func TestRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exporter := &broken{InMemoryExporter: tracetest.NewInMemoryExporter()}
		tr := traces.New(exporter, slog.New(slog.DiscardHandler), sdktrace.WithSampler(sdktrace.AlwaysSample()))
		defer tr.Shutdown()
		f := adapter.New(tr.Wrap(traces.Handler()), &adapter.Options{Done: tr.Done(nil)})
		for _, step := range []struct {
			after   time.Duration
			exports int64 // so far
			spans   int
		}{
			{0, 1, 0},                // fails
			{time.Second, 1, 0},      // does not wait
			{10 * time.Second, 3, 4}, // the SDK has sent those of the second meanwhile
		} {
			time.Sleep(step.after)
			ask(f, get("/orders/1"))
			if exports, spans := exporter.exports.Load(), len(exporter.GetSpans()); exports != step.exports || spans != step.spans {
				t.Errorf("%d exports, %d spans, want %v", exports, spans, step)
			}
		}
	})
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
