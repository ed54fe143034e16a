package traces

import (
	"os"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Instrumentation fills these namespaces with what clients and servers sent.
var foreign = []string{"http.", "url.", "client.", "server.", "network.", "user_agent."}

// harmless are the names in them whose values nobody can choose freely.
var harmless = []string{attrMethod, attrStatus, "http.request.body.size", "network.protocol.version", "url.scheme"}

// shown returns the attributes of a span that leave the function, those of told in
// place of its own.
func shown(s sdktrace.ReadOnlySpan, told []attribute.KeyValue) []attribute.KeyValue {
	attrs := told
	for _, a := range s.Attributes() {
		overruled := slices.ContainsFunc(told, func(t attribute.KeyValue) bool { return t.Key == a.Key })
		if !overruled && isShown(string(a.Key), s.SpanKind()) {
			attrs = append(attrs, a)
		}
	}
	return attrs
}

func isShown(name string, kind trace.SpanKind) bool {
	if kind == trace.SpanKindClient && (name == "server.address" || name == "server.port") {
		return true // whom the function called
	}
	isForeign := slices.ContainsFunc(foreign, func(space string) bool { return strings.HasPrefix(name, space) })
	return !isForeign || slices.Contains(harmless, name)
}

// environment is what Lambda's environment variables say about the function.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func environment() []attribute.KeyValue {
	var attrs []attribute.KeyValue
	for _, v := range [...]struct{ attribute, variable string }{
		{"service.name", "AWS_LAMBDA_FUNCTION_NAME"},
		{"faas.name", "AWS_LAMBDA_FUNCTION_NAME"},
		{"faas.version", "AWS_LAMBDA_FUNCTION_VERSION"},
		{"faas.instance", "AWS_LAMBDA_LOG_STREAM_NAME"},
		{"cloud.region", "AWS_REGION"},
	} {
		if value := os.Getenv(v.variable); value != "" {
			attrs = append(attrs, attribute.String(v.attribute, value))
		}
	}
	return append(attrs, attribute.String("cloud.provider", "aws"))
}
