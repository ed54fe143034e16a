package traces_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

// The span of a call that fails says so, and not what the other side sent.
func TestClientSpans(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Write([]byte("HTTP/1.1 " + r.URL.Query().Get("secret") + "\r\n\r\n"))
		conn.Close()
	}))
	defer other.Close()
	exporter := tracetest.NewInMemoryExporter()
	tr := traces.New(exporter, slog.Default(), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		client := http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport,
			otelhttp.WithTracerProvider(trace.SpanFromContext(r.Context()).TracerProvider()))}
		call, err := http.NewRequestWithContext(r.Context(), "GET", other.URL+"/secret?secret=secret", nil)
		if err != nil {
			t.Error(err)
			return
		}
		if _, err := client.Do(call); err == nil || !strings.Contains(err.Error(), `malformed HTTP status code "secret"`) {
			t.Errorf("the other side was called: %v", err)
		}
	})
	ask(adapter.New(tr.Wrap(h), &adapter.Options{Done: tr.Done(nil)}), get("/"))
	clients := 0
	for _, s := range exporter.GetSpans() {
		if s.SpanKind != trace.SpanKindClient {
			continue
		}
		clients++
		if s.Status.Code != codes.Error || s.Status.Description != "" {
			t.Errorf("status %+v", s.Status)
		}
		for _, a := range s.Attributes {
			if strings.Contains(a.Value.String(), "secret") {
				t.Errorf("%s is %q", a.Key, a.Value.String())
			}
		}
	}
	if clients != 1 {
		t.Errorf("%d spans of the call", clients)
	}
}
