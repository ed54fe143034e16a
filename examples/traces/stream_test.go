package traces_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

// A stream has one span, which is sent before its end, also where the runtime does
// not want the end.
func TestStream(t *testing.T) {
	exporter := tracetest.NewInMemoryExporter()
	tr := traces.New(exporter, slog.Default(), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	told := make(chan struct{}, 1)
	endless := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 1000 {
			if _, err := w.Write(make([]byte, 32<<10)); err != nil || r.URL.Path == "/short" {
				return
			}
		}
	})
	done := tr.Done(nil)
	h := adapter.New(tr.Wrap(endless), &adapter.Options{
		Done: func(ctx context.Context, o *adapter.Outcome) { done(ctx, o); told <- struct{}{} },
	})
	for path, reason := range map[string]string{"/short": "", "/long": "the runtime closed the stream"} {
		event, err := gateway.MustNew(gateway.Config{Function: h, Format: adapter.FunctionURL}).Event(get(path))
		if err != nil {
			t.Fatal(err)
		}
		ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: path})
		stream, err := h.Stream(ctx, event)
		if err != nil {
			t.Fatal(err)
		}
		if path == "/short" {
			if _, err := io.Copy(io.Discard, stream); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		} else if _, err := stream.Read(make([]byte, 1)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := stream.Close(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		<-told
		spans := exporter.GetSpans()
		exporter.Reset()
		if len(spans) != 1 || attributeOf(spans[0], "http.response.status_code") != "200" || attributeOf(spans[0], "gatehouse.reason") != reason {
			t.Errorf("%s: %v", path, spans)
		}
	}
}

func attributeOf(s tracetest.SpanStub, name string) string {
	for _, a := range s.Attributes {
		if string(a.Key) == name {
			return a.Value.String()
		}
	}
	return ""
}
