package adapter

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/internal/limit"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// refusals keep few the lines about what the function's policy refused, those
// about known callers apart from the others, which anybody can cause.
type refusals struct {
	known, unknown limit.Limiter
	quiet          atomic.Int64 // nobody, who offered no token: counted only
}

// explainRefusal writes the line about a refusal of the function's policy. It has
// the module's own texts only.
func (h *Handler) explainRefusal(x *exchange, res *result) {
	defer func() { _ = recover() }() // a Logger that panics
	decision := x.event.slot.Decision()
	if decision == nil || res.status < http.StatusBadRequest || res.reason != "" {
		return
	}
	refusal, ok := decision.Refusal()
	if !ok {
		return
	}
	if refusal.Quiet {
		h.refusals.quiet.Add(1)
		return
	}
	h.sayRefusal(x, res, decision, refusal)
}

func (h *Handler) sayRefusal(x *exchange, res *result, decision slot.Decision, refusal slot.Refusal) {
	few := &h.refusals.unknown
	if refusal.Known {
		few = &h.refusals.known
	}
	ctx := context.WithoutCancel(x.parent)
	say, leftOut := few.Admit(time.Now(), decision.Route()+"\n"+refusal.Code+"\n"+refusal.Cause)
	if leftOut > 0 {
		h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "authz: refusals like those logged, or too many of them, made no line of their own",
			slog.Int("left_out", leftOut), slog.Bool("known_callers", refusal.Known), slog.Int64("without_token", h.refusals.quiet.Swap(0)))
	}
	if !say {
		return
	}
	event := &x.event
	attrs := make([]slog.Attr, 0, 9)
	attrs = append(attrs,
		slog.String("gatehouse.answered_by", "policy"),
		slog.String("gatehouse.front", event.format.String()),
		slog.Int("http.response.status_code", res.status))
	for _, attr := range [...]slog.Attr{
		slog.String("http.request.method", loggedMethod(refusal.Method)),
		slog.String("http.route", routeOf(decision.Route())),
		slog.String("faas.invocation_id", invocationID(ctx)),
		slog.String("gatehouse.request_id", event.RequestID()),
		slog.String("gatehouse.api_id", event.APIID()),
	} {
		if attr.Value.String() != "" {
			attrs = append(attrs, attr)
		}
	}
	attrs = append(attrs, slog.Attr{Key: "authz", Value: decision.LogValue()})
	h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "authz: refused", attrs...)
}

// routeOf leaves out the method that a pattern of http.ServeMux may begin with.
func routeOf(pattern string) string {
	if i := strings.LastIndexAny(pattern, " \t"); i >= 0 {
		return pattern[i+1:]
	}
	return pattern
}

func invocationID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// loggedMethod keeps what a client made up out of log lines, as OpenTelemetry's
// conventions for HTTP do
// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
func loggedMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
		http.MethodDelete, http.MethodConnect, http.MethodOptions, http.MethodTrace:
		return method
	}
	return "_OTHER"
}
