package authz_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
)

// TestUnknownRoutesOfAKnownCaller: what no route matches is answered in the
// format of every other refusal.
func TestUnknownRoutesOfAKnownCaller(t *testing.T) {
	mux := authz.NewMux(&authz.Guard{Identifier: always(caller(t, ""))})
	mux.HandleFunc("GET /notes", authz.Authenticated(), func(http.ResponseWriter, *http.Request) {})
	for _, row := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/elsewhere", http.StatusNotFound, ""},
		{"DELETE", "/notes", http.StatusMethodNotAllowed, "GET, HEAD"},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(row.method, row.path, nil))
		var problem struct {
			Title  string
			Status int
		}
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || problem.Status != row.status || problem.Title != http.StatusText(row.status) {
			t.Errorf("%s %s: body %q (%v)", row.method, row.path, w.Body, err)
		}
		h := w.Header()
		if w.Code != row.status || h.Get("Allow") != row.allow || h.Get("Content-Type") != "application/problem+json" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: status %d, header %v", row.method, row.path, w.Code, h)
		}
	}
	w := httptest.NewRecorder()
	mux.Guard().Unknown(w, httptest.NewRequest("GET", "/", nil), http.NotFoundHandler())
	if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("another router's 404: status %d, header %v", w.Code, w.Header())
	}
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "//notes", nil))
	if location := w.Header().Get("Location"); w.Code/100 != 3 || location != "/notes" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("redirect: status %d, header %v", w.Code, w.Header())
	}
}
