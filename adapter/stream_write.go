package adapter

import (
	"bytes"
	"net/http"
)

// endOfHead comes between the JSON of the head and the body, which follows as it
// is.
const endOfHead = "}}\x00\x00\x00\x00\x00\x00\x00\x00"

// write is response.Write.
func (st *stream) write(w *response, p []byte) (int, error) {
	st.writes.Lock()
	defer st.writes.Unlock()
	x := st.exchange
	x.mu.Lock()
	defer x.mu.Unlock()
	keep, err := w.admit(len(p))
	if err != nil {
		return 0, err
	}
	if w.isHEAD {
		w.content = append(w.content, p[:keep]...)
		return len(p), nil
	}
	for rest := p; len(rest) > 0; {
		if x.state == headed && len(w.content) == 0 && len(rest) >= streamBuffer {
			if err := st.pass(rest); err != nil {
				return len(p) - len(rest), err
			}
			break
		}
		n := min(len(rest), streamBuffer-len(w.content))
		w.content = append(w.content, rest[:n]...)
		rest = rest[n:]
		if len(w.content) == streamBuffer {
			if err := st.piece(w); err != nil {
				return len(p) - len(rest), err
			}
		}
	}
	return len(p), nil
}

// flush is response.FlushError.
func (st *stream) flush(w *response) error {
	st.writes.Lock()
	defer st.writes.Unlock()
	st.exchange.mu.Lock()
	defer st.exchange.mu.Unlock()
	if st.exchange.state >= closing {
		return st.exchange.cause.writeError()
	}
	w.writeHeader(http.StatusOK)
	return st.piece(w)
}

// piece sends what waits in w, and the head before it if that has not been sent.
// piece and pass are called with both locks held, and let go of the exchange's
// while the bytes wait.
func (st *stream) piece(w *response) error {
	w.sniff()
	sent := st.exchange.state == headed
	piece := st.pending(w, sent)
	if w.fault != "" {
		return errReplyTooLarge
	}
	if !sent {
		st.exchange.state = headed
		st.started <- nil
		w.content = w.content[:0] // a copy of it follows the head
	} else {
		w.content, st.spare = st.spare[:0], nil
	}
	if len(piece) == 0 {
		return nil
	}
	err := st.pass(piece)
	st.spare = piece
	return err
}

// pass sends p.
func (st *stream) pass(p []byte) error {
	x := st.exchange
	x.mu.Unlock()
	n, err := st.writer.Write(p)
	x.mu.Lock()
	st.sent += n
	if x.state >= closing {
		return x.cause.writeError()
	}
	return err
}

// pending returns what is still to be sent of w: the head, unless that has been
// sent, and the content.
func (st *stream) pending(w *response, sent bool) []byte {
	content := w.content
	if w.isHEAD {
		content = nil
	}
	if sent || w.fault != "" {
		return content
	}
	if len(w.head)+len(endOfHead) > maxStreamHead {
		w.fault = ReasonTooLarge
		return nil
	}
	return append(append(w.head, endOfHead...), content...)
}

// rest returns what is still to be sent once the exchange is closed: the rest of
// the handler's reply, or an answer in its place if nothing was sent before.
func (st *stream) rest(res *result, sent bool) []byte {
	x, w := st.exchange, &st.exchange.response
	defer x.contain(res)
	if res.reason == "" {
		if x.handler.options.PadEmptyStream && w.written == 0 && !w.isHEAD && bodyAllowed(w.status) {
			w.content = append(w.content, ' ')
		}
		rest := st.pending(w, sent)
		if w.fault == "" {
			x.handler.warn(x, w.buffers)
			return rest
		}
		res.status, res.reason = http.StatusInternalServerError, w.fault
	}
	if !sent {
		return st.instead(res)
	}
	res.status = int(w.status)
	if !res.panicked() && res.reason != ReasonClosed {
		x.handler.logBroken(x, st.method, res)
	}
	x.end()
	return nil
}

// instead makes the whole of an answer in the handler's place. Stream has not
// returned yet, so that the event is still what it was.
func (st *stream) instead(res *result) []byte {
	x := st.exchange
	s := scratches.Get().(*scratch)
	defer s.free()
	if s.fields.reparse(x.event.payload()) != nil {
		res.failed = ErrInvocationOver // which was parsed before: it cannot be
	}
	x.end()
	return x.own(s, res, func(w *response) []byte {
		content := w.content
		if w.isHEAD {
			content = nil
		}
		return append(append(bytes.Clone(w.head), endOfHead...), content...)
	})
}

// send sends the rest; false if the runtime does not want it.
func (st *stream) send(rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	n, err := st.writer.Write(rest)
	st.exchange.mu.Lock()
	defer st.exchange.mu.Unlock()
	st.sent += n
	return err == nil
}

// total returns how many bytes the runtime has read.
func (st *stream) total() int {
	st.exchange.mu.Lock()
	defer st.exchange.mu.Unlock()
	return st.sent
}
