package cors

import (
	"io"
	"net/http"
)

// writer is the ResponseWriter that handlers inside Wrap see. It sets the CORS
// headers when the handler begins its answer: after that the handler can no
// longer change them.
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

// WriteHeader passes informational answers on as they are (RFC 9110, section
// 15.2). 101 is none of them: no other answer follows it.
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

// ReadFrom lets io.Copy use the ReadFrom of the ResponseWriter, if it has one.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	w.begin()
	return io.Copy(w.ResponseWriter, src)
}

func (w *writer) Flush() { _ = w.FlushError() } // an http.Flusher cannot report errors

func (w *writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the methods that do not begin an answer.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
