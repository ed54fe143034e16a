package adapter

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strconv"
	"time"
)

var errReplyTooLarge = errors.New("adapter: " + string(ReasonTooLarge))

// response is the http.ResponseWriter of an exchange, with the behavior of
// net/http's. Its head is written as JSON at the first WriteHeader, which makes it
// the snapshot of the header that net/http takes then. The body is kept as it is
// until the reply is complete, or until a stream takes the next piece.
type response struct {
	exchange *exchange // whose lock guards what follows

	header  http.Header // the handler's own
	dialect *dialect

	fault   Reason // why the reply cannot be sent
	missing int64  // of the Content-Length that the handler set; -1 if it set none
	written int64
	status  int16 // 0 until WriteHeader

	lostCookies uint16 // those that the front has no place for

	isHEAD  bool
	overrun bool // the handler wrote more than its Content-Length
	lost    loss // what of the reply does not arrive
	media   media

	*buffers // nil once the exchange is over
}

// buffers grow with the reply and are used again for the next.
type buffers struct {
	head     []byte // JSON of the reply up to its header's closing brace
	content  []byte // the body, or as much of it as waits to be streamed
	stream   *stream
	base     string      // put before the path of a Location; "": nothing
	snapshot http.Header // of the response, for text alone
	names    int         // in the header when it was sent
}

// Header returns the map that WriteHeader sends.
func (w *response) Header() http.Header { return w.header }

// WriteHeader takes the status and a snapshot of the header. Informational
// statuses are ignored, since no front hands them on. 101, and what is not a final
// status, becomes a 500.
func (w *response) WriteHeader(status int) {
	w.exchange.mu.Lock()
	defer w.exchange.mu.Unlock()
	if w.exchange.state < closing {
		w.writeHeader(status)
	}
}

func (w *response) writeHeader(status int) {
	if w.status != 0 || 100 <= status && status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	if w.status = int16(status); status < 200 || status > 599 {
		w.status = http.StatusInternalServerError
		w.fault = ReasonBadStatus
		return
	}
	if cors := w.exchange.event.slot.CORS(); cors != nil {
		cors.Apply(w.header, nil) // what stands outside of cors may have made this answer
	}
	w.missing = contentLength(w.header)
	w.writeHead()
}

// contentLength returns what the handler said its body's length will be, or -1.
func contentLength(h http.Header) int64 {
	declared := h["Content-Length"]
	if len(declared) == 0 {
		return -1
	}
	n, err := strconv.ParseInt(declared[0], 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Write adds to the body. Like net/http's it fails for statuses without a body and
// past a Content-Length that the handler set itself.
func (w *response) Write(p []byte) (int, error) { return write(w, p) }

// WriteString is Write for a string.
func (w *response) WriteString(s string) (int, error) { return write(w, s) }

func write[T string | []byte](w *response, p T) (int, error) {
	w.exchange.mu.Lock()
	if w.buffers != nil && w.stream != nil {
		st := w.stream
		w.exchange.mu.Unlock()
		return st.write(w, []byte(p))
	}
	defer w.exchange.mu.Unlock()
	keep, err := w.admit(len(p))
	if err != nil {
		return 0, err
	}
	if keep > 0 {
		w.content = append(w.content, p[:keep]...)
	}
	return len(p), nil
}

// streams returns the stream that the response is sent by, nil for a buffered
// reply and once the exchange is over.
func (w *response) streams() *stream {
	w.exchange.mu.Lock()
	defer w.exchange.mu.Unlock()
	if w.buffers == nil {
		return nil
	}
	return w.stream
}

// admit reports whether n more bytes may be written, and counts them. It returns
// how many of them have to be kept.
func (w *response) admit(n int) (keep int, err error) {
	if w.exchange.state >= closing {
		return 0, w.exchange.cause.writeError()
	}
	w.writeHeader(http.StatusOK)
	switch {
	case n == 0:
		return 0, nil
	case !bodyAllowed(w.status):
		return 0, http.ErrBodyNotAllowed
	}
	if w.missing >= 0 {
		if w.overrun = w.overrun || int64(n) > w.missing; w.overrun {
			return 0, http.ErrContentLength
		}
		w.missing -= int64(n)
	}
	w.written += int64(n)
	switch {
	case w.isHEAD: // only what sniffing needs is kept
		return min(n, max(0, sniffLen-len(w.content))), nil
	case w.stream == nil && w.written > int64(w.dialect.limit):
		w.fault = ReasonTooLarge
		return 0, errReplyTooLarge
	}
	return n, nil
}

// writeError is what Write returns once an exchange was closed.
func (c cause) writeError() error {
	switch c {
	case timedOut:
		return http.ErrHandlerTimeout
	case expired:
		return os.ErrDeadlineExceeded
	}
	return ErrInvocationOver
}

// bodyAllowed follows RFC 9110, sections 15.2, 15.3.5 and 15.4.5.
func bodyAllowed(status int16) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// Flush is FlushError without the error.
func (w *response) Flush() { _ = w.FlushError() }

// FlushError sends what there is, as net/http's does. Of a buffered reply it
// settles the header alone, since nothing is sent before the reply is complete.
func (w *response) FlushError() error {
	if st := w.streams(); st != nil {
		return st.flush(w)
	}
	w.exchange.mu.Lock()
	defer w.exchange.mu.Unlock()
	if w.exchange.state >= closing {
		return w.exchange.cause.writeError()
	}
	w.writeHeader(http.StatusOK)
	w.sniff()
	w.lost |= lostFlush
	return nil
}

// EnableFullDuplex is there for http.ResponseController, and true of every reply:
// the whole request has arrived before.
func (w *response) EnableFullDuplex() error { return nil }

// SetReadDeadline has no effect, since the whole request has arrived before.
func (w *response) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline ends a stream when the time comes: Writes fail with
// os.ErrDeadlineExceeded from then on, also one that waits for the runtime, and
// the stream ends with an error. The zero Time means no deadline. Of a buffered
// reply it has no effect, since nothing is sent before the reply is complete.
func (w *response) SetWriteDeadline(t time.Time) error {
	if st := w.streams(); st != nil {
		st.setDeadline(t)
	}
	return nil
}

// CloseNotify makes the response an http.CloseNotifier, which gin's Stream and
// other code from before contexts demands. It reports the end of a stream for
// whatever reason: nothing else says that a client has gone.
func (w *response) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	if st := w.streams(); st != nil {
		context.AfterFunc(st.exchange, func() { gone <- true })
	}
	return gone
}

// sniff settles the Content-Type by the body so far, unless the handler has.
func (w *response) sniff() {
	if w.media != unsettled || w.fault != "" {
		return
	}
	w.media = untyped
	if len(w.content) > 0 && bodyAllowed(w.status) {
		contentType := http.DetectContentType(w.content)
		w.media = mediaOf(contentType)
		w.head = w.dialect.appendMember(w.head, "Content-Type", []string{contentType})
		if w.snapshot != nil {
			w.snapshot.Set("Content-Type", contentType)
		}
	}
}

// finish completes the reply as far as the handler goes: what it has not written
// will not come.
func (w *response) finish() {
	w.writeHeader(http.StatusOK)
	if len(w.header) != w.names {
		for name := range w.header {
			w.lost |= lossOf(name) & lostTrailer
		}
	}
	w.sniff()
	if w.fault == "" && w.missing > 0 && !w.isHEAD && bodyAllowed(w.status) {
		w.fault = ReasonTooShort
	}
}
