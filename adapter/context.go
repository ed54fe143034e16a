package adapter

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// An invocation is its request's context: that of the runtime, with the event,
// and cancelled when the handler has returned, as net/http does. Only when
// somebody waits for its end does it make a context of package context, and from
// then on it is that one: contexts derived from it, however far down, are linked
// to it and cost no goroutine.
var _ context.Context = (*invocation)(nil)

// ending is why an invocation is over.
type ending uint8

const (
	running ending = iota
	returned
	timedOut
)

// writeError is what Write returns once the invocation is over.
func (e ending) writeError() error {
	if e == timedOut {
		return http.ErrHandlerTimeout
	}
	return ErrInvocationOver
}

// watch is what a context needs only if it has a deadline of its own, or once
// somebody waits for its end.
type watch struct {
	deadline time.Time
	ctx      context.Context
	cancel   context.CancelFunc
	clock    *clock // nil without a deadline
}

// watched returns the context to wait for. The invocation's lock is held.
func (inv *invocation) watched() context.Context {
	if inv.watch == nil {
		inv.watch = new(watch)
	}
	if inv.ctx != nil {
		return inv.ctx
	}
	parent := inv.parent
	if !inv.deadline.IsZero() {
		inv.clock = newClock(inv.parent)
		parent = inv.clock
	}
	inv.ctx, inv.watch.cancel = context.WithCancel(parent)
	if inv.ending != running {
		inv.watch.end(inv.ending)
	}
	return inv.ctx
}

// end ends the context. The invocation's lock is not held once contexts may be
// derived from it, since those of other makes may ask it something.
func (w *watch) end(why ending) {
	if w.clock != nil {
		err := context.Canceled
		if why == timedOut {
			err = context.DeadlineExceeded
		}
		w.clock.strike(err)
	}
	w.cancel()
}

// Deadline is when the handler's time is up, or else the runtime's.
func (inv *invocation) Deadline() (time.Time, bool) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.watch != nil && !inv.deadline.IsZero() {
		return inv.deadline, true
	}
	return inv.parent.Deadline()
}

// Done returns a channel that is closed when the invocation is over.
func (inv *invocation) Done() <-chan struct{} {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	return inv.watched().Done()
}

// Err returns why the invocation is over, and nil before.
func (inv *invocation) Err() error {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	switch {
	case inv.watch != nil && inv.ctx != nil:
		return inv.ctx.Err()
	case inv.ending == timedOut:
		return context.DeadlineExceeded
	case inv.ending == returned:
		return context.Canceled
	}
	return inv.parent.Err()
}

// underServer is what net/http's own packages look for: httputil's ReverseProxy
// aborts a broken reply only where there is a server to notice.
type underServer struct{}

// Value answers the keys of the event, then those of the runtime's context.
func (inv *invocation) Value(key any) any {
	if v := inv.event.value(key); v != nil {
		return v
	}
	switch key {
	case http.ServerContextKey:
		return underServer{}
	case attrsKey{}:
		return inv.record
	}
	ctx := inv.parent
	inv.mu.Lock()
	if inv.watch != nil && inv.ctx != nil {
		ctx = inv.ctx
	}
	inv.mu.Unlock()
	return ctx.Value(key)
}

// cancel ends the context; only the first call counts.
func (inv *invocation) cancel(why ending) {
	inv.mu.Lock()
	first := inv.ending == running
	if first {
		inv.ending = why
	}
	watched := inv.watch != nil && inv.ctx != nil
	inv.mu.Unlock()
	if first && watched {
		inv.watch.end(why)
	}
}

// clock is a context that ends when it is told to: a deadline that passes only
// once the handler is fenced off, so that a handler that waits for it cannot
// answer after all.
type clock struct {
	context.Context // the runtime's

	mu      sync.Mutex
	err     error
	done    chan struct{}
	after   func()
	unwatch func() bool // ends the wait for the runtime's context
}

func newClock(parent context.Context) *clock {
	c := &clock{Context: parent, done: make(chan struct{})}
	c.unwatch = context.AfterFunc(parent, func() { c.strike(parent.Err()) })
	if err := parent.Err(); err != nil { // which that function may not have told yet
		c.strike(err)
	}
	return c
}

func (c *clock) Done() <-chan struct{} { return c.done }

func (c *clock) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// AfterFunc is what package context looks for, once: it spares a goroutine.
func (c *clock) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		go f()
		return func() bool { return false }
	}
	c.after = f
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		waiting := c.after != nil
		c.after = nil
		return waiting
	}
}

func (c *clock) strike(err error) {
	c.mu.Lock()
	after := c.after
	if c.err != nil {
		after = nil
	} else {
		c.err, c.after = err, nil
		close(c.done)
	}
	c.mu.Unlock()
	if after != nil {
		c.unwatch()
		after()
	}
}
