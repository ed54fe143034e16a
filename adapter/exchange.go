package adapter

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
)

// An exchange is one request and the answer to it: all that a handler can reach
// of an event. Each event gets a new one, which is never used again, so that a
// handler that keeps something of it keeps what it saw.
//
// An exchange goes through four states. While it is open, the handler writes.
// When the head of a stream is on its way it is headed: from then on no other
// answer can be given. Three parties may close it: the handler, by coming to an
// end; a clock; and the runtime, by closing a stream. The first of them makes it
// closing and answers; the others find it closed and do nothing. When it is over,
// nothing of the event can be reached and its context has ended.
//
// # What is locked where
//
// The exchange's lock guards state and cause, the response except the pipe of a
// stream, and the body. It is held for work of our own in memory, and never while
// a handler, a function of Options, a Logger or a callback of a context runs, nor
// while bytes wait for the runtime to read them. So a clock can always close the
// exchange.
//
// A stream has a second lock, writes, which keeps the pieces of a body in order.
// Only the handler's side takes it, and holds it while bytes wait. Whoever needs
// both takes writes first.
//
// Event, clock, the slot and the added attributes have a lock each, which is held
// for an assignment or a copy; no other is taken under it. Value and Deadline take
// none.
type exchange struct {
	handler *Handler
	parent  context.Context // the runtime's
	event   Event
	record  *record // nil if nobody is told how the exchange ends

	url      url.URL
	tls      tls.ConnectionState
	body     body
	response response

	watched atomic.Pointer[watched] // nil until somebody waits for the context
	guard   *guard                  // nil without a limit; set before the handler is called

	mu    sync.Mutex
	state state
	cause cause
}

type state uint8

const (
	open    state = iota
	headed        // the head of a stream is on its way
	closing       // what the handler does has no effect any more
	over          // the context has ended
)

// cause is why an exchange was closed.
type cause uint8

const (
	returned  cause = iota // the handler came to an end, of whatever kind
	timedOut               // the handler took too long
	expired                // the write deadline that the handler set has passed
	abandoned              // the runtime closed the stream
)

// begin makes an exchange ready for its request.
func (h *Handler) begin(ctx context.Context, s *scratch, format Format) *exchange {
	s.buffers = buffers{head: s.head[:0], content: s.content[:0]}
	x := &exchange{handler: h, parent: ctx}
	x.event.format, x.event.raw = format, s.fields.data
	x.body.exchange = x
	x.response = response{
		exchange: x,
		header:   make(http.Header),
		dialect:  s.fields.dialect(format),
		missing:  -1,
		buffers:  &s.buffers,
	}
	return x
}

// close ends the handler's part. It reports whether this call did so, in which
// case the caller has to answer, and whether a head has been sent before.
func (x *exchange) close(why cause) (mine, sent bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.state >= closing {
		return false, false
	}
	if why == returned {
		x.response.finish()
	}
	sent = x.state == headed
	x.state, x.cause = closing, why
	return true, sent
}

// end takes the event and the buffers away from a handler that still runs, and
// only then wakes whoever waits for the context. It may be called again.
func (x *exchange) end() {
	x.event.detach()
	x.mu.Lock()
	x.state = over
	x.body.src = nil
	x.response.buffers = nil
	why := x.cause
	x.mu.Unlock()
	if w := x.watched.Load(); w != nil {
		w.end(why)
	}
}

// invoke makes a buffered reply.
func (x *exchange) invoke(s *scratch) ([]byte, error) {
	x.note()
	r, problem := x.handler.newRequest(x, s)
	x.noteRequest(r)
	limit, limited := x.handler.limit(x.parent, fronts[x.event.format].patience)
	switch {
	case problem.status != 0:
		x.close(returned)
		return x.replyInstead(s, problem.result())
	case limited && limit <= 0:
		x.close(timedOut)
		return x.replyInstead(s, x.late())
	case limited:
		return x.guarded(s, r, limit)
	}
	x.serve(s, r)
	return s.taken()
}

// serve calls the handler and leaves the reply in s, unless somebody else has
// answered by then.
func (x *exchange) serve(s *scratch, r *http.Request) {
	var res result
	defer x.finish(s, &res) // also if the handler exits its goroutine
	x.call(r, &res)
}

func (x *exchange) finish(s *scratch, res *result) {
	if mine, _ := x.close(returned); !mine {
		return
	}
	s.err = errOptionPanicked // unless one of them comes back
	defer x.settle()
	defer x.end()
	reply := x.encode(s, res)
	switch {
	case res.reason == "" && x.offer(reply):
		s.reply, s.err = x.verdict(res, reply, direct)
		x.done(res, len(s.reply), s.err, direct)
	case res.reason != "" && x.guard == nil:
		s.reply, s.err = x.replyInstead(s, *res)
	case res.reason != "":
		x.guard.fault = *res // Invoke answers, since nobody else may read the event once it has returned
	}
}

// encode makes the reply of what the handler has written. If that cannot be sent,
// res says why.
func (x *exchange) encode(s *scratch, res *result) (reply []byte) {
	defer x.contain(res)
	if x.judge(res); res.reason != "" {
		return nil
	}
	if reply, res.reason = x.response.encode(&s.buffers); res.reason != "" {
		res.status = http.StatusInternalServerError
		return nil
	}
	x.handler.warn(x, &s.buffers)
	return reply
}

// judge says what became of a handler that has come to an end.
func (x *exchange) judge(res *result) {
	w := &x.response
	switch {
	case res.panicked():
		res.status = http.StatusInternalServerError
	case x.body.refused():
		res.status, res.reason = http.StatusBadRequest, ReasonBadBase64
	case w.fault != "":
		res.status, res.reason = http.StatusInternalServerError, w.fault
	default:
		res.status = int(w.status)
	}
}

// replyInstead answers in the handler's place.
func (x *exchange) replyInstead(s *scratch, res result) ([]byte, error) {
	reply, err := x.verdict(&res, x.instead(s, &res), x.within)
	x.done(&res, len(reply), err, x.within)
	return reply, err
}

// instead makes the reply of an answer in the handler's place.
func (x *exchange) instead(s *scratch, res *result) []byte {
	x.end()
	return x.own(s, res, func(w *response) []byte {
		reply, fault := w.encode(&s.buffers)
		if fault != "" {
			panic("adapter: own answer: " + string(fault)) // a few bytes fit, unless cors adds megabytes
		}
		return reply
	})
}

// own writes an answer in the handler's place, as the response of a new exchange:
// the handler may still hold the request and the header of the old one. The
// headers of cors are those of the middleware that the handler's request passed.
func (x *exchange) own(s *scratch, res *result, encode func(*response) []byte) (answer []byte) {
	defer x.contain(res)
	if res.failed != nil {
		return nil
	}
	res.own = true
	fresh := x.handler.begin(x.parent, s, x.event.format)
	defer fresh.end()
	r, _ := x.handler.newRequest(fresh, s)
	x.handler.logOwn(x, &s.fields, r.Method, res)
	if cors := x.event.slot.CORS(); cors != nil {
		cors.Apply(fresh.response.header, r)
	}
	http.Error(&fresh.response, http.StatusText(res.status), res.status)
	fresh.close(returned)
	s.snapshot = nil // this is text, whatever Options.IsText says
	return encode(&fresh.response)
}

// late is how an exchange ends whose handler took too long.
func (x *exchange) late() result {
	return result{status: fronts[x.event.format].late, reason: ReasonLate}
}
