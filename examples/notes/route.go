package notes

import (
	"encoding/json"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A route is one operation: what it needs, and what it answers if all is well.
type route struct {
	pattern string
	needs   authz.Requirement
	status  int
	answer  func(*http.Request) (any, error)
}

func (rt route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := rt.answer(r)
	if err != nil {
		p := problemOf(r.Context(), err)
		write(w, p.Status, "application/problem+json", p)
		return
	}
	write(w, rt.status, "application/json", answer)
}

// write forbids caches to keep what is one caller's, and browsers to take a
// note for anything but JSON.
func write(w http.ResponseWriter, status int, contentType string, answer any) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // which would make a page of notes up to six times as large
	_ = encoder.Encode(answer)   // only if the client has gone
}

// callerOf returns who is calling, which no handler without a requirement may
// ask.
func callerOf(r *http.Request) *claims.Identity {
	caller, ok := claims.FromContext(r.Context())
	if !ok {
		panic("notes: an operation for callers was reached by nobody")
	}
	return caller
}
