package traces_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

// Requests that are served at the same time, as on Lambda Managed Instances, each
// have the span of their own end.
func TestConcurrentRequests(t *testing.T) {
	const clients, requests = 8, 25
	exporter := tracetest.NewInMemoryExporter()
	tr := traces.New(exporter, slog.Default(), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	f := adapter.New(tr.Wrap(traces.Handler()), &adapter.Options{Done: tr.Done(nil)})
	var running sync.WaitGroup
	for range clients {
		running.Go(func() {
			for range requests {
				ask(f, get("/orders/1"))
				ask(f, get("/orders/2"))
			}
		})
	}
	running.Wait()
	counts := map[string]int{}
	for _, s := range exporter.GetSpans() {
		counts[s.Name]++
		for _, a := range s.Attributes {
			if a.Value.Type() == attribute.INT64 {
				counts[a.Value.String()]++
			}
		}
	}
	const each = clients * requests
	if counts["GET /orders/{id}"] != 2*each || counts["find order"] != 2*each || counts["200"] != each || counts["404"] != each {
		t.Errorf("%v, want %d of each kind", counts, each)
	}
}

// A span is sent even if what stands before it in Done panics, and its name is the
// whole pattern.
func TestDonePanics(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	quiet := slog.New(slog.DiscardHandler)
	tr := traces.New(exporter, quiet, sdktrace.WithSampler(sdktrace.AlwaysSample()))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /my orders/{id}", func(http.ResponseWriter, *http.Request) {})
	f := adapter.New(tr.Wrap(mux), &adapter.Options{
		Logger: quiet,
		Done:   tr.Done(func(context.Context, *adapter.Outcome) { panic("in next") }),
	})
	if status := ask(f, get("/my%20orders/1")); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if spans := exporter.GetSpans(); len(spans) != 1 || spans[0].Name != "GET /my orders/{id}" {
		t.Errorf("spans %v", spans)
	}
}
