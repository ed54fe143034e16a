package cors_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
)

// faults are handlers in whose place adapter.Handler answers, with its status.
var faults = map[string]struct {
	status int
	serve  func(w http.ResponseWriter, r *http.Request, released <-chan struct{})
}{
	"panic": {500, func(http.ResponseWriter, *http.Request, <-chan struct{}) { panic("boom") }},
	"panic after changing the request": {500, func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
		r.Header.Set("Origin", evil)
		w.Header().Set("Access-Control-Allow-Origin", "*")
		panic("boom")
	}},
	"late": {503, func(w http.ResponseWriter, r *http.Request, released <-chan struct{}) {
		<-released
		r.Header.Set("Origin", evil)
	}},
	"7 MB": {500, func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
		w.Write(bytes.Repeat([]byte("a"), 7<<20))
	}},
}

// outside are what may stand between the adapter and Wrap. None of them shows
// the adapter what it wraps.
var outside = map[string]func(http.Handler) http.Handler{
	"nothing": func(h http.Handler) http.Handler { return h },
	"middleware": func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) })
	},
	"http.TimeoutHandler": func(h http.Handler) http.Handler {
		return http.TimeoutHandler(h, time.Minute, "too slow")
	},
	"http.TimeoutHandler that answers": func(h http.Handler) http.Handler {
		return http.TimeoutHandler(h, time.Second/2, "too slow")
	},
	"middleware that clears headers": func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer clear(w.Header())
			h.ServeHTTP(w, r)
		})
	},
	"middleware that recovers": func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					clear(w.Header())
					w.WriteHeader(http.StatusInternalServerError)
				}
			}()
			h.ServeHTTP(w, r)
		})
	},
	"http.ServeMux": func(h http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("/", h)
		return mux
	},
	"another Wrap, which decides": func(h http.Handler) http.Handler {
		return cors.MustNew(full).Wrap(cors.MustNew(policies["open"]).Wrap(h))
	},
}

// TestAnswersOfTheAdapter expects the headers on answers that the handler did not
// make, whatever stands outside of Wrap.
func TestAnswersOfTheAdapter(t *testing.T) {
	for around, wrap := range outside {
		for name, fault := range faults {
			t.Run(around+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					released := make(chan struct{})
					defer close(released)
					h := wrap(cors.MustNew(full).Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						fault.serve(w, r, released)
					})))
					status, header := invoke(t, adapter.New(h, &adapter.Options{Logger: quiet, Timeout: time.Second}))
					if status != fault.status {
						t.Errorf("status %d, want %d", status, fault.status)
					}
					if diff := cmp.Diff(wantFull, protocol(header)); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				})
			})
		}
	}
}

// TestAnswersBeforeWrap: settings of one request are not another's.
func TestAnswersBeforeWrap(t *testing.T) {
	next := cors.MustNew(full).Wrap(noContent)
	calls := 0
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 1 {
			next.ServeHTTP(w, r)
		}
		panic("boom")
	}), &adapter.Options{Logger: quiet})
	if _, header := invoke(t, h); len(protocol(header)) == 0 {
		t.Error("a request that reached Wrap: no headers")
	}
	if _, header := invoke(t, h); len(protocol(header)) != 0 {
		t.Errorf("a request that did not reach Wrap: %v", protocol(header))
	}
}

var quiet = slog.New(slog.DiscardHandler)

const event = `{"version":"2.0","routeKey":"ANY /{proxy+}","rawPath":"/notes","rawQueryString":"",
	"headers":{"origin":"` + page + `","host":"api.example.com"},
	"requestContext":{"domainName":"api.example.com","stage":"$default",
		"http":{"method":"GET","path":"/notes","protocol":"HTTP/1.1","sourceIp":"192.0.2.1"}},
	"isBase64Encoded":false}`

// invoke returns the reply to event, buffered. It checks that the streamed reply
// has the same head.
func invoke(t *testing.T, h *adapter.Handler) (int, http.Header) {
	t.Helper()
	out, err := h.Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	return head(t, out)
}

func head(t *testing.T, reply []byte) (int, http.Header) {
	t.Helper()
	var got struct {
		StatusCode int
		Headers    map[string]string
	}
	if err := json.Unmarshal(reply, &got); err != nil {
		t.Fatal(err)
	}
	header := make(http.Header)
	for name, value := range got.Headers {
		header.Set(name, value)
	}
	return got.StatusCode, header
}

// TestStreamedAnswersOfTheAdapter is TestAnswersOfTheAdapter for streams, which
// have no limit of size.
func TestStreamedAnswersOfTheAdapter(t *testing.T) {
	for around, wrap := range outside {
		t.Run(around, func(t *testing.T) {
			boom := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") })
			stream, err := adapter.New(wrap(cors.MustNew(full).Wrap(boom)), &adapter.Options{Logger: quiet}).
				Stream(t.Context(), json.RawMessage(strings.Replace(event, "api.example.com\",\"stage", "a.lambda-url.eu-west-1.on.aws\",\"stage", 1)))
			if err != nil {
				t.Fatal(err)
			}
			out, err := io.ReadAll(stream)
			if err != nil {
				t.Fatal(err)
			}
			prelude, _, found := bytes.Cut(out, make([]byte, 8))
			if !found {
				t.Fatalf("no prelude in %q", out)
			}
			status, header := head(t, prelude)
			if diff := cmp.Diff(wantFull, protocol(header)); diff != "" || status != 500 {
				t.Errorf("status %d, want 500; -want +got:\n%s", status, diff)
			}
		})
	}
}
