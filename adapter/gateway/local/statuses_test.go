package local_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
)

// ends are ways for an exchange to end. Middleware would record 200 for nearly all.
var ends = []struct {
	path             string
	handler          http.HandlerFunc
	status, streamed int  // what the client gets
	broken           bool // the client learns that a streamed reply is not complete
	by               string
	reason, midway   adapter.Reason // midway: of a stream; "": the same
}{
	{"/reply", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) }, 201, 201, false, "handler", "", ""},
	{"/teapot", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) }, 418, 418, false, "handler", "", ""},
	{"/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) }, 500, 200, false, "adapter", adapter.ReasonTooLarge, "none"},
	{"/late", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 503, 503, false, "adapter", adapter.ReasonLate, ""},
	{"/panic", func(http.ResponseWriter, *http.Request) { panic("boom") }, 500, 500, false, "adapter", adapter.ReasonPanic, ""},
	{"/abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 500, 500, false, "adapter", adapter.ReasonAbort, ""},
	{"/goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, 500, 500, false, "adapter", adapter.ReasonGoexit, ""},
	{"/base64", func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }, 400, 400, false, "adapter", adapter.ReasonBadBase64, ""},
	{"/101", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) }, 500, 500, false, "adapter", adapter.ReasonBadStatus, ""},
	{"/short", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "5") }, 500, 500, false, "adapter", adapter.ReasonTooShort, ""},
	{"/begun-panic", func(w http.ResponseWriter, _ *http.Request) { begun(w); panic("boom") }, 500, 200, true, "adapter", adapter.ReasonPanic, ""},
	{"/begun-goexit", func(w http.ResponseWriter, _ *http.Request) { begun(w); runtime.Goexit() }, 500, 200, true, "adapter", adapter.ReasonGoexit, ""},
	{"/begun-late", func(w http.ResponseWriter, r *http.Request) { begun(w); <-r.Context().Done() }, 503, 200, true, "adapter", adapter.ReasonLate, ""},
}

func begun(w http.ResponseWriter) {
	_, _ = io.WriteString(w, "begun")
	_ = http.NewResponseController(w).Flush()
}

// spoiled is a function whose events have a body that is not base64.
type spoiled struct{ *adapter.Handler }

func spoil(event []byte) []byte { return bytes.Replace(event, []byte(`"QUJD"`), []byte(`"QU*D"`), 1) }

func (s spoiled) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	return s.Handler.Invoke(ctx, spoil(event))
}

func (s spoiled) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	return s.Handler.Stream(ctx, spoil(event))
}

// TestLineAndClientAgree: however an exchange ends, the status in the function's
// line is the one that a client gets over the network, buffered and streamed.
func TestLineAndClientAgree(t *testing.T) {
	for name, streaming := range map[string]bool{"buffered": false, "streamed": true} {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			for _, end := range ends {
				mux.HandleFunc(end.path, end.handler)
			}
			mux.HandleFunc("/left", func(w http.ResponseWriter, r *http.Request) { begun(w); <-r.Context().Done() })
			var log printed
			access := adapter.AccessLog(slog.New(slog.NewJSONHandler(&log, nil)), nil)
			told := make(chan struct{}, len(ends)+1)
			opts := &local.Options{
				Format: adapter.FunctionURL, Streaming: streaming,
				Adapter: &adapter.Options{
					Timeout: 300 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
					Done: func(ctx context.Context, o *adapter.Outcome) { access(ctx, o); told <- struct{}{} },
				},
				Configure: func(c *gateway.Config) { c.Function = spoiled{c.Function.(*adapter.Handler)} },
			}
			if streaming {
				opts.Adapter.Timeout = time.Second // long enough to leave before
			}
			serve(t, mux, opts, func(url string) {
				for _, end := range ends {
					status, broken := fetched(t, url+end.path)
					<-told
					want, cut := end.status, false
					if streaming {
						want, cut = end.streamed, end.broken
					}
					if status != want || broken != cut {
						t.Errorf("%s: the client got %d, broken off: %t; want %d, %t", end.path, status, broken, want, cut)
					}
				}
				if streaming {
					leave(t, url+"/left")
					<-told
				}
			})
			lines := strings.Split(strings.TrimSpace(log.String()), "\n")
			for i, end := range ends {
				status, reason, by := end.status, end.reason, end.by
				if streaming {
					status = end.streamed
				}
				if streaming && end.midway == "none" {
					reason, by = "", "handler"
				}
				if streaming && end.broken {
					by = "handler" // whose status the client has
				}
				var line struct {
					Status int            `json:"http.response.status_code"`
					Reason adapter.Reason `json:"gatehouse.reason"`
					By     string         `json:"gatehouse.answered_by"`
				}
				if err := json.Unmarshal([]byte(lines[i]), &line); err != nil {
					t.Fatal(err)
				}
				if line.Status != status || line.Reason != reason || line.By != by {
					t.Errorf("%s: the line says %+v, want %d, %q by %s", end.path, line, status, reason, by)
				}
			}
			if want := len(ends); streaming && (len(lines) != want+1 || !strings.Contains(lines[want], `"http.response.status_code":200,`)) {
				t.Errorf("a client that left: %q", lines[want:])
			}
		})
	}
}

// fetched returns what a client gets, and whether it learns that something is missing.
func fetched(t *testing.T, url string) (status int, broken bool) {
	t.Helper()
	response, err := http.Post(url, "application/octet-stream", strings.NewReader("ABC"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err != nil
}

// leave reads the beginning of a reply and goes.
func leave(t *testing.T, url string) {
	t.Helper()
	response, err := http.Post(url, "application/octet-stream", strings.NewReader("ABC"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(response.Body, make([]byte, len("begun"))); err != nil {
		t.Error(err)
	}
	_ = response.Body.Close()
}
