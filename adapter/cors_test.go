package adapter_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
)

const appOrigin = "https://app.example.com"

// TestOwnAnswersCarryCORS: a browser can read the answers that Handler makes in
// the handler's place, whatever stands around the middleware. The handler may
// have changed the request; the answer goes to the origin that the client sent.
func TestOwnAnswersCarryCORS(t *testing.T) {
	api := cors.MustNew(cors.Config{AllowOrigins: []string{appOrigin}})
	around := map[string]func(http.Handler) http.Handler{
		"nothing": func(next http.Handler) http.Handler { return next },
		"middleware that copies the request": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				type key struct{}
				next.ServeHTTP(w, r.Clone(context.WithValue(r.Context(), key{}, 1)))
			})
		},
		"TimeoutHandler": func(next http.Handler) http.Handler { return http.TimeoutHandler(next, time.Hour, "") },
	}
	failing := map[string]struct {
		status  int
		handler http.HandlerFunc
	}{
		"panic": {500, func(_ http.ResponseWriter, r *http.Request) {
			r.Header.Set("Origin", "https://changed.example.com")
			panic("boom")
		}},
		"late":       {503, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		"7 MB reply": {500, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) }},
	}
	event := strings.Replace(functionURLEvent(), `"headers":{`, `"headers":{"origin":"`+appOrigin+`",`, 1)
	for name, fault := range failing {
		for outside, wrap := range around {
			synctest.Test(t, func(t *testing.T) {
				h := adapter.New(wrap(api.Wrap(fault.handler)), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler)})
				r := invoke(t, h, event)
				if got := r.Headers["Access-Control-Allow-Origin"]; r.StatusCode != fault.status || got != appOrigin {
					t.Errorf("%s under %s: status %d with %q, want %d with the client's origin", name, outside, r.StatusCode, got, fault.status)
				}
				if name == "7 MB reply" {
					return // a stream may have them
				}
				out, err := io.ReadAll(stream(t, context.Background(), h, event))
				if head, _, _ := bytes.Cut(out, make([]byte, 8)); err != nil || !bytes.Contains(head, []byte(`"Access-Control-Allow-Origin":"`+appOrigin+`"`)) {
					t.Errorf("%s under %s, streamed: %s (%v)", name, outside, head, err)
				}
			})
		}
	}
}

// TestNoCORSWithoutTheMiddleware: a request that never reached cors is answered
// without its headers.
func TestNoCORSWithoutTheMiddleware(t *testing.T) {
	api := cors.MustNew(cors.Config{AllowOrigins: []string{"*"}})
	h := adapter.New(api.Wrap(http.NotFoundHandler()), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	event := strings.Replace(functionURLEvent(), `"headers":{`, `"headers":{"origin":"`+appOrigin+`","bad name":"x",`, 1)
	if r := invoke(t, h, event); r.StatusCode != http.StatusBadRequest || r.Headers["Access-Control-Allow-Origin"] != "" {
		t.Errorf("status %d, headers %v", r.StatusCode, r.Headers)
	}
}
