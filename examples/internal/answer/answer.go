// Package answer writes the replies of the examples.
package answer

import (
	"encoding/json"
	"net/http"
)

// JSON answers with v, which is a caller's own and so in no cache.
func JSON(w http.ResponseWriter, status int, v any) {
	write(w, "application/json", status, v)
}

// Problem answers as authz does (RFC 9457). An empty detail is left out.
func Problem(w http.ResponseWriter, status int, detail string) {
	write(w, "application/problem+json", status, struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{http.StatusText(status), status, detail})
}

func write(w http.ResponseWriter, contentType string, status int, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone, if it fails
}
