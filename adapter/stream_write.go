package adapter

import (
	"bytes"
	"errors"
	"net/http"
)

const (
	// streamBuffer is how much of a body waits for more before it is sent, as in
	// net/http.
	streamBuffer = 4 << 10

	// endOfHead comes between the JSON of the head and the body, which follows
	// as it is.
	endOfHead = "}}\x00\x00\x00\x00\x00\x00\x00\x00"

	// maxStreamHead is where a front looks for the end of the head; of function
	// URLs that is unconfirmed.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
	maxStreamHead = 16 << 10
)

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
	w.sniff()
	rest := st.rest(w)
	if w.fault != "" {
		return errors.New("adapter: " + string(w.fault))
	}
	if !st.headed && !st.begin() {
		return http.ErrHandlerTimeout
	}
	st.headed, w.content = true, w.content[:0]
	if len(rest) == 0 {
		return nil
	}
	_, err := st.writer.Write(rest)
	return err
}

// rest returns what is still to be sent of w.
func (st *stream) rest(w *response) []byte {
	content := w.content
	if w.isHEAD {
		content = nil
	}
	if st.headed || w.fault != "" {
		return content
	}
	st.handler.warn(st.inv)
	if len(w.head)+len(endOfHead) > maxStreamHead {
		w.fault = ReasonTooLarge
		return nil
	}
	return append(append(w.head, endOfHead...), content...)
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
	if err != nil { // the invocation has ended meanwhile: nobody reads the answer
		return nil
	}
	fresh := h.start(inv.parent, s, inv.event.format)
	defer fresh.end(returned)
	h.answer(fresh, s, status, inv.event.slot.CORS())
	fresh.response.finish()
	content := fresh.response.content
	if fresh.response.isHEAD {
		content = nil
	}
	return append(append(bytes.Clone(fresh.response.head), endOfHead...), content...)
}
