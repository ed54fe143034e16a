package adapter

import (
	"context"
	"log/slog"
	"net/http"
	"os"
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

// saySoOnce writes the line about the policy in force, at the first request that a
// Guard decided about, and in Lambda what is dangerous there.
func (h *Handler) saySoOnce(x *exchange) {
	policy := x.event.slot.Policy()
	if policy == nil || h.started.Swap(true) {
		return
	}
	defer func() { _ = recover() }() // a Logger that panics
	ctx := context.WithoutCancel(x.parent)
	h.options.Logger.LogAttrs(ctx, slog.LevelInfo, "authz: policy in force", slog.Attr{Key: "authz", Value: policy.LogValue()})
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		return
	}
	for _, danger := range policy.Dangers() {
		h.options.Logger.LogAttrs(ctx, slog.LevelWarn, danger)
	}
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
	h.options.Logger.LogAttrs(ctx, slog.LevelWarn, "authz: refused", attrs...)
}
