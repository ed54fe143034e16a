package authz

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// enclosed is the writer inside Enclose. Its header map is its own for good; what
// is in it is copied to the real one's when the answer may begin.
type enclosed struct {
	guard  *Guard
	w      http.ResponseWriter
	outer  *enclosed // of the same Guard, around this one; nil: none
	header http.Header

	answering sync.WaitGroup // a refusal that is being written
	asked     atomic.Bool    // a decision has begun

	mu     sync.Mutex // orders a decision in another goroutine against the answer
	state  state
	status int  // of the answer that was begun while closed; 0: none
	late   bool // a grant came after that
	sent   bool // open, and the header has been copied
}

// state is what has been decided.
type state uint8

const (
	closed  state = iota
	open          // granted
	refused       // the Guard has answered, or will
	over          // the handler has returned undecided
)

// open lets the handler's answer out, if it has not begun already and nothing
// else was decided.
func (e *enclosed) open() {
	if e.outer != nil {
		e.outer.open()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.state != closed:
	case e.status != 0:
		e.late = true
	default:
		e.state = open
	}
}

// refuse has the Guard answer on the real writer, unless a handler that was
// granted has begun to. Then it tells the writers in between, such as a logging
// middleware's, the status.
func (e *enclosed) refuse(between http.ResponseWriter, r *http.Request, refusal *Error) {
	if !e.mayRefuse() {
		return
	}
	defer e.answering.Done()
	status := refusal.Status
	e.keepShared()
	e.answer(between, r, refusal)
	between.WriteHeader(status)
}

// answer has the Guard answer where that can leave.
func (e *enclosed) answer(between http.ResponseWriter, r *http.Request, refusal *Error) {
	if e.outer != nil {
		e.outer.refuse(between, r, refusal)
		return
	}
	e.guard.refuse(e.w, r, refusal)
}

// mayRefuse drops whatever the handler writes from now on, and reports whether
// there is still an answer to give.
func (e *enclosed) mayRefuse() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == refused || e.state == over {
		return false
	}
	e.state = refused
	if e.sent {
		return false
	}
	e.answering.Add(1)
	return true
}

// keepShared keeps of the handler's headers what caches and browsers must know of
// a refusal too, where cors stands inside of Enclose.
func (e *enclosed) keepShared() {
	for name, values := range e.header {
		if name == "Vary" || strings.HasPrefix(name, "Access-Control-") {
			e.w.Header()[name] = values
		}
	}
}

// close ends a request. It returns the status of an answer that nobody decided
// about and why that is, nil if somebody has.
func (e *enclosed) close() (status int, why error) {
	defer e.answering.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	switch e.state {
	case open:
		e.copyHeader() // of an answer without body, or trailers
		return 0, nil
	case refused:
		return 0, nil
	}
	e.state = over
	switch {
	case e.late:
		return e.status, errLate
	case e.status == 0:
		return http.StatusOK, errUnasked
	}
	return e.status, errUnasked
}

// begin reports whether the answer may leave. While it may not, it has begun
// nonetheless, with this status.
func (e *enclosed) begin(status int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state == open {
		if !e.sent {
			e.copyHeader()
			e.sent = status/100 != 1 || status == http.StatusSwitchingProtocols
		}
		return true
	}
	if e.status == 0 && (status/100 != 1 || status == http.StatusSwitchingProtocols) {
		e.status = status
	}
	return false
}

// copyHeader makes the real header what the handler's is. Once the header has
// left, that changes nothing but trailers.
func (e *enclosed) copyHeader() {
	real := e.w.Header()
	if !e.sent {
		clear(real)
	}
	maps.Copy(real, e.header)
}

func (e *enclosed) Header() http.Header { return e.header }

func (e *enclosed) WriteHeader(status int) {
	if e.begin(status) {
		e.w.WriteHeader(status)
	}
}

// Write drops what was not granted: it has been written, as far as the handler
// can know.
func (e *enclosed) Write(p []byte) (int, error) {
	if e.begin(http.StatusOK) {
		return e.w.Write(p)
	}
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (e *enclosed) WriteString(s string) (int, error) {
	if e.begin(http.StatusOK) {
		return io.WriteString(e.w, s)
	}
	return len(s), nil
}

// ReadFrom keeps the real writer's quick way for files.
func (e *enclosed) ReadFrom(src io.Reader) (int64, error) {
	if e.begin(http.StatusOK) {
		return io.Copy(e.w, src)
	}
	return io.Copy(io.Discard, src)
}

// FlushError is what http.ResponseController looks for.
func (e *enclosed) FlushError() error {
	if e.begin(http.StatusOK) {
		return http.NewResponseController(e.w).Flush()
	}
	return nil
}

// Flush implements http.Flusher.
func (e *enclosed) Flush() { _ = e.FlushError() }

// Hijack implements http.Hijacker once the request is granted.
func (e *enclosed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if e.Unwrap() == nil {
		return nil, nil, http.ErrNotSupported
	}
	return http.NewResponseController(e.w).Hijack()
}

// Unwrap returns the real writer once the request is granted, for deadlines and
// whatever else an http.ResponseController finds there, and nil until then.
func (e *enclosed) Unwrap() http.ResponseWriter {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != open {
		return nil
	}
	if !e.sent {
		e.copyHeader()
	}
	return e.w
}
