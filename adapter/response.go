package adapter

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/gatehouse-go/gatehouse/internal/slot"
)

var errReplyTooLarge = errors.New("adapter: " + string(ReasonTooLarge))

// sniffLen is how many bytes http.DetectContentType looks at.
const sniffLen = 512

// response is the http.ResponseWriter of a reply, with the behaviour of
// net/http's. Its head is written as JSON at the first WriteHeader, which
// makes it the snapshot that net/http takes of the header then; the body is kept
// as it is until the reply is known to be complete.
type response struct {
	mu      sync.Mutex
	header  http.Header
	dialect *dialect
	text    func(http.Header) bool // Options.IsText, as long as the body may be text

	fault   Reason // why the reply will be ours instead
	over    ending // why nothing more is taken; running: it is
	missing int64  // of the Content-Length that the handler set; -1 if it set none
	written int64
	status  int16 // 0 until WriteHeader

	lostCookies uint16 // those that the front has no place for

	isHEAD  bool
	overrun bool // the handler wrote more than its Content-Length
	lost    loss // what of the reply does not arrive
	media   media

	*buffers
}

// buffers grow with the reply and are used again for the next.
type buffers struct {
	head    []byte // JSON of the reply up to its header's closing brace
	content []byte // the body, or as much of it as waits to be streamed
	stream  *stream
	slot    *slot.Slot
	base    string // put before the path of a Location; "": nothing

	snapshot http.Header // of the response, for text alone
	names    int         // in the header when it was sent
}

// Header returns the map that WriteHeader sends.
func (w *response) Header() http.Header { return w.header }

// WriteHeader takes the status and a snapshot of the header. Informational
// statuses are passed over, since no front hands them on; 101 and what is no
// final status becomes a 500.
func (w *response) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over == running {
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
	if cors := w.slot.CORS(); cors != nil {
		cors.Apply(w.header, nil) // what stands outside of cors may have made this answer
	}
	w.missing = contentLength(w.header)
	w.writeHead()
}

// contentLength returns what the handler said its body's length will be, or -1.
func contentLength(h http.Header) int64 {
	declared := h.Get("Content-Length")
	if declared == "" {
		return -1
	}
	n, err := strconv.ParseInt(declared, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Write adds to the body. Like net/http's it fails for statuses without a body
// and past a Content-Length that the handler set itself.
func (w *response) Write(p []byte) (int, error) { return write(w, p) }

// WriteString is Write for a string.
func (w *response) WriteString(s string) (int, error) { return write(w, s) }

func write[T string | []byte](w *response, p T) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != running {
		return 0, w.over.writeError()
	}
	w.writeHeader(http.StatusOK)
	switch {
	case len(p) == 0:
		return 0, nil
	case !bodyAllowed(w.status):
		return 0, http.ErrBodyNotAllowed
	}
	if w.missing >= 0 {
		if w.overrun = w.overrun || int64(len(p)) > w.missing; w.overrun {
			return 0, http.ErrContentLength
		}
		w.missing -= int64(len(p))
	}
	w.written += int64(len(p))
	switch {
	case w.stream != nil:
		if err := w.stream.write(w, []byte(p)); err != nil {
			return 0, err
		}
	case w.isHEAD: // only what sniffing needs is kept
		w.content = append(w.content, p[:min(len(p), max(0, sniffLen-len(w.content)))]...)
	case w.written > int64(w.dialect.limit):
		w.fault = ReasonTooLarge
		return 0, errReplyTooLarge
	default:
		w.content = append(w.content, p...)
	}
	return len(p), nil
}

// detach takes the buffers back.
func (w *response) detach(why ending) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buffers = nil
	if w.over == running {
		w.over = why
	}
}

// bodyAllowed follows RFC 9110, sections 15.2, 15.3.5 and 15.4.5.
func bodyAllowed(status int16) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// Flush sends what there is, as net/http's does. Of a buffered reply that settles
// the header alone, since nothing is sent before it is complete.
func (w *response) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over != running {
		return
	}
	w.writeHeader(http.StatusOK)
	w.sniff()
	if w.stream == nil {
		w.lost |= lostFlush
		return
	}
	_ = w.stream.send(w) // a client that is gone shows in the context
}

// EnableFullDuplex is there for http.ResponseController, and true of every
// reply: the whole request has arrived before.
func (w *response) EnableFullDuplex() error { return nil }

// CloseNotify makes the response an http.CloseNotifier, which gin's Stream and
// other code from before contexts demands. It tells of a stream's end, whatever
// the reason: of a client that has gone nothing else speaks.
func (w *response) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.buffers != nil && w.stream != nil {
		context.AfterFunc(w.stream.inv, func() { gone <- true })
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

// finish completes the reply as far as the handler goes: what it did not write
// is not going to come.
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
