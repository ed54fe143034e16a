package main_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// TestFunctionOutlastsASilentDatabase asks while the database takes requests and
// answers none: the function answers 503 before its time is up, and goes on once the
// database does.
func TestFunctionOutlastsASilentDatabase(t *testing.T) {
	silence := make(chan struct{})
	database := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-silence:
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, "{}")
		case <-r.Context().Done():
		}
	}))
	defer database.Close()
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
		Env: append(standin.Env(database.URL), "NOTES_ISSUER="+issuer, "NOTES_API="+api, "NOTES_TABLE=notes"),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	g := gateway.MustNew(gateway.Config{Function: runtimeapi.Function{Process: process}, APIID: api, Authorizer: vouch(issuer), Timeout: 3 * time.Second})
	ask := func(method, path string, want int) {
		t.Helper()
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader("{}")))
		if w.Code != want {
			t.Errorf("%s %s: status %d, want %d; body %s", method, path, w.Code, want, w.Body)
		}
	}
	ask("POST", "/notes", 503)
	ask("GET", "/notes", 503)
	close(silence)
	ask("POST", "/notes", 201)
	ask("GET", "/notes", 200)
	ask("GET", "/notes/1", 404)
}
