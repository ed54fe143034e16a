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

// streamBuffer is how much of a body waits for more before it is sent, as in
// net/http.
const streamBuffer = 4 << 10

// maxStreamHead is where a front looks for the body's beginning; of function
// URLs that is unconfirmed.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
const maxStreamHead = 16 << 10

// A streamed reply is the JSON of its head, eight NULs and then the body as it
// is.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
const endOfHead = "}}\x00\x00\x00\x00\x00\x00\x00\x00"

var (
	errNotJSON  = errors.New("adapter: a stream is not JSON")
	errPanicked = errors.New("adapter: the handler panicked")
)

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
func (h *Handler) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	s := scratches.Get().(*scratch)
	defer s.free()
	format, err := s.fields.parse(event)
	if err != nil || !h.accepts[format] || !fronts[format].streams {
		reply, err := h.Invoke(ctx, event)
		if err != nil {
			return nil, err
		}
		return buffered{bytes.NewReader(reply)}, nil
	}
	st := &stream{handler: h, inv: h.start(ctx, s, format), started: make(chan error, 1)}
	st.reader, st.writer = io.Pipe()
	st.inv.response.buffers = &buffers{stream: st}
	r, ok := h.newRequest(st.inv, s)
	st.inv.response.isHEAD = r.Method == http.MethodHead
	go st.serve(r, ok)
	if err := <-st.started; err != nil {
		return nil, err
	}
	return st, nil
}

// buffered is a reply that is complete. Like a stream it refuses to be encoded,
// so that the runtime sends it as it is.
type buffered struct{ *bytes.Reader }

func (buffered) Close() error                 { return nil }
func (buffered) ContentType() string          { return "application/json" }
func (buffered) MarshalJSON() ([]byte, error) { return nil, errNotJSON }

// stream is the way from the handler, on a goroutine of its own, to the
// runtime. The handler, the clock and Close race to end it: the first that sets
// over decides how.
type stream struct {
	handler *Handler
	inv     *invocation
	reader  *io.PipeReader
	writer  *io.PipeWriter
	started chan error // Stream's result

	mu     sync.Mutex
	begun  bool // the head is on its way: no other answer can be given
	over   bool
	timer  *time.Timer
	headed bool // the head was sent; the response's lock guards it
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
	st.conclude()
	_ = st.reader.Close()
	st.inv.end(returned)
	return nil
}

// conclude reports whether the caller is the one to end the stream, and whether
// the head is on its way already.
func (st *stream) conclude() (mine, begun bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	mine = !st.over
	st.over = true
	if st.timer != nil {
		st.timer.Stop()
	}
	return mine, st.begun
}

func (st *stream) serve(r *http.Request, ok bool) {
	defer st.inv.end(returned)
	if !ok {
		st.fail(Outcome{Status: http.StatusBadRequest}, nil)
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
	var o Outcome
	defer st.finish(&o) // also if the handler exits the goroutine
	st.handler.call(st.inv, r, &o)
}

// finish follows the handler's end, whichever way it came to that.
func (st *stream) finish(o *Outcome) {
	w := &st.inv.response
	switch {
	case o.Panic != nil:
		o.Status = http.StatusInternalServerError
		st.fail(*o, errPanicked)
		return
	case st.inv.body.refused():
		o.Status = http.StatusBadRequest
		st.fail(*o, errBase64)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != nil {
		return
	}
	w.writeHeader(http.StatusOK)
	w.sniff()
	if w.fault != nil {
		st.handler.log(st.inv, slog.LevelError, "reply cannot be sent", slog.String("reason", w.fault.Error()))
		st.fail(Outcome{Status: http.StatusInternalServerError}, w.fault)
		return
	}
	o.Status = int(w.status)
	if err := st.failure(*o); err != nil {
		st.fail(*o, err)
		return
	}
	_ = st.send(w)
	if mine, _ := st.conclude(); mine {
		_ = st.writer.Close()
	}
}

// timeIsUp ends a stream whose handler has not.
func (st *stream) timeIsUp() {
	st.fail(Outcome{Timeout: true, Status: fronts[st.inv.event.format].late}, http.ErrHandlerTimeout)
	st.inv.end(timedOut)
}

// fail ends the stream with err, or with an answer of Handler's own as long as
// none has begun.
func (st *stream) fail(o Outcome, err error) {
	mine, begun := st.conclude()
	switch {
	case !mine:
	case begun:
		if o.Panic == nil { // which has its own line
			st.handler.log(st.inv, slog.LevelError, "stream broken off", slog.String("reason", err.Error()))
		}
		_ = st.writer.CloseWithError(err)
	default:
		if err := st.failure(o); err != nil {
			st.started <- err
			return
		}
		st.started <- nil
		_, _ = st.writer.Write(st.handler.ownStream(st.inv, o.Status))
		_ = st.writer.Close()
	}
}

func (st *stream) failure(o Outcome) error {
	if st.handler.options.Failure == nil {
		return nil
	}
	return st.handler.options.Failure(o)
}

// write adds to the body of w, whose lock is held.
func (st *stream) write(w *response, p []byte) error {
	if w.isHEAD {
		w.content = append(w.content, p[:min(len(p), max(0, sniffLen-len(w.content)))]...)
		return nil
	}
	for len(p) > 0 {
		if st.headed && len(w.content) == 0 && len(p) >= streamBuffer {
			_, err := st.writer.Write(p)
			return err
		}
		n := min(len(p), streamBuffer-len(w.content))
		w.content = append(w.content, p[:n]...)
		p = p[n:]
		if len(w.content) == streamBuffer {
			if err := st.send(w); err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends what waits in w, whose lock is held, and the head before it.
func (st *stream) send(w *response) error {
	if !st.headed {
		w.sniff()
		if w.fault != nil {
			return w.fault
		}
		if !st.begin() {
			return http.ErrHandlerTimeout
		}
		st.headed = true
		st.handler.warn(st.inv)
		if _, err := st.writer.Write(append(w.head, endOfHead...)); err != nil {
			return err
		}
	}
	if w.isHEAD || len(w.content) == 0 {
		return nil
	}
	_, err := st.writer.Write(w.content)
	w.content = w.content[:0]
	return err
}

// begin reports whether the handler's reply may be sent, and lets Stream return.
func (st *stream) begin() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.over || st.begun {
		return false
	}
	st.begun = true
	st.started <- nil
	return true
}

// ownStream makes an answer of Handler's own, as own does.
func (h *Handler) ownStream(inv *invocation, status int) []byte {
	s := scratches.Get().(*scratch)
	defer s.free()
	raw, err := inv.event.Raw()
	if err == nil {
		_, err = s.fields.parse(raw)
	}
	if err != nil { // closed meanwhile: nobody reads the answer
		return nil
	}
	fresh := h.start(inv.parent, s, inv.event.format)
	defer fresh.end(returned)
	h.answer(fresh, s, status)
	fresh.response.sniff()
	content := fresh.response.content
	if fresh.response.isHEAD {
		content = nil
	}
	return append(append(bytes.Clone(fresh.response.head), endOfHead...), content...)
}
