package traces

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceKey is aws-lambda-go's context key for the trace header of an invocation.
const traceKey = "x-amzn-trace-id"

// lambdaParent takes a request's parent from the invocation and from nowhere else:
// the client's traceparent, baggage and X-Amzn-Trace-Id are not read. Package
// adapter gives the request the same X-Amzn-Trace-Id, but leaves the client's where
// the runtime has none.
type lambdaParent struct{}

// Extract reads Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=1. Without
// a parent the server span is the first of its trace, and the sampler decides.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func (lambdaParent) Extract(ctx context.Context, _ propagation.TextMapCarrier) context.Context {
	header, _ := ctx.Value(traceKey).(string)
	var parent trace.SpanContextConfig
	for field := range strings.SplitSeq(header, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch strings.ToLower(name) { // what is malformed stays zero
		case "root":
			digits, _ := strings.CutPrefix(value, "1-")
			parent.TraceID, _ = trace.TraceIDFromHex(strings.ReplaceAll(digits, "-", ""))
		case "parent":
			parent.SpanID, _ = trace.SpanIDFromHex(value)
		case "sampled":
			parent.TraceFlags = trace.TraceFlags(0).WithSampled(value == "1")
		}
	}
	return trace.ContextWithRemoteSpanContext(ctx, trace.NewSpanContext(parent))
}

// Inject and Fields are for clients; this is a server's.
func (lambdaParent) Inject(context.Context, propagation.TextMapCarrier) {}
func (lambdaParent) Fields() []string                                   { return nil }
