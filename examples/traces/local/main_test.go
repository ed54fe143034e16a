package main

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// Each span is one line, whatever the trace of the request says about sampling.
func TestPrints(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
	var out strings.Builder
	h, opts := setUp(&out)
	g := gateway.MustNew(gateway.Config{Function: adapter.New(h, opts.Adapter)})
	for _, try := range opts.Try {
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest("GET", try.Path, nil))
		if w.Code != try.Want {
			t.Errorf("%s: status %d", try.Path, w.Code)
		}
	}
	if got := strings.Count(out.String(), `span "GET /orders/{id}" in trace `); got != 2 || strings.Count(out.String(), "\n") != 4 {
		t.Errorf("printed:\n%s", &out)
	}
}
