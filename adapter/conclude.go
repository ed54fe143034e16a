package adapter

import (
	"context"
	"sync/atomic"
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

// verdict asks Options.Fail about a buffered reply, and returns what Invoke does.
func (x *exchange) verdict(res *result, reply []byte, call caller) ([]byte, error) {
	failed := res.failed
	if failed == nil {
		failed = x.fail(res, len(reply), call)
	}
	if failed != nil {
		return nil, failed
	}
	return reply, nil
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
		defer h.recovered(x.parent, o, &err)
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
	h.saySoOnce(x)
	if h.options.Done == nil {
		h.explain(x, res)
		return
	}
	o := x.outcome(res)
	defer x.release()
	explained := new(atomic.Bool)
	o.explained = explained
	defer func() {
		if !explained.Load() {
			h.explain(x, res)
		}
	}()
	o.ReplyBytes, o.Failed = bytes, failed
	if failed != nil && bytes == 0 {
		o.Status = 0
	}
	if !call(func() { h.tell(x.parent, o) }) {
		h.logSlow(x)
	}
}

// tell calls Options.Done. A panic in it, or an exit of the goroutine, changes
// nothing.
func (h *Handler) tell(ctx context.Context, o *Outcome) {
	returned := false
	defer func() {
		if v := recover(); v != nil || !returned {
			_ = h.optionPanicked(ctx, o.whose(ctx), v)
		}
	}()
	h.options.Done(context.WithoutCancel(ctx), o)
	returned = true
}

// contain is deferred around functions of Options: a panic fails the invocation.
func (x *exchange) contain(res *result) {
	if v := recover(); v != nil {
		res.status, res.reason = 0, ReasonOption
		res.failed = x.handler.optionPanicked(x.parent, x.whose(""), v)
	}
}

// recovered is contain for a function that returns an error.
func (h *Handler) recovered(ctx context.Context, o *Outcome, err *error) {
	if v := recover(); v != nil {
		*err = h.optionPanicked(ctx, o.whose(ctx), v)
	}
}
