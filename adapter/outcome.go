package adapter

import (
	"context"
	"log/slog"
	"time"
)

// Outcome describes how one invocation ended. Options.Fail and Options.Done
// get it. It holds values only: a handler that was too late may still write to
// its request, so that neither the request nor its header is part of it.
type Outcome struct {
	Format Format // 0 for an event that no front sent
	Event  *Event // nil unless the event made a request

	Method string // of the request
	// Route is the pattern that matched: that of a Guard's rule, or what
	// http.ServeMux left in Request.Pattern. It is "" if no pattern matched,
	// for a handler that was too late, and for a ServeMux behind middleware that
	// copies the request.
	Route string

	Status     int           // sent to the front; 0 if nothing was
	ReplyBytes int           // of the reply as JSON, or of the stream as far as it was sent
	Duration   time.Duration // from the event to the end of the reply
	Deadline   time.Time     // of the invocation; zero if it has none
	ColdStart  bool          // the first invocation of its Handler

	// Reason says why the reply is not the handler's, or not the whole of it; it
	// is "" for a reply of the handler's own that was sent as it was made.
	Reason  Reason
	Timeout bool   // Reason is ReasonLate
	Panic   any    // what the handler panicked with, or an error if it exited its goroutine
	Stack   []byte // of the panic

	// Attrs are the groups "authz", as a Guard left it, and "app", of AddAttrs.
	// Either is absent if it is empty.
	Attrs []slog.Attr

	// Failed is the error that the invocation ends with: that of Options.Fail or
	// Options.Fallback, an *EventError, or what broke a stream off. Options.Fail
	// always sees nil.
	Failed error
}

// Reason says in a few words why an invocation did not end with the handler's
// whole reply. The set of reasons may grow; each is a text that is the same for
// every event and so fit for a log line or a metric.
type Reason string

// Events that make no request.
const (
	ReasonMalformed  Reason = "malformed JSON"
	ReasonTwice      Reason = "two requestContexts" // which of them would name the caller?
	ReasonFormat     Reason = "a format that Options.Formats leaves out"
	ReasonAuthorizer Reason = "Lambda authorizer"
	ReasonAgent      Reason = "Bedrock agent"
	ReasonUnknown    Reason = "unknown"
	ReasonFallback   Reason = "served by Options.Fallback"
)

// Requests that Handler answers in the handler's place, and streams that end
// before they are complete.
const (
	ReasonBadRequest     Reason = "the event makes no request that HTTP allows"
	ReasonHeaderTooLarge Reason = "the request's header is larger than 1 MB"
	ReasonBadBase64      Reason = "the request's body is not valid base64"
	ReasonLate           Reason = "the handler took too long"
	ReasonPanic          Reason = "the handler panicked"
	ReasonAbort          Reason = "the handler panicked with http.ErrAbortHandler"
	ReasonGoexit         Reason = "the handler exited its goroutine"
	ReasonBadStatus      Reason = "the handler's status cannot be sent"
	ReasonTooLarge       Reason = "the reply is larger than the front takes"
	ReasonTooShort       Reason = "the handler wrote less than the Content-Length it set"
	ReasonClosed         Reason = "the runtime closed the stream"
	ReasonWriteDeadline  Reason = "the write deadline passed"
	ReasonOption         Reason = "a function of Options panicked"
)

// result is how the handler's call ended, as long as it is not yet known how
// the invocation does.
type result struct {
	status int
	bytes  int // of the reply
	reason Reason
	member string // of the event, which is at fault
	panic  any
	stack  []byte
}

func (r *result) panicked() bool {
	return r.reason == ReasonPanic || r.reason == ReasonAbort || r.reason == ReasonGoexit
}

// conclude asks Fail and tells Done how an invocation ended. It returns what
// Fail does.
func (h *Handler) conclude(inv *invocation, res result) error {
	h.explainRefusal(inv, &res)
	if h.options.Fail == nil && h.options.Done == nil {
		return nil
	}
	o := h.outcome(inv, res)
	ctx := context.WithoutCancel(inv.parent)
	if h.options.Fail != nil {
		o.Failed = h.options.Fail(ctx, o)
	}
	failed := o.Failed
	if h.options.Done != nil {
		h.options.Done(ctx, o)
	}
	return failed
}

func (h *Handler) outcome(inv *invocation, res result) *Outcome {
	o := &Outcome{
		Format: inv.event.format, Event: &inv.event,
		Status: res.status, ReplyBytes: res.bytes, Reason: res.reason, Timeout: res.reason == ReasonLate,
		Panic: res.panic, Stack: res.stack,
		Duration: time.Since(inv.record.began), ColdStart: inv.record.cold,
		Method: inv.record.method,
	}
	o.Deadline, _ = inv.parent.Deadline()
	decision := inv.event.slot.Decision()
	if decision != nil {
		o.Route = decision.Route()
		o.Attrs = append(o.Attrs, slog.Any("authz", decision.LogValue()))
	}
	if r := inv.record.request; o.Route == "" && r != nil && res.reason != ReasonLate && res.reason != ReasonClosed {
		o.Route = r.Pattern
	}
	if added := inv.record.take(); len(added) > 0 {
		o.Attrs = append(o.Attrs, slog.Attr{Key: "app", Value: slog.GroupValue(added...)})
	}
	return o
}

// refuse tells Done of an event that made no request.
func (h *Handler) refuse(ctx context.Context, began time.Time, reason Reason, failed error) {
	if h.options.Done == nil {
		return
	}
	o := &Outcome{Reason: reason, Failed: failed, Duration: time.Since(began), ColdStart: !h.warm.Swap(true)}
	o.Deadline, _ = ctx.Deadline()
	h.options.Done(context.WithoutCancel(ctx), o)
}
