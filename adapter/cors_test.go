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

// pageEvent is a request of a page, or its preflight.
func pageEvent(method, origin, asks string) string {
	event := strings.Replace(functionURLEvent(), `"headers":{`, `"headers":{"origin":"`+origin+`","access-control-request-method":"PUT","access-control-request-headers":"`+asks+`",`, 1)
	return strings.Replace(event, `"method":"POST"`, `"method":"`+method+`"`, 1)
}

// TestPagesAreExplained: what a browser keeps from a page is said in one line,
// without any setting.
func TestPagesAreExplained(t *testing.T) {
	for name, row := range map[string]struct {
		event string
		owner cors.Owner
		want  string // "": no line
	}{
		"allowed":                {pageEvent("GET", appOrigin, ""), cors.OwnerApp, ""},
		"a granted preflight":    {pageEvent("OPTIONS", appOrigin, "authorization"), cors.OwnerApp, ""},
		"another origin":         {pageEvent("GET", "https://secret.example", ""), cors.OwnerApp, "the origin is not in AllowOrigins"},
		"another scheme":         {pageEvent("GET", "http://app.example.com", ""), cors.OwnerApp, "AllowOrigins has this host with another scheme or port only"},
		"a refused preflight":    {pageEvent("OPTIONS", "https://secret.example", ""), cors.OwnerApp, "the origin is not in AllowOrigins"},
		"a header":               {pageEvent("OPTIONS", appOrigin, "x-secret"), cors.OwnerApp, "the preflight asks for a header that is not in AllowHeaders"},
		"the gateway's":          {pageEvent("OPTIONS", appOrigin, ""), cors.OwnerGateway, "a preflight reached the function, though Owner is OwnerGateway"},
		"the gateway's, by MOCK": {pageEvent("OPTIONS", appOrigin, ""), cors.OwnerGatewayPreflight, "a preflight reached the function, though Owner is OwnerGatewayPreflight"},
	} {
		t.Run(name, func(t *testing.T) {
			api := cors.MustNew(cors.Config{AllowOrigins: []string{appOrigin}, AllowMethods: []string{"PUT"}, AllowHeaders: []string{"Authorization"}, Owner: row.owner})
			h := api.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			var own, access bytes.Buffer
			logger := slog.New(slog.NewJSONHandler(&own, nil))
			line := adapter.AccessLog(slog.New(slog.NewJSONHandler(&access, nil)), &adapter.AccessLogOptions{Sample: 1000})
			plain := adapter.New(h, &adapter.Options{Logger: logger})
			for range 3 {
				invoke(t, plain, row.event)
			}
			said := own.String()
			observed := adapter.New(h, &adapter.Options{Logger: logger, Done: line})
			for range 3 {
				invoke(t, observed, row.event)
			}
			if own.String() != said {
				t.Errorf("a line of its own beside AccessLog's: %s", &own)
			}
			if row.want == "" {
				if said != "" || strings.Count(access.String(), "\n") != 1 || strings.Contains(access.String(), `"cors"`) {
					t.Errorf("logged %s, and AccessLog %s", said, &access)
				}
				return
			}
			cause := `"cors":{"cause":"` + row.want + `"}`
			if strings.Count(said, cause) != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, `"level":"WARN","msg":"cors: refused"`) {
				t.Errorf("logged %s, want once %s", said, cause)
			}
			if strings.Count(access.String(), cause) != 3 || strings.Count(access.String(), `"level":"WARN"`) != 3 {
				t.Errorf("AccessLog wrote %s, want %s each time", &access, cause)
			}
			if strings.Contains(said+access.String(), "secret") {
				t.Errorf("something that a client sent is in a line: %s%s", said, &access)
			}
		})
	}
}

// TestPagesMakeFewLines: a flood of requests of other pages is counted.
func TestPagesMakeFewLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		api := cors.MustNew(cors.Config{AllowOrigins: []string{appOrigin}})
		h := adapter.New(api.Wrap(http.NotFoundHandler()), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
		event := pageEvent("GET", "https://other.example", "")
		for range 1000 {
			invoke(t, h, event)
		}
		time.Sleep(time.Minute)
		invoke(t, h, event)
		if strings.Count(log.String(), "\n") != 3 || !strings.Contains(log.String(), `"left_out":999`) {
			t.Errorf("logged %s", &log)
		}
	})
}
