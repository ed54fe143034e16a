package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

var errNotJSON = errors.New("adapter: a stream is not JSON")

// Stream serves one event like Invoke, but a reply to a front that can stream
// leaves as the handler makes it:
//
//	lambda.Start(adapter.New(handler, nil).Stream)
//
// Those fronts are REST APIs with response transfer mode STREAM and function
// URLs with invoke mode RESPONSE_STREAM. No event says which mode its front is
// in, so that Stream is only for functions behind such fronts, as Invoke is only
// for the others: a client would be sent the reply's JSON. Events of formats that
// cannot stream are answered as by Invoke.
//
// The body leaves in pieces of 4 KB or when the handler flushes it. Stream
// returns when the first piece is there, or the reply complete. What goes wrong
// before that is a reply, as with Invoke; what goes wrong later ends the stream
// with an error, which the runtime reports in its trailers and which is logged.
// Options.Timeout counts only where it is set: fronts wait for a stream longer
// than for a reply.
//
// Event must not change before the stream is closed. Close, which the runtime
// calls, cancels the handler's context and does not wait for the handler.
func (h *Handler) Stream(ctx context.Context, event json.RawMessage) (reply io.ReadCloser, err error) {
	defer func() {
		if v := recover(); v != nil {
			reply, err = nil, h.optionPanicked(ctx, v)
		}
	}()
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := h.read(s, event)
	if err == nil && fronts[format].streams {
		return h.stream(ctx, s, format)
	}
	var whole []byte
	if err != nil {
		whole, err = h.fallBack(ctx, event, err)
	} else {
		whole, err = h.invoke(ctx, s, format)
	}
	if err != nil {
		return nil, err
	}
	return buffered{bytes.NewReader(whole)}, nil
}

// buffered is a reply that is complete. Like a stream it refuses to be encoded,
// so that the runtime sends it as it is.
type buffered struct{ *bytes.Reader }

func (buffered) Close() error                 { return nil }
func (buffered) ContentType() string          { return "application/json" }
func (buffered) MarshalJSON() ([]byte, error) { return nil, errNotJSON }

// stream is the way from the handler, on a goroutine of its own, to the
// runtime. The handler's end, the clock and Close race to end it: the first that
// takes it decides how.
type stream struct {
	handler *Handler
	inv     *invocation
	reader  *io.PipeReader
	writer  *io.PipeWriter
	started chan error // Stream's result
	headed  bool       // the head was sent; the response's lock guards it

	mu    sync.Mutex
	begun bool // the head is on its way: no other answer can be given
	over  bool
	why   ending // it is over
	timer *time.Timer
}

func (h *Handler) stream(ctx context.Context, s *scratch, format Format) (io.ReadCloser, error) {
	st := &stream{handler: h, inv: h.start(ctx, s, format), started: make(chan error, 1)}
	st.reader, st.writer = io.Pipe()
	st.inv.response.buffers = &buffers{stream: st, slot: &st.inv.event.slot}
	st.inv.response.text = nil // there is no base64 to choose
	r, problem := h.newRequest(st.inv, s)
	s.fields.unescaped = nil // the handler goes on reading it when s serves another
	st.inv.note(r)
	st.inv.response.isHEAD = r.Method == http.MethodHead
	go st.serve(r, problem)
	if err := <-st.started; err != nil {
		return nil, err
	}
	return st, nil
}

// Read never returns bytes together with an error, for the runtime would lose
// them.
func (st *stream) Read(p []byte) (int, error) { return st.reader.Read(p) }

// ContentType is what tells the runtime API that a head comes first.
func (st *stream) ContentType() string { return "application/vnd.awslambda.http-integration-response" }

// MarshalJSON fails, which makes the runtime read the stream instead.
func (st *stream) MarshalJSON() ([]byte, error) { return nil, errNotJSON }

// Close ends the stream for the handler too. It never fails.
func (st *stream) Close() error {
	_, _, why := st.take(returned)
	_ = st.reader.Close() // first, for it frees a handler that is writing
	st.inv.end(why)
	return nil
}

