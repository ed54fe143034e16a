package adapter

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// An exchange is its request's context: that of the runtime, with the event, and
// canceled when the handler has returned, as net/http does. It makes a context of
// package context only when somebody waits for its end, and is that one from then
// on: contexts derived from it, however far down, are linked to it and cost no
// goroutine.
var _ context.Context = (*exchange)(nil)

// watched is what an exchange needs once somebody waits for its end.
type watched struct {
	context.Context
	cancel context.CancelFunc
	clock  *clock // nil without a deadline of the exchange's own
}

// watch returns the context to wait for.
func (x *exchange) watch() *watched {
	if w := x.watched.Load(); w != nil {
		return w
	}
	w, parent := new(watched), x.parent
	if x.limited() {
		w.clock = newClock(x.parent)
		parent = w.clock
	}
	w.Context, w.cancel = context.WithCancel(parent)
	if !x.watched.CompareAndSwap(nil, w) {
		w.end(returned)
		return x.watched.Load()
	}
	if ended, why := x.ended(); ended { // end may not have seen w
		w.end(why)
	}
	return w
}

// end ends the context. It may be called again.
func (w *watched) end(why cause) {
	if w.clock != nil {
		w.clock.strike(why.contextError())
	}
	w.cancel()
}

func (c cause) contextError() error {
	if c == timedOut {
		return context.DeadlineExceeded
	}
	return context.Canceled
}

func (x *exchange) ended() (bool, cause) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state == over, x.cause
}

// limited reports whether the exchange has a deadline of its own.
func (x *exchange) limited() bool { return x.guard != nil && !x.guard.deadline.IsZero() }

// Deadline returns when the handler's time is up, or else the runtime's deadline.
func (x *exchange) Deadline() (time.Time, bool) {
	if x.limited() {
		return x.guard.deadline, true
	}
	return x.parent.Deadline()
}

// Done returns a channel that is closed when the exchange is over.
func (x *exchange) Done() <-chan struct{} { return x.watch().Done() }

// Err returns why the exchange is over, and nil before.
func (x *exchange) Err() error {
	if w := x.watched.Load(); w != nil {
		return w.Err()
	}
	if ended, why := x.ended(); ended {
		return why.contextError()
	}
	return x.parent.Err()
}

// underServer is the value of http.ServerContextKey. Packages of net/http's own
// look whether there is one: httputil's ReverseProxy aborts a broken reply only
// where there is a server to notice.
type underServer struct{}

// Value answers the keys of the event, then those of the runtime's context.
func (x *exchange) Value(key any) any {
	if v := x.event.value(key); v != nil {
		return v
	}
	switch key {
	case http.ServerContextKey:
		return underServer{}
	case attrsKey{}:
		return x.record
	}
	if w := x.watched.Load(); w != nil {
		return w.Value(key)
	}
	return x.parent.Value(key)
}

// clock is a context that ends when it is told to: no context of package context
// passes its deadline on command. This one's passes only once the handler's part
// has ended, so that a handler that waits for it cannot answer after all.
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
	if err := parent.Err(); err != nil { // which that function may not have seen yet
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
