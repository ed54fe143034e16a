package traces_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/traces"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// nowhere is an exporter that takes no time.
type nowhere struct{}

func (nowhere) ExportSpans(context.Context, []sdktrace.ReadOnlySpan) error { return nil }
func (nowhere) Shutdown(context.Context) error                             { return nil }

// BenchmarkRequest is what spans cost a request beside the exporter.
func BenchmarkRequest(b *testing.B) {
	tr := traces.New(nowhere{}, slog.New(slog.NewJSONHandler(io.Discard, nil)))
	quiet := slog.New(slog.DiscardHandler)
	without := adapter.New(traces.Handler(), &adapter.Options{Logger: quiet})
	with := adapter.New(tr.Wrap(traces.Handler()), &adapter.Options{Logger: quiet, Done: tr.Done(nil)})
	for _, row := range []struct {
		name  string
		h     *adapter.Handler
		trace string
	}{
		{"without", without, sampled},
		{"unsampled", with, unsampled},
		{"sampled", with, sampled},
	} {
		b.Run(row.name, func(b *testing.B) {
			event, err := gateway.MustNew(gateway.Config{Function: row.h}).Event(get("/orders/1"))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ctx := lambdacontext.NewContext(b.Context(), &lambdacontext.LambdaContext{AwsRequestID: fmt.Sprint(i)})
				ctx = context.WithValue(ctx, "x-amzn-trace-id", row.trace) //lint:ignore SA1029 the key is aws-lambda-go's
				if _, err := row.h.Invoke(ctx, event); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart is from the start of the process to its first reply.
func BenchmarkStart(b *testing.B) {
	c := httptest.NewServer(new(standIn))
	defer c.Close()
	for name, folder := range map[string]string{"hello": "../hello/lambda", "traces": "./lambda"} {
		binary, err := runtimeapi.Build(b.Context(), b.TempDir(), folder)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p, err := runtimeapi.Start(b.Context(), binary, &runtimeapi.Options{Env: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.URL}})
				if err != nil {
					b.Fatal(err)
				}
				if status := ask(function{process: p}, get("/hello")); status >= 500 {
					b.Fatalf("status %d", status)
				}
				p.Close()
			}
		})
	}
}
