package authz

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
)

// problem is the body of a refusal (RFC 9457). It is the same for every refusal
// with the same code, up to the scopes, so that it gives nothing away.
type problem struct {
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Detail string   `json:"detail,omitempty"`
	Code   string   `json:"code,omitempty"`
	Scopes []string `json:"scopes,omitempty"`
}

var details = map[string]string{
	CodeInvalidRequest:         "The request carries credentials that are malformed or not unique.",
	CodeInvalidToken:           "The access token is expired or not accepted.",
	CodeInsufficientScope:      "The caller may not perform this operation.",
	CodeTemporarilyUnavailable: "The access token cannot be checked at the moment.",
}

// detail is all that a client is told beyond the code.
func (e *Error) detail() string {
	if errors.Is(e.Err, errIDToken) {
		return "The operation needs an access token, and this is an ID token."
	}
	return details[e.Code]
}

func writeProblem(w http.ResponseWriter, e *Error) {
	w.Header().Set("Content-Type", "application/problem+json")
	json.NewEncoder(w).Encode(problem{
		Title:  http.StatusText(e.Status),
		Status: e.Status,
		Detail: e.detail(),
		Code:   e.code(),
		Scopes: e.scopes(),
	})
}

// answer is the writer that Refuse gets. It has a header of its own, of which
// only Content-Type reaches the client, and no way to the writer behind it.
type answer struct {
	w         http.ResponseWriter
	status    int
	fixed     http.Header
	scratch   http.Header
	head      bool
	committed bool
}

func newAnswer(w http.ResponseWriter, r *http.Request, e *Error, fixed http.Header) *answer {
	return &answer{
		w:       w,
		status:  e.Status,
		fixed:   fixed,
		scratch: http.Header{},
		head:    r.Method == http.MethodHead,
	}
}

func (a *answer) Header() http.Header { return a.scratch }

// WriteHeader sends the Guard's status, whatever it is asked to send.
func (a *answer) WriteHeader(int) {
	if a.committed {
		return
	}
	a.committed = true
	h := a.w.Header()
	// What was set for the body that is not sent. Content-Encoding stays, as in
	// http.Error: middleware that compresses sets it early, and compresses this
	// body too (https://go.dev/issue/66343).
	for _, name := range [...]string{"Content-Length", "Content-Type", "Etag", "Last-Modified"} {
		h.Del(name)
	}
	if values, ok := a.scratch["Content-Type"]; ok {
		h["Content-Type"] = values
	}
	maps.Copy(h, a.fixed)
	a.w.WriteHeader(a.status)
}

// Write drops the body of an answer to HEAD (RFC 9110 section 9.3.2), also
// where the server behind would send it.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(a.status)
	if a.head {
		return len(p), nil
	}
	return a.w.Write(p)
}
