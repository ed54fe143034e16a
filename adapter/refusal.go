package adapter

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/limit"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// refusals keep few the lines about what the function's policy refused, those
// about known callers apart from the others, which anybody can cause.
type refusals struct {
	known, unknown limit.Limiter
	quiet          atomic.Int64 // nobody, who offered no token: counted only
	pages          limit.Limiter
}

// explain writes the lines about what did not end as the caller hoped.
func (h *Handler) explain(x *exchange, res *result) {
	h.explainRefusal(x, res)
	if problem := x.problem(); problem != "" {
		h.explainPage(x, res, problem)
	}
}

// problem says why a browser keeps something from the page that sent the request,
// "" if nothing is known.
func (x *exchange) problem() string {
	if cors := x.event.slot.CORS(); cors != nil {
		return cors.Problem()
	}
	return ""
}

func corsGroup(problem string) slog.Attr {
	return slog.Attr{Key: "cors", Value: slog.GroupValue(slog.String("cause", problem))}
}

// explainPage writes the line about what a browser keeps from its page. Everybody
// can cause it, so that it has a limit of its own.
func (h *Handler) explainPage(x *exchange, res *result, problem string) {
	defer func() { _ = recover() }() // a Logger that panics
	ctx, route, method := context.WithoutCancel(x.parent), x.route(), ""
	if r := x.served(); r != nil {
		method = r.Method
	}
	say, leftOut := h.refusals.pages.Admit(time.Now(), route+"\n"+problem)
	if leftOut > 0 {
		h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "cors: refusals like those logged, or too many of them, made no line of their own",
			slog.Int("left_out", leftOut))
	}
	if say {
		attrs := append(whose(ctx, &x.event, method, route), slog.Int(attrStatus, res.status), corsGroup(problem))
		h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "cors: refused", attrs...)
	}
}

// explainRefusal writes the line about a refusal of the function's policy. It has
// the module's own texts only.
func (h *Handler) explainRefusal(x *exchange, res *result) {
	defer func() { _ = recover() }() // a Logger that panics
	decision, refusal, ok := x.refusal(res)
	if !ok {
		return
	}
	if refusal.Quiet {
		h.refusals.quiet.Add(1)
		return
	}
	h.sayRefusal(x, res, decision, refusal)
}

// refusal returns what the function's policy refused, unless the answer is not the
// policy's after all.
func (x *exchange) refusal(res *result) (slot.Decision, slot.Refusal, bool) {
	decision := x.event.slot.Decision()
	if decision == nil || res.status < http.StatusBadRequest || res.reason != "" {
		return nil, slot.Refusal{}, false
	}
	refusal, ok := decision.Refusal()
	return decision, refusal, ok
}

// What was said of the policy in force.
const (
	saidGuard  = 1 // that of a Guard that has decided
	saidPolicy = 2 // that of a list of routes
)

// saySoOnce writes the line about the policy in force, at the first request that a
// Guard decided about, and in Lambda what is dangerous there. Of two requests at once
// the one that has not begun a list of routes may end first: then both are said.
func (h *Handler) saySoOnce(x *exchange) {
	before, now := h.said.Load(), int32(saidPolicy)
	policy := x.event.slot.Policy()
	if policy == nil && before == 0 {
		if decision := x.event.slot.Decision(); decision != nil {
			policy, now = decision.Policy(), saidGuard
		}
	}
	if policy == nil || before >= now || !h.said.CompareAndSwap(before, now) {
		return
	}
	defer func() { _ = recover() }() // a Logger that panics
	ctx := context.WithoutCancel(x.parent)
	h.options.Logger.LogAttrs(ctx, slog.LevelInfo, "authz: policy in force", slog.Attr{Key: "authz", Value: policy.LogValue()},
		slog.String(attrFormats, h.formats()), slog.String(attrOwner, x.corsOwner()))
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		return
	}
	for _, danger := range policy.Dangers() {
		h.options.Logger.LogAttrs(ctx, slog.LevelWarn, danger)
	}
}

// formats names the formats that are served.
func (h *Handler) formats() string {
	if h.options.Formats == nil {
		return "every HTTP front"
	}
	names := make([]string, len(h.options.Formats))
	for i, format := range h.options.Formats {
		names[i] = format.String()
	}
	return strings.Join(names, ", ")
}

// corsOwner says who is responsible for CORS, as the cors.Config says that the
// request passed.
func (x *exchange) corsOwner() string {
	if cors := x.event.slot.CORS(); cors != nil {
		return cors.Owner()
	}
	return "none: the request passed no cors.Middleware"
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
	attrs := append(whose(ctx, &x.event, refusal.Method, decision.Route()),
		slog.String(attrAnsweredBy, "policy"),
		slog.Int(attrStatus, res.status),
		slog.Attr{Key: "authz", Value: decision.LogValue()})
	h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "authz: refused", fit(attrs)...)
}
