package traces

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// FromEnv returns Traces that send spans by OTLP over HTTP to the collector that
// OTEL_EXPORTER_OTLP_ENDPOINT names, such as http://localhost:4318 for one in an
// extension of the function. It is an error if nothing names one. OpenTelemetry's
// own errors are logged with logger, too, each by a text of this package.
func FromEnv(logger *slog.Logger) (*Traces, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
		return nil, errors.New("traces: OTEL_EXPORTER_OTLP_ENDPOINT is not set")
	}
	// The exporter waits five seconds before it tries again, which no reply does.
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		logger.Warn("traces: OpenTelemetry", "reason", reason(err))
	}))
	return New(twice{exporter}, logger), nil
}

// twice is an exporter that tries again, once: while the function was frozen, the
// collector may have closed the connection that is to be used next.
type twice struct{ sdktrace.SpanExporter }

func (t twice) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := t.SpanExporter.ExportSpans(ctx, spans)
	if err != nil && ctx.Err() == nil {
		err = t.SpanExporter.ExportSpans(ctx, spans)
	}
	return err
}

// reason says what an exporter's error is about, in a text of our own: the error's may
// hold all that a collector has answered, which may quote what it was sent.
func reason(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "the collector took too long"
	case errors.As(err, new(*url.Error)):
		return "the collector cannot be reached"
	}
	return "the collector did not take them: see its own log"
}
