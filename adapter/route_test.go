package adapter_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestRoute: the pattern is seen behind middleware that hands on a copy of the request.
func TestRoute(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes/{id}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /panics/{id}", func(http.ResponseWriter, *http.Request) { panic("out of luck") })
	copies := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.Clone(r.Context()))
		})
	}
	for _, test := range []struct {
		name, path string
		handler    http.Handler
		want       string
	}{
		{"no copy", "/notes/1", mux, "GET /notes/{id}"},
		{"a copy", "/notes/1", copies(mux), ""},
		{"a copy and Route", "/notes/1", copies(adapter.Route(mux)), "GET /notes/{id}"},
		{"two copies", "/notes/1", copies(copies(adapter.Route(mux))), "GET /notes/{id}"},
		{"a panic", "/panics/1", copies(adapter.Route(mux)), "GET /panics/{id}"},
		{"no pattern", "/elsewhere", copies(adapter.Route(mux)), ""},
		{"no copy, and Route", "/notes/1", adapter.Route(mux), "GET /notes/{id}"},
	} {
		told := false
		h := adapter.New(test.handler, &adapter.Options{Logger: slog.New(slog.DiscardHandler), Done: func(_ context.Context, o *adapter.Outcome) {
			told = true
			if o.Route != test.want {
				t.Errorf("%s: route %q, want %q", test.name, o.Route, test.want)
			}
		}})
		event := fmt.Sprintf(`{"rawPath":%q,"requestContext":{"domainName":"x.lambda-url.eu-west-1.on.aws","http":{"method":"GET"}}}`, test.path)
		if _, err := h.Invoke(t.Context(), []byte(event)); err != nil || !told {
			t.Errorf("%s: error %v, Done was called: %t", test.name, err, told)
		}
	}

	w := httptest.NewRecorder()
	adapter.Route(mux).ServeHTTP(w, httptest.NewRequest("GET", "/notes/1", nil))
	if w.Code != http.StatusOK {
		t.Errorf("outside an invocation: status %d", w.Code)
	}
}
