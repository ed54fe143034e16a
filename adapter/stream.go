package adapter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
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
// Those fronts are REST APIs with response transfer mode STREAM and function URLs
// with invoke mode RESPONSE_STREAM. No event says which mode its front is in, so
// Stream is only for functions behind such fronts, and Invoke only for all others:
// otherwise a client would be sent the reply's JSON. Events of formats that cannot
// stream are answered as by Invoke.
//
// The body leaves in pieces of 4 KB or when the handler flushes it. Stream returns
// when the first piece is there, or the reply is complete. What goes wrong before
// that becomes a reply, as with Invoke. What goes wrong later ends the stream with
// an error, which the runtime reports in its trailers and which is logged.
// Options.Timeout counts only if it is set, since fronts wait longer for a stream
// than for a reply.
//
// Event must not change before the stream is closed. Close, which the runtime
// calls, cancels the handler's context and does not wait for the handler.
func (h *Handler) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := h.read(s, event)
	if err == nil && fronts[format].streams {
		return h.begin(ctx, s, format).stream(s)
	}
	var whole []byte
	if err != nil {
		whole, err = h.fallBack(ctx, event, err)
	} else {
		whole, err = h.begin(ctx, s, format).invoke(s)
	}
	if err != nil {
		return nil, err
	}
	return buffered{bytes.NewReader(whole)}, nil
}

// buffered is a reply that is complete. Like a stream it refuses to be encoded, so
// that the runtime sends it as it is.
type buffered struct{ *bytes.Reader }

func (buffered) Close() error                 { return nil }
func (buffered) ContentType() string          { return "application/json" }
func (buffered) MarshalJSON() ([]byte, error) { return nil, errNotJSON }

// stream takes an answer from the handler, on a goroutine of its own, to the
// runtime.
type stream struct {
	exchange  *exchange
	reader    *io.PipeReader
	writer    *io.PipeWriter
	started   chan error    // what Stream returns
	concluded chan struct{} // closed when everybody was told how the stream ended

	writes sync.Mutex // keeps the pieces of the body in order; the handler's side alone takes it
	spare  []byte     // memory for the next piece; writes guards it

	method string // of the request, which the handler may change

	// The exchange's lock guards these.
	sent   int // bytes that the runtime has read
	limit  *time.Timer
	expiry *time.Timer // of the handler's write deadline
}

func (x *exchange) stream(s *scratch) (io.ReadCloser, error) {
	st := &stream{exchange: x, started: make(chan error, 1), concluded: make(chan struct{})}
	st.reader, st.writer = io.Pipe()
	x.response.buffers = &buffers{stream: st}
	x.note()
	r, problem := x.handler.newRequest(x, s)
	s.fields.unescaped = nil // the handler goes on reading it when s serves another
	x.noteRequest(r)
	st.method = r.Method
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

// Close ends the stream for the handler too, and returns when everybody was told.
// It never fails.
func (st *stream) Close() error {
	mine, sent := st.exchange.close(abandoned)
	_ = st.reader.Close() // which lets go of whoever is writing
	if mine {
		st.conclude(result{status: int(st.exchange.response.status), reason: ReasonClosed}, sent)
	}
	<-st.concluded
	return nil
}

// serve calls the handler and answers, unless somebody else has by then.
func (st *stream) serve(r *http.Request, p problem) {
	growStack(false)
	x := st.exchange
	limit, limited := x.handler.limit(x.parent, 0)
	switch {
	case p.status != 0:
		x.close(returned)
		st.conclude(p.result(), false)
		return
	case limited && limit <= 0:
		st.timeIsUp()
		return
	case limited:
		x.guard = &guard{deadline: time.Now().Add(limit)}
		x.mu.Lock()
		st.limit = time.AfterFunc(limit, st.timeIsUp)
		x.mu.Unlock()
	}
	var res result
	defer st.finish(&res) // also if the handler exits its goroutine
	x.call(r, &res)
}

func (st *stream) finish(res *result) {
	if mine, sent := st.exchange.close(returned); mine {
		st.exchange.judge(res)
		st.conclude(*res, sent)
	}
}

// timeIsUp ends a stream whose handler has not come to an end.
func (st *stream) timeIsUp() {
	if mine, sent := st.exchange.close(timedOut); mine {
		st.conclude(st.exchange.late(), sent)
	}
}

// setDeadline is response.SetWriteDeadline.
func (st *stream) setDeadline(t time.Time) {
	left := time.Until(t)
	if !st.setExpiry(left, t.IsZero()) {
		return
	}
	if mine, sent := st.exchange.close(expired); mine {
		go st.conclude(expiredResult(), sent) // the handler need not wait for that
	}
}

// setExpiry reports whether the deadline has passed already.
func (st *stream) setExpiry(left time.Duration, none bool) bool {
	x := st.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	if st.expiry != nil {
		st.expiry.Stop()
		st.expiry = nil
	}
	if none || x.state >= closing {
		return false
	}
	if left <= 0 {
		return true
	}
	var timer *time.Timer
	timer = time.AfterFunc(left, func() { st.expire(&timer) })
	st.expiry = timer
	return false
}

// expire ends a stream whose write deadline has passed, unless the handler has set
// another meanwhile.
func (st *stream) expire(timer **time.Timer) {
	x := st.exchange
	x.mu.Lock()
	current := st.expiry == *timer
	x.mu.Unlock()
	if !current {
		return
	}
	if mine, sent := x.close(expired); mine {
		st.conclude(expiredResult(), sent)
	}
}

func expiredResult() result {
	return result{status: http.StatusInternalServerError, reason: ReasonWriteDeadline}
}

// conclude answers and ends the stream. It is called once, by whoever closed the
// exchange. Everybody is told before the runtime sees the end, after which the
// process may be frozen.
func (st *stream) conclude(res result, sent bool) {
	x := st.exchange
	var failed error
	started := sent
	defer func() {
		st.stop()
		st.finishPipe(started, failed)
		x.end()
		close(st.concluded)
	}()
	rest := st.rest(&res, sent)
	failed = res.failed
	if failed == nil && res.reason != ReasonClosed {
		failed = x.fail(&res, st.total(), x.within)
	}
	broken := sent && res.reason != "" || failed != nil
	if !broken && !sent {
		st.started <- nil
		started = true
	}
	if !broken && !st.send(rest) {
		res.reason = ReasonClosed
	}
	if broken && failed == nil && res.reason != ReasonClosed {
		failed = errors.New("adapter: " + string(res.reason))
	}
	x.done(&res, st.total(), failed, x.within)
}

// finishPipe ends what the runtime reads, or lets Stream return the error.
func (st *stream) finishPipe(started bool, failed error) {
	switch {
	case !started:
		st.started <- failed
	case failed != nil:
		_ = st.writer.CloseWithError(failed)
	default:
		_ = st.writer.Close()
	}
}

// stop stops the clocks.
func (st *stream) stop() {
	x := st.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, timer := range [...]*time.Timer{st.limit, st.expiry} {
		if timer != nil {
			timer.Stop()
		}
	}
}