func (st *stream) serve(r *http.Request, p problem) {
	defer st.guard()
	if p.status != 0 {
		st.end(result{status: p.status, reason: p.reason, member: p.member}, nil, returned)
		return
	}
	limit, limited := st.handler.limit(st.inv, 0)
	if limited && limit <= 0 {
		st.timeIsUp()
		return
	}
	if limited {
		st.inv.watch = &watch{deadline: time.Now().Add(limit)}
		st.mu.Lock()
		st.timer = time.AfterFunc(limit, st.timeIsUp)
		st.mu.Unlock()
	}
	var res result
	defer st.finish(&res) // also if the handler exits the goroutine
	st.handler.call(st.inv, r, &res)
}

// finish follows the handler's end, whichever way it came to that.
func (st *stream) finish(res *result) {
	w := &st.inv.response
	rest, fault, ok := st.settle(w)
	if !ok { // the clock or Close was first
		return
	}
	switch {
	case res.panicked():
		res.status = http.StatusInternalServerError
	case st.inv.body.refused():
		res.status, res.reason = http.StatusBadRequest, ReasonBadBase64
	case fault != "":
		res.status, res.reason = http.StatusInternalServerError, fault
	default:
		res.status = int(w.status)
	}
	st.end(*res, rest, returned)
}

// settle lets nothing be added to the reply and returns what is still to be sent
// of it, or why it cannot be; false if the invocation is over already.
func (st *stream) settle(w *response) (rest []byte, fault Reason, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != running {
		return nil, "", false
	}
	w.finish()
	if st.handler.options.PadEmptyStream && w.written == 0 && !w.isHEAD && bodyAllowed(w.status) {
		w.content = append(w.content, ' ')
	}
	w.over = returned
	rest = st.rest(w)
	return rest, w.fault, true
}

// timeIsUp ends a stream whose handler has not.
func (st *stream) timeIsUp() {
	defer st.guard()
	st.end(result{status: fronts[st.inv.event.format].late, reason: ReasonLate}, nil, timedOut)
}

// end ends the stream, unless somebody has: with the rest of the reply, or if
// there is a fault with an answer of Handler's own, or with an error if the reply
// has begun. Fail is asked once, under no lock.
func (st *stream) end(res result, rest []byte, why ending) {
	mine, begun, _ := st.take(why)
	if !mine {
		return
	}
	ended := false
	defer func() {
		if !ended { // a function of Options panicked, or exited the goroutine
			st.abandon(errOptionPanicked)
		}
	}()
	if res.reason != "" && !res.panicked() {
		st.logFault(res, begun)
	}
	if res.reason != "" && !begun {
		rest = st.handler.ownStream(st.inv, res.status)
	}
	failure := st.handler.conclude(st.inv, res)
	switch {
	case begun && (failure != nil || res.reason != ""):
		if failure == nil {
			failure = errors.New("adapter: " + string(res.reason))
		}
		_ = st.writer.CloseWithError(failure) // first, for it frees a handler that is writing
		st.inv.end(why)
	case begun:
		_, _ = st.writer.Write(rest)
		_ = st.writer.Close()
		st.inv.end(why)
	default:
		st.inv.end(why)
		st.started <- failure
		if failure == nil {
			_, _ = st.writer.Write(rest)
			_ = st.writer.Close()
		}
	}
	ended = true
}

func (st *stream) logFault(res result, begun bool) {
	if begun {
		st.handler.log(st.inv, slog.LevelError, "stream broken off", slog.String("reason", string(res.reason)))
		return
	}
	st.handler.logOwn(st.inv, &res)
}

// take reports whether the caller is the one to end the stream, whether the
// reply has begun, and why the stream ended if the caller is not.
func (st *stream) take(why ending) (mine, begun bool, because ending) {
	st.mu.Lock()
	defer st.mu.Unlock()
	mine = !st.over
	if mine {
		st.over, st.why = true, why
	}
	if st.timer != nil {
		st.timer.Stop()
	}
	return mine, st.begun, st.why
}

// guard recovers what a function of Options panicked with.
func (st *stream) guard() {
	if v := recover(); v != nil {
		st.abandon(st.handler.optionPanicked(st.inv.parent, v))
	}
}

// abandon ends the stream with an error, whatever state it is in.
func (st *stream) abandon(err error) {
	_, _, why := st.take(returned)
	_ = st.writer.CloseWithError(err)
	st.inv.end(why)
	select {
	case st.started <- err:
	default: // Stream has returned
	}
}
