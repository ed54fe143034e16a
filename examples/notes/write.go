package notes

import (
	"encoding/json"
	"net/http"
)

// Write sends an answer as JSON, and a *Problem as one (RFC 9457). Caches must not
// keep what belongs to one caller, and browsers must not take a note for anything
// but JSON.
func Write(w http.ResponseWriter, status int, answer any) {
	contentType := "application/json"
	if _, ok := answer.(*Problem); ok {
		contentType = "application/problem+json"
	}
	h := w.Header()
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	h.Set("Content-Type", contentType)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // escaped, a page of notes could be six times as large
	_ = encoder.Encode(answer)   // fails only if the client has gone
}
