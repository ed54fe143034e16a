package adapter

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// invocation is all that a handler can reach of one event: it is made anew for
// each and never used again, so that a handler that keeps something of it keeps
// what it saw.
type invocation struct {
	parent context.Context
	event  Event
	record *record // nil if nobody is told how the invocation ends

	url      url.URL
	tls      tls.ConnectionState
	body     body
	response response

	mu     sync.Mutex // guards what follows: the invocation as a context
	ending ending
	*watch
}

// start makes the invocation ready for its request.
func (h *Handler) start(ctx context.Context, s *scratch, format Format) *invocation {
	inv := &invocation{parent: ctx}
	s.buffers = buffers{head: s.head[:0], content: s.content[:0], slot: &inv.event.slot}
	if h.options.Fail != nil || h.options.Done != nil {
		inv.record = &record{began: time.Now(), cold: !h.warm.Swap(true)}
	}
	inv.event.format = format
	inv.event.raw = s.fields.data
	inv.response = response{
		header:  make(http.Header),
		dialect: s.fields.dialect(format),
		text:    h.options.IsText,
		missing: -1,
		buffers: &s.buffers,
	}
	return inv
}

// record is what an Outcome will tell that nothing else keeps.
type record struct {
	addedAttrs
	began   time.Time
	cold    bool
	request *http.Request // nil: there is none
	method  string        // of the request, which the handler may change
}

func (inv *invocation) note(r *http.Request) {
	if inv.record != nil {
		inv.record.request, inv.record.method = r, r.Method
	}
}

// end takes the payload and the buffers back from whatever of the handler still
// runs, and only then wakes it. Only the first call counts.
func (inv *invocation) end(why ending) {
	_ = inv.body.Close()
	inv.event.detach()
	inv.response.detach(why)
	inv.cancel(why)
}
