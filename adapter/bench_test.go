package adapter_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// events is where the events of this package's tests are.
const events = "testdata/events"

// BenchmarkInvoke runs each scenario through lambda.NewHandler, as in
// production. internal/compat has the same rows beside other libraries.
func BenchmarkInvoke(b *testing.B) {
	for _, s := range scenario.All(b, events) {
		b.Run(s.Name, func(b *testing.B) {
			s.Benchmark(b, lambda.NewHandler(adapter.New(s.Handler, nil)))
		})
	}
}

// BenchmarkDeadline shows what a deadline costs, for a handler that needs little
// stack and for one that needs 8 KB: the second must not pay more. It leans on how
// today's runtime grows stacks, and so runs on every Go of the workflow.
func BenchmarkDeadline(b *testing.B) {
	for name, handler := range map[string]http.HandlerFunc{"shallow": scenario.SayHello, "deep": deep} {
		for _, limited := range []bool{false, true} {
			s := scenario.All(b, events)[0]
			s.Handler, s.Limited = handler, limited
			b.Run(fmt.Sprintf("%s/limited=%v", name, limited), func(b *testing.B) {
				s.Benchmark(b, adapter.New(s.Handler, nil))
			})
			b.Run(fmt.Sprintf("%s/limited=%v/streamed", name, limited), func(b *testing.B) {
				benchmarkStream(b, s)
			})
		}
	}
}

// benchmarkStream reads a streamed reply to its end.
func benchmarkStream(b *testing.B, s scenario.Scenario) {
	h := adapter.New(s.Handler, nil)
	ctx, cancel := s.Context()
	defer cancel()
	event := []byte(functionURLEvent())
	buffer := make([]byte, 32<<10)
	b.ReportAllocs()
	for b.Loop() {
		st, err := h.Stream(ctx, event)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = st.Read(buffer)
		}
		_ = st.Close()
	}
}

// BenchmarkAccessLog is a request without AccessLog and with it, beside the same line
// written by slog alone, with no request. B-logged/op is what CloudWatch Logs would get,
// less what aws-lambda-go's handler adds: the request's ID once more.
func BenchmarkAccessLog(b *testing.B) {
	var attrs kept
	serve := observed(b, adapter.AccessLog(slog.New(&attrs), nil))
	serve() // a cold start
	serve()
	var written counter
	logger := slog.New(slog.NewJSONHandler(&written, nil))
	for _, row := range []struct {
		name string
		call func()
	}{
		{"off", observed(b, nil)},
		{"slog alone", func() { logger.LogAttrs(context.Background(), slog.LevelInfo, "invocation", attrs.attrs...) }},
		{"on", observed(b, adapter.AccessLog(logger, nil))},
		{"on with metrics", observed(b, adapter.AccessLog(logger, &adapter.AccessLogOptions{Metrics: "notes-prod", MetricsOutput: &written}))},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			written = 0
			for b.Loop() {
				row.call()
			}
			b.ReportMetric(float64(written)/float64(b.N), "B-logged/op")
		})
	}
}

// observed returns a function that serves an event.
func observed(b *testing.B, done func(context.Context, *adapter.Outcome)) func() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /notes/{id}", scenario.SayHello)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(production(b)), time.Hour)
	b.Cleanup(cancel)
	h, event := adapter.New(mux, &adapter.Options{Done: done}), []byte(fullEvent)
	return func() {
		if _, err := h.Invoke(ctx, event); err != nil {
			b.Fatal(err)
		}
	}
}

// kept is a slog.Handler that keeps the attributes of the last line.
type kept struct {
	slog.Handler
	attrs []slog.Attr
}

func (*kept) Enabled(context.Context, slog.Level) bool { return true }

func (k *kept) Handle(_ context.Context, r slog.Record) error {
	k.attrs = nil
	r.Attrs(func(a slog.Attr) bool { k.attrs = append(k.attrs, a); return true })
	return nil
}

// counter counts what is written.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
