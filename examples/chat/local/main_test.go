package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestSetUp: the parts fit together, and a stranger learns nothing of either API.
func TestSetUp(t *testing.T) {
	p, err := setUp("localhost:8081", "localhost:8082", "http://localhost:3000")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.tickets.ServeHTTP(w, httptest.NewRequest("POST", p.options.Try[0].Path, nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("a ticket: status %d", w.Code)
	}
	r := httptest.NewRequest("GET", "/prod", nil)
	r.Header.Set("Origin", "http://localhost:3000")
	if _, err := p.sockets.Connect(r); err == nil {
		t.Error("connected without a ticket")
	}
}
