package adapter

import (
	"cmp"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Outcome describes how one invocation ended. Options.Fail and Options.Done
// get it. It holds values only: a handler that was too late may still write to
// its request, so that neither the request nor its header is part of it.
type Outcome struct {
	Format Format // 0 for an event that no front sent
	Event  *Event // nil unless the event made a request

	Method string // of the request
	// Route is the pattern that matched: that of a Guard's rule, or else what
	// http.ServeMux left in Request.Pattern. It is "" if no pattern matched. Without
	// a Guard it is also "" for a handler that was too late, and, without [Route], for a
	// ServeMux behind middleware that copies the request.
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

	// Attrs are the groups "authz", as a Guard left it, "cors", which says why a
	// browser keeps something from its page, and "app", of AddAttrs. Each is absent
	// if it is empty.
	Attrs []slog.Attr

	// Failed is the error that the invocation ends with: that of Options.Fail or
	// Options.Fallback, an *EventError, or what broke a stream off. Options.Fail
	// always sees nil.
	Failed error

	answeredBy string       // for AccessLog: adapter, policy or handler
	code       string       // of a refusal of the policy
	kept       string       // why a browser keeps something from its page
	explained  *atomic.Bool // set by AccessLog
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

// result is how the handler came to an end, and what is made of that.
type result struct {
	status int
	reason Reason
	own    bool   // the answer is one in the handler's place
	member string // of the event, which is at fault
	panic  any
	stack  []byte
	failed error // of the invocation, because of a function of Options
}

func (r *result) panicked() bool {
	return r.reason == ReasonPanic || r.reason == ReasonAbort || r.reason == ReasonGoexit
}

// record is what an Outcome says that nothing else keeps.
type record struct {
	addedAttrs

	// The exchange's lock guards these.
	payload []byte // nil once Invoke has returned, or the stream is closed
	event   *Event // of the latest Outcome, which reads the payload too

	began   time.Time
	cold    bool
	request *http.Request // nil: there is none
	method  string        // of the request, which the handler may change
}

// note begins the record, if somebody is told.
func (x *exchange) note() {
	if o := &x.handler.options; o.Fail != nil || o.Done != nil {
		x.record = &record{payload: x.event.raw, began: time.Now(), cold: x.handler.isCold()}
	}
}

func (x *exchange) noteRequest(r *http.Request) {
	if x.record != nil {
		x.record.request, x.record.method = r, r.Method
	}
}

// told returns the event for an Outcome.
func (x *exchange) told() *Event {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.record.event = x.event.again(x.record.payload)
	return x.record.event
}

// release takes the payload away from everybody who is told how the exchange ended.
func (x *exchange) release() {
	if x.record == nil {
		return
	}
	x.mu.Lock()
	event := x.record.event
	x.record.payload = nil
	x.mu.Unlock()
	if event != nil {
		event.detach()
	}
}

// isCold reports whether this is the first invocation.
func (h *Handler) isCold() bool { return !h.warm.Swap(true) }

// codeOf stands for the code of a refusal that has none.
func codeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "no_token"
	case http.StatusServiceUnavailable:
		return "temporarily_unavailable"
	}
	return "no_route"
}

// outcome describes the end of the exchange.
func (x *exchange) outcome(res *result) *Outcome {
	o := &Outcome{
		Format: x.event.format, Event: x.told(),
		Method: x.record.method, Status: res.status,
		Reason: res.reason, Timeout: res.reason == ReasonLate,
		Panic: res.panic, Stack: res.stack,
		Duration: time.Since(x.record.began), ColdStart: x.record.cold,
	}
	o.Deadline, _ = x.parent.Deadline()
	o.answeredBy = "handler"
	if _, refusal, refused := x.refusal(res); refused {
		o.answeredBy, o.code = "policy", cmp.Or(refusal.Code, codeOf(res.status))
	} else if res.own {
		o.answeredBy = "adapter"
	}
	decision := x.event.slot.Decision()
	if decision != nil {
		o.Route = decision.Route()
		o.Attrs = append(o.Attrs, slog.Any("authz", decision.LogValue()))
	}
	if o.Route == "" {
		o.Route = x.pattern()
	}
	if o.kept = x.problem(); o.kept != "" {
		o.Attrs = append(o.Attrs, corsGroup(o.kept))
	}
	if added := x.record.take(); len(added) > 0 {
		o.Attrs = append(o.Attrs, slog.Attr{Key: "app", Value: slog.GroupValue(added...)})
	}
	return o
}

// served returns the request for the time after the handler; nil while the handler
// may be writing it, and where neither a limit nor Options need it to be kept.
func (x *exchange) served() *http.Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.cause != returned:
	case x.record != nil:
		return x.record.request
	case x.guard != nil:
		return x.guard.request
	}
	return nil
}
