package console

import (
	"sync"
)

// ringSize is how many requests are remembered. With at most bodyKept of each
// body and headersKept of each header the ring stays below 8 MB.
const ringSize = 200

// ring remembers the latest exchanges. Readers are told which of them changed
// and fetch what they want at their own pace: nothing waits for them, and what
// they have not fetched takes no memory but a number.
type ring struct {
	mu      sync.Mutex
	entries []*exchange // the oldest first
	size    int
	last    uint64 // id of the latest
	readers map[*reader]struct{}
	byCall  map[string]*exchange // by invocation, as long as they are in the ring
	early   *outcomes
	closed  chan struct{}
	once    sync.Once
}

// reader is one open live stream.
type reader struct {
	changed map[uint64]struct{} // at most as many as the ring has entries, once it was read
	signal  chan struct{}       // has room for one
}

func newRing(size int) *ring {
	return &ring{
		size: size, readers: map[*reader]struct{}{}, byCall: map[string]*exchange{},
		early: newOutcomes(size), closed: make(chan struct{}),
	}
}

// add gives the exchange its id.
func (r *ring) add(e *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.ID = r.last
	r.entries = append(r.entries, e)
	if len(r.entries) > r.size {
		r.drop(r.entries[0])
		r.entries[0] = nil
		r.entries = r.entries[1:]
	}
	r.touch(e.ID)
}

// drop forgets an exchange in every index. It is called with the lock held.
func (r *ring) drop(e *exchange) {
	delete(r.byCall, e.invocation)
	for reader := range r.readers {
		delete(reader.changed, e.ID)
	}
}

// change runs f, which may write to exchanges, and tells the readers of id.
func (r *ring) change(id uint64, f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	r.touch(id)
}

// touch is called with the lock held.
func (r *ring) touch(id uint64) {
	if len(r.entries) == 0 || id < r.entries[0].ID {
		return // no longer in the ring
	}
	for reader := range r.readers {
		reader.changed[id] = struct{}{}
		select {
		case reader.signal <- struct{}{}:
		default: // told already
		}
	}
}

// find returns the exchange of this id. It is called with the lock held.
func (r *ring) find(id uint64) *exchange {
	if len(r.entries) == 0 || id < r.entries[0].ID {
		return nil
	}
	if i := id - r.entries[0].ID; i < uint64(len(r.entries)) {
		return r.entries[i]
	}
	return nil
}

// subscribe returns a reader that has not seen any entry yet.
func (r *ring) subscribe() *reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	reader := &reader{changed: map[uint64]struct{}{}, signal: make(chan struct{}, 1)}
	for _, e := range r.entries {
		reader.changed[e.ID] = struct{}{}
	}
	reader.signal <- struct{}{}
	r.readers[reader] = struct{}{}
	return reader
}

func (r *ring) unsubscribe(reader *reader) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.readers, reader)
}

// take returns what changed since it was last asked, as it is now, the oldest
// first.
func (r *ring) take(reader *reader) []view {
	r.mu.Lock()
	defer r.mu.Unlock()
	var views []view
	for _, e := range r.entries {
		if _, ok := reader.changed[e.ID]; ok {
			views = append(views, e.view())
		}
	}
	clear(reader.changed)
	return views
}

// forget empties the ring; running exchanges end unseen.
func (r *ring) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries = nil
	clear(r.byCall)
	for reader := range r.readers {
		clear(reader.changed)
	}
}

func (r *ring) close() { r.once.Do(func() { close(r.closed) }) }
