package cors

import (
	"io"
	"net/http"
)

// writer is the ResponseWriter that handlers inside Wrap see. It puts the
// policy's headers into the Header when the handler begins its answer, which is
// the last moment at which it could change them.
type writer struct {
	http.ResponseWriter
	answer answer
	begun  bool
}

func (w *writer) begin() {
	if w.begun {
		return
	}
	w.begun = true
	w.answer.put(w.Header())
}

// WriteHeader does not count 1xx as the answer (RFC 9110, section 15.2), except
// 101, after which there is no other.
func (w *writer) WriteHeader(status int) {
	if status < 100 || status > 199 || status == http.StatusSwitchingProtocols {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(p []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(p)
}

func (w *writer) WriteString(s string) (int, error) {
	w.begin()
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom lets io.Copy use what the ResponseWriter has for it.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	w.begin()
	return io.Copy(w.ResponseWriter, src)
}

func (w *writer) Flush() { _ = w.FlushError() } // an http.Flusher cannot tell

func (w *writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the methods that begin no answer.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
