package adapter_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestFenceBeforeWake: who waits for the end of the request's context, by
// whatever context derived from it, finds the body, the event and the writer
// closed already: a handler that is too late cannot answer after all, nor read
// what is the next event's by then.
func TestFenceBeforeWake(t *testing.T) {
	ways := map[string]func(context.Context) (context.Context, context.CancelFunc){
		"itself":     func(ctx context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} },
		"WithCancel": context.WithCancel,
		"WithTimeout": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Hour)
		},
		"WithValue below WithCancelCause": func(ctx context.Context) (context.Context, context.CancelFunc) {
			type key struct{}
			child, cancel := context.WithCancelCause(ctx)
			return context.WithValue(child, key{}, 1), func() { cancel(nil) }
		},
	}
	for name, derive := range ways {
		for _, streamed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				checked := make(chan error, 2)
				h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					ctx, cancel := derive(r.Context())
					defer cancel()
					event, _ := adapter.FromContext(r.Context())
					fenced := func() error {
						_, written := w.Write([]byte("late"))
						_, read := r.Body.Read(make([]byte, 1))
						_, raw := event.Raw()
						if written != http.ErrHandlerTimeout || read != http.ErrBodyReadAfterClose || raw != adapter.ErrInvocationOver || ctx.Err() != context.DeadlineExceeded {
							return errors.Join(errors.New("not fenced"), written, read, raw, ctx.Err())
						}
						return nil
					}
					context.AfterFunc(ctx, func() { checked <- fenced() })
					if err := ctx.Err(); err != nil {
						t.Errorf("%s: at the beginning: %v", name, err)
					}
					<-ctx.Done()
					checked <- fenced()
				}), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler)})
				serveAny(t, h, strings.Replace(functionURLEvent(), `"body":""`, `"body":"text"`, 1), streamed)
				for range 2 {
					if err := <-checked; err != nil {
						t.Errorf("%s, streamed %v: %v", name, streamed, err)
					}
				}
			})
		}
	}
}

// TestWakeIsNotEarly: the time when the context ends is the limit's, not that of
// a deadline that a child has as well.
func TestWakeIsNotEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ended := make(chan time.Duration, 1)
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
			defer cancel()
			<-ctx.Done()
			ended <- time.Since(start)
		}), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler)})
		invoke(t, h, v2Event("", false))
		if took := <-ended; took != time.Second {
			t.Errorf("ended after %v", took)
		}
	})
}

// TestBubblesShareNothing: a Handler used in one synctest bubble after the other,
// and outside, since tests often have one in a package variable. Channels and
// timers of one bubble must not turn up in another.
func TestBubblesShareNothing(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Late") != "" {
			<-r.Context().Done()
		}
		_, _ = io.Copy(w, r.Body)
	}), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler), Done: func(context.Context, *adapter.Outcome) {}})
	event := strings.Replace(functionURLEvent(), `"body":""`, `"body":"text"`, 1)
	late := strings.Replace(event, `"headers":{`, `"headers":{"x-late":"1",`, 1)
	use := func(t *testing.T) {
		for range 20 {
			serveAny(t, h, event, false)
			serveAny(t, h, event, true)
		}
	}
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			use(t)
			serveAny(t, h, late, false)
			serveAny(t, h, late, true)
		})
		use(t)
	}
}

// careful is a reader that minds io.Reader's freedom to return bytes with an
// error: the runtime would lose them.
type careful struct {
	t *testing.T
	io.Reader
}

func (c careful) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if n > 0 && err != nil {
		c.t.Errorf("%d bytes together with %v", n, err)
	}
	return n, err
}

func TestNoBytesWithAnError(t *testing.T) {
	for name, row := range streamEndings() {
		for _, size := range []int{1, 7, 1 << 20} {
			synctest.Test(t, func(t *testing.T) {
				h := adapter.New(row.handler, &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler)})
				st := stream(t, context.Background(), h, row.event)
				_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, careful{t, st}, make([]byte, size))
				if (err != nil) != row.fails {
					t.Errorf("%s: error %v, want one: %v", name, err, row.fails)
				}
			})
		}
	}
}

// streamEndings are streams that have begun, or not, and how they end.
func streamEndings() map[string]struct {
	handler http.HandlerFunc
	event   string
	reason  adapter.Reason
	status  int
	fails   bool
} {
	url := functionURLEvent()
	badBase64 := strings.Replace(strings.Replace(url, `"body":""`, `"body":"QUJ*"`, 1), "false}", "true}", 1)
	type row = struct {
		handler http.HandlerFunc
		event   string
		reason  adapter.Reason
		status  int
		fails   bool
	}
	return map[string]row{
		"reply":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "whole") }, url, "", 200, false},
		"reply, begun":  {func(w http.ResponseWriter, _ *http.Request) { begin(w); _, _ = io.WriteString(w, "rest") }, url, "", 200, false},
		"large":         {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 100_000)) }, url, "", 200, false},
		"nothing":       {func(http.ResponseWriter, *http.Request) {}, url, "", 200, false},
		"panic":         {func(http.ResponseWriter, *http.Request) { panic("boom") }, url, adapter.ReasonPanic, 500, false},
		"panic, begun":  {func(w http.ResponseWriter, _ *http.Request) { begin(w); panic("boom") }, url, adapter.ReasonPanic, 200, true},
		"abort, begun":  {func(w http.ResponseWriter, _ *http.Request) { begin(w); panic(http.ErrAbortHandler) }, url, adapter.ReasonAbort, 200, true},
		"Goexit":        {func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, url, adapter.ReasonGoexit, 500, false},
		"Goexit, begun": {func(w http.ResponseWriter, _ *http.Request) { begin(w); runtime.Goexit() }, url, adapter.ReasonGoexit, 200, true},
		"late":          {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, url, adapter.ReasonLate, 503, false},
		"late, begun":   {func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() }, url, adapter.ReasonLate, 200, true},
		"101":           {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) }, url, adapter.ReasonBadStatus, 500, false},
		"too short, begun": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "50")
			begin(w)
		}, url, adapter.ReasonTooShort, 200, true},
		"bad base64": {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }, badBase64, adapter.ReasonBadBase64, 400, false},
		"bad base64, begun": {func(w http.ResponseWriter, r *http.Request) { begin(w); _, _ = io.ReadAll(r.Body) },
			badBase64, adapter.ReasonBadBase64, 200, true},
		"large head": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", 20<<10))
		}, url, adapter.ReasonTooLarge, 500, false},
		"no request": {func(http.ResponseWriter, *http.Request) { panic("called") },
			strings.Replace(url, `"host":`, `"a b":"c","host":`, 1), adapter.ReasonBadRequest, 400, false},
	}
}
