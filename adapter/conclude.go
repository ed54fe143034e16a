package adapter

import (
	"context"
	"time"
)

// A caller calls a function of Options. It reports false if that takes too long.
type caller func(f func()) bool

// direct is for the handler's own goroutine, which nobody waits for beyond the
// limit.
func direct(f func()) bool { f(); return true }

// within calls f on a goroutine of its own and waits until lastCall.
func (x *exchange) within(f func()) bool {
	returned := make(chan struct{})
	go func() {
		defer close(returned) // also if f exits its goroutine
		f()
	}()
	last, limited := x.lastCall()
	if !limited {
		<-returned
		return true
	}
	timer := time.NewTimer(time.Until(last))
	defer timer.Stop()
	select {
	case <-returned:
		return true
	case <-timer.C:
		return false
	}
}

// conclude asks Options.Fail and tells Options.Done how a buffered exchange ended,
// and returns what Invoke does.
func (x *exchange) conclude(res *result, reply []byte, call caller) ([]byte, error) {
	x.handler.explainRefusal(x, res)
	failed := res.failed
	if failed == nil {
		failed = x.fail(res, len(reply), call)
	}
	if failed != nil {
		reply = nil
	}
	x.done(res, len(reply), failed, call)
	return reply, failed
}

// fail asks Options.Fail. If it takes too long, the invocation does not fail. The
// bytes are those that are about to be sent, or were.
func (x *exchange) fail(res *result, bytes int, call caller) error {
	h := x.handler
	if h.options.Fail == nil {
		return nil
	}
	o := x.outcome(res)
	defer o.Event.detach()
	o.ReplyBytes = bytes
	err := errOptionPanicked // unless it returns
	called := call(func() {
		defer h.recovered(x.parent, &err)
		err = h.options.Fail(context.WithoutCancel(x.parent), o)
	})
	if !called {
		h.logSlow(x)
		return nil
	}
	if err == errOptionPanicked {
		res.reason = ReasonOption
	}
	return err
}

// done tells Options.Done. The bytes are those that were sent.
func (x *exchange) done(res *result, bytes int, failed error, call caller) {
	h := x.handler
	if h.options.Done == nil {
		return
	}
	o := x.outcome(res)
	defer o.Event.detach()
	o.ReplyBytes, o.Failed = bytes, failed
	if failed != nil && bytes == 0 {
		o.Status = 0
	}
	if !call(func() { h.tell(x.parent, o) }) {
		h.logSlow(x)
	}
}

// tell calls Options.Done, whose panic changes nothing.
func (h *Handler) tell(ctx context.Context, o *Outcome) {
	var err error
	defer h.recovered(ctx, &err)
	h.options.Done(context.WithoutCancel(ctx), o)
}

// contain is deferred around functions of Options: a panic fails the invocation.
func (x *exchange) contain(res *result) {
	if v := recover(); v != nil {
		res.status, res.reason = 0, ReasonOption
		res.failed = x.handler.optionPanicked(x.parent, v)
	}
}

// recovered is contain for a function that returns an error.
func (h *Handler) recovered(ctx context.Context, err *error) {
	if v := recover(); v != nil {
		*err = h.optionPanicked(ctx, v)
	}
}
