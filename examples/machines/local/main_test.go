package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestSetUp: the parts fit together, and a stranger learns nothing.
func TestSetUp(t *testing.T) {
	h, opts, err := setUp("localhost:8081")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", opts.Try[0].Path, nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d", w.Code)
	}
}
