package adapter

import (
	"context"
	"time"
)

// An invocation is its request's context: that of the runtime, with the event,
// and cancelled when the handler has returned, as net/http does. It makes no
// channel until somebody asks for one, and its AfterFunc spares the contexts
// derived from it a goroutine each.
var _ context.Context = (*invocation)(nil)

// Deadline is when the handler's time is up, or else the runtime's.
func (inv *invocation) Deadline() (time.Time, bool) {
	if inv.watch != nil && !inv.deadline.IsZero() { // set before the handler is called
		return inv.deadline, true
	}
	return inv.parent.Deadline()
}

// Value answers the keys of the event, then those of the runtime's context.
func (inv *invocation) Value(key any) any {
	if v := inv.event.value(key); v != nil {
		return v
	}
	return inv.parent.Value(key)
}

// ending is why an invocation is over.
type ending uint8

const (
	running ending = iota
	returned
	timedOut
	withParent
)

// watch is what a context needs only if it has a deadline of its own, or once
// somebody waits for its end.
type watch struct {
	deadline time.Time
	done     chan struct{}
	after    map[*func()]struct{}
	unwatch  func() bool // ends the wait for the runtime's context
}

func (inv *invocation) beginWatch() {
	if inv.watch == nil {
		inv.watch = new(watch)
	}
	if inv.done != nil {
		return
	}
	inv.done, inv.after = make(chan struct{}), make(map[*func()]struct{})
	if inv.ending != running {
		close(inv.done)
	} else if inv.parent.Done() != nil {
		inv.unwatch = context.AfterFunc(inv.parent, func() { inv.cancel(withParent) })
	}
}

// Done returns a channel that is closed when the invocation is over.
func (inv *invocation) Done() <-chan struct{} {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	inv.beginWatch()
	return inv.done
}

// Err returns why the invocation is over, and nil before.
func (inv *invocation) Err() error {
	if inv.parent.Err() != nil {
		inv.cancel(withParent)
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	switch inv.ending {
	case running:
		return nil
	case timedOut:
		return context.DeadlineExceeded
	case withParent:
		return inv.parent.Err()
	}
	return context.Canceled
}

// AfterFunc is what package context looks for: f runs in its own goroutine once
// the invocation is over, unless stop is called before.
func (inv *invocation) AfterFunc(f func()) (stop func() bool) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	inv.beginWatch()
	if inv.ending != running {
		go f()
		return func() bool { return false }
	}
	inv.after[&f] = struct{}{}
	return func() bool {
		inv.mu.Lock()
		defer inv.mu.Unlock()
		_, waiting := inv.after[&f]
		delete(inv.after, &f)
		return waiting
	}
}

// cancel ends the context; only the first call counts.
func (inv *invocation) cancel(why ending) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.ending != running {
		return
	}
	inv.ending = why
	if inv.watch == nil || inv.done == nil {
		return
	}
	if inv.unwatch != nil {
		inv.unwatch()
	}
	close(inv.done)
	for f := range inv.after {
		go (*f)()
	}
	clear(inv.after)
}
