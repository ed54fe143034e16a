package authz

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Only a route marks a match. No other handler can be in a Mux's ServeMux; if one
// were, what it writes would be no answer to a stranger, and it could not reach
// the real writer.
func TestOnlyARouteMarksAMatch(t *testing.T) {
	m := NewMux(&Guard{Identifier: IdentifierFunc("nobody", claims.Trust{}, func(*http.Request) (*claims.Identity, error) { return nil, nil })})
	m.mux.HandleFunc("GET /stray", func(w http.ResponseWriter, _ *http.Request) {
		if _, ok := w.(interface{ Unwrap() http.ResponseWriter }); ok {
			t.Error("the writer can be unwrapped")
		}
		w.Header().Set("X-Stray", "1")
		w.Write([]byte("stray"))
	})
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequest("GET", "/stray", nil))
	if w.Code != http.StatusUnauthorized || w.Header().Get("X-Stray") != "" {
		t.Errorf("status %d, header %v, body %q", w.Code, w.Header(), w.Body)
	}
	if _, _, ok := m.Find(httptest.NewRequest("GET", "/stray", nil)); ok {
		t.Error("Find found it")
	}
}

// A route decides even for a writer that is not its Mux's.
func TestARouteDecidesWhateverItsWriterIs(t *testing.T) {
	m := NewMux(nil)
	m.HandleFunc("GET /", Authenticated(), func(http.ResponseWriter, *http.Request) { t.Error("the handler ran") })
	h, _ := m.mux.Handler(httptest.NewRequest("GET", "/", nil))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}
