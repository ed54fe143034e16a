// Package traces makes OpenTelemetry spans of the requests that a function serves:
// otelhttp's server span as a part of Lambda's own trace, with the status that the
// client got, sent before Lambda freezes the function.
//
//	t := traces.New(exporter, logger)
//	h := adapter.New(t.Wrap(traces.Handler()), &adapter.Options{Done: t.Done(nil)})
//	lambda.StartWithOptions(h, lambda.WithEnableSIGTERM(t.Shutdown))
//
// What spans hold: names and values that the program owns. Of what otelhttp notes
// about a request, everything that is the client's to choose is left out: its path,
// query, Host, addresses, User-Agent and unknown methods.
package traces

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Patience is the longest that a reply waits for the exporter. A collector beside
// the function answers in a few milliseconds.
const Patience = 200 * time.Millisecond

// rest is how long replies do not wait after one has waited in vain. The spans go
// with those of later invocations, as far as there is room for them.
const rest = 10 * time.Second

// Traces makes spans. It is safe for concurrent use.
type Traces struct {
	provider *sdktrace.TracerProvider
	spans    *spans
	logger   *slog.Logger
	rests    atomic.Int64 // until when, in nanoseconds of Unix time: other clocks may stop in the freeze
}

// New returns Traces that send spans to exporter and log with logger if that fails.
// A request is sampled if the invocation's trace is, unless OTEL_TRACES_SAMPLER or a
// sdktrace.WithSampler among the options decides otherwise.
func New(exporter sdktrace.SpanExporter, logger *slog.Logger, options ...sdktrace.TracerProviderOption) *Traces {
	t := &Traces{
		spans:  newSpans(sdktrace.NewBatchSpanProcessor(exporter, sdktrace.WithExportTimeout(Patience))),
		logger: logger,
	}
	t.provider = sdktrace.NewTracerProvider(append([]sdktrace.TracerProviderOption{
		sdktrace.WithSpanProcessor(t.spans),
		sdktrace.WithResource(function()),
		sdktrace.WithoutPanicRecording(), // a panic's text may be a caller's
	}, options...)...)
	return t
}

// Wrap begins a server span for each request, whose parent is Lambda's. It belongs
// around the whole handler.
func (t *Traces) Wrap(h http.Handler) http.Handler {
	begin := otelhttp.NewMiddleware("",
		otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithPropagators(lambdaParent{}),
	)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin(http.HandlerFunc(func(w http.ResponseWriter, traced *http.Request) {
			defer func() { r.Pattern = traced.Pattern }() // of the copy, which the adapter does not see
			h.ServeHTTP(w, traced)
		})).ServeHTTP(w, r)
	})
}

// Done returns a function for adapter.Options.Done. It calls next, such as
// adapter.AccessLog's function, unless next is nil; completes the server span; and
// waits until the exporter has all spans, for at most Patience. What the exporter
// has not taken by then is lost, which makes a WARN line, and for the next ten
// seconds replies do not wait.
func (t *Traces) Done(next func(context.Context, *adapter.Outcome)) func(context.Context, *adapter.Outcome) {
	return func(ctx context.Context, o *adapter.Outcome) {
		defer func() { // also if next panics
			t.spans.complete(ctx, o)
			t.flush(ctx)
		}()
		if next != nil {
			next(ctx, o)
		}
	}
}

func (t *Traces) flush(ctx context.Context) {
	if time.Now().UnixNano() < t.rests.Load() {
		return
	}
	flush, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	if err := t.provider.ForceFlush(flush); err != nil {
		t.rests.Store(time.Now().Add(rest).UnixNano())
		t.logger.WarnContext(ctx, "traces: spans are lost", "reason", reason(err))
	}
}

// Shutdown sends what has ended since the last invocation, such as the work of a
// handler that was too late. It is for lambda.WithEnableSIGTERM: Lambda kills the
// function half a second after SIGTERM.
func (t *Traces) Shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*Patience)
	defer cancel()
	if err := t.provider.Shutdown(ctx); err != nil {
		t.logger.Warn("traces: spans are lost at the end", "reason", reason(err))
	}
}

// function describes the function in the terms of OpenTelemetry; OTEL_SERVICE_NAME
// and OTEL_RESOURCE_ATTRIBUTES have the last word.
func function() *resource.Resource {
	r, err := resource.New(context.Background(),
		resource.WithTelemetrySDK(), resource.WithAttributes(environment()...), resource.WithFromEnv())
	if err != nil {
		slog.Warn("traces: OTEL_RESOURCE_ATTRIBUTES", "error", err)
	}
	return r
}
