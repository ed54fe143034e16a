package traces_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// The deployed function: when a reply has left, the collector has its spans. They
// are children of Lambda's, and of each other.
func TestFunction(t *testing.T) {
	c := newCollector(t, nil)
	p := start(t, "./lambda", c.URL, nil)
	for path, want := range map[string]struct{ status, route string }{
		"/orders/1":   {"200", "/orders/{id}"},
		"/orders/2":   {"404", "/orders/{id}"},
		"/elsewhere":  {"401", ""},
		"/elsewhere/": {"401", ""},
	} {
		ask(function{process: p}, get(path))
		spans, _ := c.take()
		name := strings.TrimSpace("GET " + want.route)
		if len(spans[name]) != 1 {
			t.Errorf("%s: spans %v", path, spans)
			continue
		}
		server := spans[name][0]
		if status, route := valueOf(server, "http.response.status_code"), valueOf(server, "http.route"); status != want.status || route != want.route {
			t.Errorf("%s: status %q, route %q, want %v", path, status, route, want)
		}
		if !isChild(server, parentID) || server.Kind != otlp.Span_SPAN_KIND_SERVER {
			t.Errorf("%s: %v is not a server span and a child of Lambda's", path, server)
		}
		if work := spans["find order"]; want.route != "" && (len(work) != 1 || !isChild(work[0], hex.EncodeToString(server.SpanId))) {
			t.Errorf("%s: %v is not a child of the server span", path, work)
		}
	}
}

// The status is the client's and not what the handler wrote, on one span for each
// request, however it ended.
func TestStatusIsTheClients(t *testing.T) {
	gate := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(gate.Close)
	t.Cleanup(gate.CloseClientConnections)
	c := newCollector(t, nil)
	p := start(t, "./testdata/faults", c.URL, nil, "GATE="+gate.URL)
	for _, row := range []struct {
		path, name string
		status     int
		reason     string
		err        string // error.type
	}{
		{"/well/1", "GET /well/{id}", 200, "", ""},
		{"/missing/1", "GET /missing/{id}", 404, "", ""},
		{"/large/1", "GET /large/{id}", 500, "the reply is larger than the front takes", "500"},
		{"/panic/1", "GET /panic/{id}", 500, "the handler panicked", "string"},
		{"/goexit/1", "GET /goexit/{id}", 500, "the handler exited its goroutine", "500"},
		{"/abort/1", "GET /abort/{id}", 500, "the handler panicked with http.ErrAbortHandler", "500"},
		{"/upgrade/1", "GET /upgrade/{id}", 500, "the handler's status cannot be sent", "500"},
		{"/late/1", "GET", 503, "the handler took too long", "503"},
		{"/well/1", "GET /well/{id}", 200, "", ""},
	} {
		if status := ask(function{process: p}, get(row.path)); status != row.status {
			t.Errorf("%s: status %d", row.path, status)
		}
		one(t, c, row.path, row.name, row.status, row.reason, row.err)
	}

	r := httptest.NewRequest("POST", "/body/1", strings.NewReader("\xff\xfe\xfd\xfc\xfb\xfa"))
	if status := ask(brokenBase64{function{process: p}}, r); status != 400 {
		t.Errorf("bad base64: status %d", status)
	}
	one(t, c, "bad base64", "POST /body/{id}", 400, "the request's body is not valid base64", "")
}

// one checks the only span that the collector has got.
func one(t *testing.T, c *standIn, path, name string, status int, reason, errorType string) {
	t.Helper()
	spans, _ := c.take()
	if len(spans) != 1 || len(spans[name]) != 1 {
		t.Errorf("%s: spans %v, want %s", path, spans, name)
		return
	}
	s := spans[name][0]
	got := []string{valueOf(s, "http.response.status_code"), valueOf(s, "gatehouse.reason"), valueOf(s, "error.type")}
	if want := []string{fmt.Sprint(status), reason, errorType}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s: %q, want %q", path, got, want)
	}
	code := otlp.Status_STATUS_CODE_UNSET
	if status >= 500 {
		code = otlp.Status_STATUS_CODE_ERROR
	}
	if s.Status.GetCode() != code || !isChild(s, parentID) {
		t.Errorf("%s: status %v, parent %x", path, s.Status, s.ParentSpanId)
	}
}

// brokenBase64 spoils an event's body where only reading it shows.
type brokenBase64 struct{ function }

func (f brokenBase64) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	return f.function.Invoke(ctx, bytes.Replace(event, []byte(`//79/Pv6`), []byte(`//79/P*6`), 1))
}

// A client decides neither to which trace its request belongs nor whether that is
// sampled, beyond what AWS lets it write into Lambda's own header.
func TestClientNamesNoParent(t *testing.T) {
	c := newCollector(t, nil)
	p := start(t, "./lambda", c.URL, nil)
	forge := func() *http.Request {
		r := get("/orders/1")
		r.Header.Set("X-Amzn-Trace-Id", "Root=1-00000000-000000000000000000000bad;Parent=0000000000000bad;Sampled=1")
		r.Header.Set("Traceparent", "00-00000000000000000000000000000bad-0000000000000bad-01")
		r.Header.Set("Tracestate", "bad=1")
		r.Header.Set("Baggage", "bad=1")
		return r
	}
	ask(function{process: p}, forge())
	spans, raw := c.take()
	if server := spans["GET /orders/{id}"]; len(server) != 1 || !isChild(server[0], parentID) || strings.Contains(raw, "bad") {
		t.Errorf("spans %v", spans)
	}
	ask(function{process: p, Invocation: runtimeapi.Invocation{TraceID: unsampled}}, forge())
	if spans, _ := c.take(); len(spans) != 0 {
		t.Errorf("Lambda does not sample: spans %v", spans)
	}
}

// TestSecrets plants what callers send in every place that they can write to.
func TestSecrets(t *testing.T) {
	c := newCollector(t, nil)
	p := start(t, "./testdata/faults", c.URL, nil)
	seen := 0
	for _, path := range []string{"/well/", "/missing/", "/folder/", "/panic/", "/large/", "/any/", "/elsewhere/"} {
		for _, method := range []string{"GET", "POST", "SECRET"} {
			r := httptest.NewRequest(method, path+"secret?secret=secret", strings.NewReader("secret"))
			r.Host = "secret.example"
			for _, name := range []string{
				"Authorization", "Cookie", "User-Agent", "Referer", "Origin", "X-Forwarded-For", "Forwarded",
				"X-Request-Id", "Traceparent", "Tracestate", "Baggage", "X-Amzn-Trace-Id", "Secret-Name",
			} {
				r.Header.Set(name, "secret")
			}
			ask(function{process: p}, r)
			spans, raw := c.take()
			seen += len(spans)
			if strings.Contains(strings.ToLower(raw), "secret") {
				t.Errorf("%s %s: the spans hold what the client sent: %v", method, path, spans)
			}
		}
	}
	if seen != 7*3 {
		t.Errorf("%d spans", seen)
	}
}

// The function does not start without a collector to send to.
func TestFunctionNeedsAnEndpoint(t *testing.T) {
	p := start(t, "./lambda", "", nil)
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "OTEL_EXPORTER_OTLP_ENDPOINT is not set") {
		t.Errorf("ended with %v", err)
	}
}
