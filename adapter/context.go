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

// Deadline is the runtime's.
func (inv *invocation) Deadline() (time.Time, bool) { return inv.parent.Deadline() }

// Value answers the keys of the event, then those of the runtime's context.
func (inv *invocation) Value(key any) any {
	if v := inv.event.value(key); v != nil {
		return v
	}
	return inv.parent.Value(key)
}

// watch is what a context needs only once somebody waits for its end.
type watch struct {
	done    chan struct{}
	after   map[*func()]struct{}
	unwatch func() bool // ends the wait for the runtime's context
}

func (inv *invocation) beginWatch() {
	if inv.watch != nil {
		return
	}
	inv.watch = &watch{done: make(chan struct{}), after: make(map[*func()]struct{})}
	if inv.err != nil {
		close(inv.done)
	} else if inv.parent.Done() != nil {
		inv.unwatch = context.AfterFunc(inv.parent, func() { inv.cancel(inv.parent.Err()) })
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
	if err := inv.parent.Err(); err != nil {
		inv.cancel(err)
	}
	inv.mu.Lock()
	defer inv.mu.Unlock()
	return inv.err
}

// AfterFunc is what package context looks for: f runs in its own goroutine once
// the invocation is over, unless stop is called before.
func (inv *invocation) AfterFunc(f func()) (stop func() bool) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	inv.beginWatch()
	if inv.err != nil {
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
func (inv *invocation) cancel(err error) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.err != nil {
		return
	}
	inv.err = err
	if inv.watch == nil {
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
