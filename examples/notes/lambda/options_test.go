package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// TestBasePath: behind a mapping of a REST API's custom domain the handler sees the path
// below it.
func TestBasePath(t *testing.T) {
	path := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	for base, want := range map[string]string{"/orders": "/notes", "": "/orders/notes"} {
		options := optionsFrom(func(name string) string { return map[string]string{"NOTES_BASE_PATH": base}[name] })
		api := gateway.MustNew(gateway.Config{Format: adapter.RESTAPI, BasePath: "orders", Function: adapter.New(path, options)})
		w := httptest.NewRecorder()
		api.ServeHTTP(w, httptest.NewRequest("GET", "/orders/notes", nil))
		if w.Code != http.StatusOK || w.Body.String() != want {
			t.Errorf("NOTES_BASE_PATH %q: status %d, path %q, want %q", base, w.Code, w.Body, want)
		}
	}
}
