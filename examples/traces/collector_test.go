package traces_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// standIn is a collector that remembers what it got.
type standIn struct {
	*httptest.Server
	before func(*http.Request) // each answer; nil: nothing

	mu    sync.Mutex
	raw   bytes.Buffer
	spans []*otlp.Span
}

func newCollector(t *testing.T, before func(*http.Request)) *standIn {
	c := &standIn{before: before}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

func (c *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var request collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &request) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if c.before != nil {
		c.before(r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(body)
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// take returns the spans that have come since the last call, by name, and the bytes
// they came in.
func (c *standIn) take() (spans map[string][]*otlp.Span, raw string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans = make(map[string][]*otlp.Span)
	for _, s := range c.spans {
		spans[s.Name] = append(spans[s.Name], s)
	}
	raw = c.raw.String()
	c.spans = nil
	c.raw.Reset()
	return spans, raw
}

// valueOf returns a span's attribute as text, "" if it has none of that name.
func valueOf(s *otlp.Span, name string) string {
	for _, a := range s.Attributes {
		if a.Key != name {
			continue
		}
		if n, ok := a.Value.Value.(*common.AnyValue_IntValue); ok {
			return strconv.FormatInt(n.IntValue, 10)
		}
		return a.Value.GetStringValue()
	}
	return ""
}

// The trace that Lambda says each invocation belongs to.
const (
	traceID   = "5759e988bd862e3fe1be46a994272793"
	parentID  = "53995c3f42cd8ad8"
	sampled   = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:a:0"
	unsampled = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:a:0"
)

func isChild(s *otlp.Span, parent string) bool {
	return hex.EncodeToString(s.TraceId) == traceID && hex.EncodeToString(s.ParentSpanId) == parent
}

// start builds the function in folder and starts it with spans going to endpoint.
func start(t *testing.T, folder, endpoint string, output io.Writer, env ...string) *runtimeapi.Process {
	t.Helper()
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), folder)
	if err != nil {
		t.Fatal(err)
	}
	p, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
		Env:    append(env, "OTEL_EXPORTER_OTLP_ENDPOINT="+endpoint, "AWS_LAMBDA_LOG_FORMAT=JSON"),
		Output: output,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// function is a process whose invocations are in a sampled trace unless it says
// otherwise.
type function struct {
	runtimeapi.Invocation
	process *runtimeapi.Process
}

func (f function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	inv := f.Invocation
	inv.Payload = event
	if inv.TraceID == "" {
		inv.TraceID = sampled
	}
	result, err := f.process.Invoke(ctx, inv)
	if err != nil {
		return nil, err
	}
	return result.Body, nil
}

// ask sends a request to a function behind an HTTP API and returns the status.
func ask(f gateway.Function, r *http.Request) int {
	w := httptest.NewRecorder()
	gateway.MustNew(gateway.Config{Function: f}).ServeHTTP(w, r)
	return w.Code
}

func get(target string) *http.Request { return httptest.NewRequest("GET", target, nil) }
