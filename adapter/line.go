package adapter

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/internal/ids"
)

// Names of attributes: OpenTelemetry's where it has one, else our own.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/
// https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/
const (
	attrMethod     = "http.request.method"
	attrRoute      = "http.route"
	attrStatus     = "http.response.status_code"
	attrInvocation = "faas.invocation_id"
	attrColdStart  = "faas.coldstart"
	attrTrace      = "trace_id"
	attrFront      = "gatehouse.front"
	attrAnsweredBy = "gatehouse.answered_by"
	attrReason     = "gatehouse.reason"
	attrAdvice     = "gatehouse.advice"
	attrMember     = "gatehouse.member"
	attrRequestID  = "gatehouse.request_id"
	attrAPIID      = "gatehouse.api_id"
	attrStage      = "gatehouse.stage"
	attrEventBytes = "gatehouse.event_bytes"
	attrBodyBytes  = "gatehouse.body_bytes"
	attrReplyBytes = "gatehouse.reply_bytes"
	attrFormats    = "gatehouse.formats"
	attrOwner      = "gatehouse.cors_owner"
	attrDuration   = "gatehouse.duration_ms"
	attrTimeLeft   = "gatehouse.time_left_ms"
)

// whose are the attributes that say which request a line is about, those that are
// known. A line holds nothing else that came in an event.
func whose(ctx context.Context, event *Event, method, route string) []slog.Attr {
	attrs := make([]slog.Attr, 0, 16)
	if event == nil {
		event = new(Event)
	} else {
		attrs = append(attrs, slog.String(attrFront, event.format.String()))
	}
	for _, attr := range [...]slog.Attr{
		slog.String(attrMethod, loggedMethod(method)),
		slog.String(attrRoute, routeOf(route)),
		slog.String(attrInvocation, invocationID(ctx)),
		slog.String(attrRequestID, ids.Known(event.RequestID())),
		slog.String(attrAPIID, ids.Known(event.APIID())),
		slog.String(attrTrace, traceID(ctx)),
	} {
		if attr.Value.String() != "" {
			attrs = append(attrs, attr)
		}
	}
	return attrs
}

// routeOf leaves out the method that a pattern of http.ServeMux may begin with.
// Blanks may also stand in a path.
func routeOf(pattern string) string {
	if i := strings.IndexAny(pattern, " \t"); i >= 0 && !strings.Contains(pattern[:i], "/") {
		return strings.TrimLeft(pattern[i:], " \t")
	}
	return pattern
}

// whose is for lines about an invocation that has ended.
func (o *Outcome) whose(ctx context.Context) []slog.Attr {
	return whose(ctx, o.Event, o.Method, o.Route)
}

func invocationID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return ids.Known(lc.AwsRequestID)
	}
	return ""
}

// traceID returns the ID of the invocation's trace in W3C's form, 32 hexadecimal
// digits, "" if there is none. AWS writes it as 1-<8 digits>-<24 digits>.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func traceID(ctx context.Context) string {
	for field := range strings.SplitSeq(trace(ctx), ";") {
		root, ok := strings.CutPrefix(strings.TrimSpace(field), "Root=1-")
		if !ok || len(root) != 8+1+24 || root[8] != '-' {
			continue
		}
		id := root[:8] + root[9:]
		for i := range len(id) {
			if !isHex(id[i]) {
				return ""
			}
		}
		return id
	}
	return ""
}

// loggedMethod keeps what a client made up out of log lines, as OpenTelemetry's
// conventions do. It returns "" for no method.
func loggedMethod(method string) string {
	switch method {
	case "", http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}
