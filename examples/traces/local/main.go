// Command local runs the API of orders on a laptop and prints its spans, or sends
// them to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	flag.Parse()
	h, opts := setUp(os.Stderr)
	if err := local.ListenAndServe(*addr, h, opts); err != nil {
		log.Fatal(err)
	}
}

// setUp samples every trace: the gateway on the laptop begins none that is sampled.
func setUp(out io.Writer) (http.Handler, *local.Options) {
	t, err := traces.FromEnv(slog.Default())
	if err != nil {
		t = traces.New(printer{out}, slog.Default(), sdktrace.WithSampler(sdktrace.AlwaysSample()))
	}
	return t.Wrap(traces.Handler()), &local.Options{
		Adapter: &adapter.Options{Done: t.Done(nil)},
		Try: []local.Try{
			{Path: "/orders/1", Want: http.StatusOK},
			{Path: "/orders/2", Want: http.StatusNotFound},
		},
	}
}

// printer is an exporter for people.
type printer struct{ out io.Writer }

func (p printer) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	for _, s := range spans {
		fmt.Fprintf(p.out, "span %q in trace %s, %s of %s, %v:", s.Name(), s.SpanContext().TraceID(), s.SpanContext().SpanID(), s.Parent().SpanID(), s.EndTime().Sub(s.StartTime()))
		for _, a := range s.Attributes() {
			fmt.Fprintf(p.out, " %s=%s", a.Key, a.Value.String())
		}
		fmt.Fprintln(p.out)
	}
	return nil
}

func (printer) Shutdown(context.Context) error { return nil }
