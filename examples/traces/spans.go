package traces

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Names of attributes in OpenTelemetry's conventions, as adapter.AccessLog has them.
const (
	attrMethod     = "http.request.method"
	attrRoute      = "http.route"
	attrStatus     = "http.response.status_code"
	attrError      = "error.type"
	attrInvocation = "faas.invocation_id"
	attrColdStart  = "faas.coldstart"
	attrTrigger    = "faas.trigger"
	attrReason     = "gatehouse.reason"
)

// spans passes spans on to the exporter's processor: the server span of an
// invocation when its outcome is known, the others when they end.
type spans struct {
	sdktrace.SpanProcessor

	mu           sync.Mutex
	byInvocation map[string]*serverSpan
	bySpan       map[trace.SpanID]*serverSpan
}

// serverSpan is one that has not been passed on.
type serverSpan struct {
	invocation string
	open       sdktrace.ReadWriteSpan
	ended      sdktrace.ReadOnlySpan // nil until it ends
	outcome    *adapter.Outcome      // nil until Done
}

func newSpans(next sdktrace.SpanProcessor) *spans {
	return &spans{
		SpanProcessor: next,
		byInvocation:  make(map[string]*serverSpan),
		bySpan:        make(map[trace.SpanID]*serverSpan),
	}
}

// OnStart notes the first server span of each invocation. A handler that is too
// late may begin another when nobody will say how the invocation ended.
func (p *spans) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	if id := invocationID(ctx); id != "" && s.SpanKind() == trace.SpanKindServer && ctx.Err() == nil {
		p.note(id, s)
	}
	p.SpanProcessor.OnStart(ctx, s)
}

func (p *spans) note(invocation string, s sdktrace.ReadWriteSpan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byInvocation[invocation] == nil {
		server := &serverSpan{invocation: invocation, open: s}
		p.byInvocation[invocation], p.bySpan[s.SpanContext().SpanID()] = server, server
	}
}

func (p *spans) OnEnd(s sdktrace.ReadOnlySpan) {
	p.mu.Lock()
	server := p.bySpan[s.SpanContext().SpanID()]
	if server != nil {
		server.ended = s
	}
	p.mu.Unlock()
	if server == nil {
		p.SpanProcessor.OnEnd(shownSpan{s, shown(s, nil)})
		return
	}
	p.pass(server)
}

// complete says how an invocation ended. That of a handler that still runs ends now.
func (p *spans) complete(ctx context.Context, o *adapter.Outcome) {
	p.mu.Lock()
	server := p.byInvocation[invocationID(ctx)]
	if server != nil {
		server.outcome = o
	}
	p.mu.Unlock()
	if server != nil {
		server.open.End() // OnEnd, unless it has ended
		p.pass(server)
	}
}

// pass passes on a span that has ended and whose outcome is known, once.
func (p *spans) pass(server *serverSpan) {
	p.mu.Lock()
	id := server.open.SpanContext().SpanID()
	ready := server.ended != nil && server.outcome != nil && p.bySpan[id] == server
	if ready {
		delete(p.byInvocation, server.invocation)
		delete(p.bySpan, id)
	}
	p.mu.Unlock()
	if ready {
		attrs := shown(server.ended, told(server.invocation, server.outcome))
		p.SpanProcessor.OnEnd(completeSpan{shownSpan{server.ended, attrs}, server.outcome})
	}
}

func invocationID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// told are the attributes that the adapter knows better than middleware.
func told(invocation string, o *adapter.Outcome) []attribute.KeyValue {
	attrs := []attribute.KeyValue{
		attribute.String(attrTrigger, "http"),
		attribute.String(attrInvocation, invocation),
		attribute.Bool(attrColdStart, o.ColdStart),
	}
	if o.Status != 0 {
		attrs = append(attrs, attribute.Int(attrStatus, o.Status))
	}
	if route := routeOf(o); route != "" {
		attrs = append(attrs, attribute.String(attrRoute, route))
	}
	if o.Reason != "" {
		attrs = append(attrs, attribute.String(attrReason, string(o.Reason)))
	}
	if failed(o) {
		attrs = append(attrs, attribute.String(attrError, errorType(o)))
	}
	return attrs
}

// routeOf is the pattern without the method that one of http.ServeMux may have.
// Blanks may also stand in a path.
func routeOf(o *adapter.Outcome) string {
	if i := strings.IndexAny(o.Route, " \t"); i >= 0 && !strings.Contains(o.Route[:i], "/") {
		return strings.TrimLeft(o.Route[i:], " \t")
	}
	return o.Route
}

func failed(o *adapter.Outcome) bool { return o.Status >= 500 || o.Failed != nil }

func errorType(o *adapter.Outcome) string {
	switch {
	case o.Reason == adapter.ReasonPanic:
		return fmt.Sprintf("%T", o.Panic)
	case o.Status != 0:
		return fmt.Sprint(o.Status)
	}
	return fmt.Sprintf("%T", o.Failed)
}

// shownSpan is a span with the attributes that leave the function.
type shownSpan struct {
	sdktrace.ReadOnlySpan
	attributes []attribute.KeyValue
}

func (s shownSpan) Attributes() []attribute.KeyValue { return s.attributes }

// Status of a client's span has no text: otelhttp.Transport's is that of an error, which
// may quote what the other side sent.
func (s shownSpan) Status() sdktrace.Status {
	status := s.ReadOnlySpan.Status()
	if s.SpanKind() == trace.SpanKindClient {
		status.Description = ""
	}
	return status
}

// completeSpan is a server span as the client saw the request end.
type completeSpan struct {
	shownSpan
	outcome *adapter.Outcome
}

// Name is the method and the pattern. otelhttp's name may end in a path, where
// http.ServeMux redirects to one with a slash at its end.
func (s completeSpan) Name() string {
	name := "HTTP" // for a method that the client made up
	for _, a := range s.attributes {
		if a.Key == attrMethod && a.Value.AsString() != "_OTHER" {
			name = a.Value.AsString()
		}
	}
	if route := routeOf(s.outcome); route != "" {
		name += " " + route
	}
	return name
}

// Status is that of OpenTelemetry's conventions for servers: an error from 500 on.
func (s completeSpan) Status() sdktrace.Status {
	if failed(s.outcome) {
		return sdktrace.Status{Code: codes.Error, Description: string(s.outcome.Reason)}
	}
	return sdktrace.Status{}
}
