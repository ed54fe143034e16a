package adapter_test

import (
	"bytes"
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

func restEvent() string {
	return `{"httpMethod":"GET","path":"/","headers":{"Origin":"https://app.example.com"},"requestContext":{"stage":"live"}}`
}

func functionURLEvent() string {
	return strings.Replace(v2Event("", false), `"requestContext":{`, `"requestContext":{"domainName":"abc.lambda-url.eu-west-1.on.aws",`, 1)
}

// until is a handler that ends with its context, and says so.
func until(ended chan<- error) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		ended <- r.Context().Err()
	}
}

func TestTimeout(t *testing.T) {
	const none = time.Duration(0)
	for _, row := range []struct {
		name     string
		event    string
		timeout  time.Duration // Options.Timeout
		deadline time.Duration // of the invocation; none: it has none
		want     time.Duration
		status   int
	}{
		{"HTTP API, a distant deadline", v2Event("", false), 0, time.Hour, 29500 * time.Millisecond, 503},
		{"REST API, a distant deadline", restEvent(), 0, time.Hour, 28500 * time.Millisecond, 504},
		{"function URL waits for the deadline", functionURLEvent(), 0, 10 * time.Minute, 10*time.Minute - 500*time.Millisecond, 503},
		{"a deadline close by keeps 50 ms", v2Event("", false), 0, 3 * time.Second, 2950 * time.Millisecond, 503},
		{"a deadline farther off keeps 1 %", v2Event("", false), 0, 20 * time.Second, 19800 * time.Millisecond, 503},
		{"a limit of one's own", v2Event("", false), time.Second, time.Hour, time.Second, 503},
		{"a limit without a deadline", restEvent(), time.Second, none, time.Second, 504},
		{"a limit beyond the deadline", restEvent(), time.Hour, 3 * time.Second, 2950 * time.Millisecond, 504},
		{"only the deadline counts", restEvent(), -1, time.Minute, 59500 * time.Millisecond, 504},
		{"a deadline a million times too large", v2Event("", false), 0, 290 * 365 * 24 * time.Hour, 29500 * time.Millisecond, 503},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := context.Background()
				if row.deadline != none {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, row.deadline)
					defer cancel()
				}
				ended := make(chan error, 1)
				h := adapter.New(until(ended), &adapter.Options{Timeout: row.timeout})
				start := time.Now()
				out, err := h.Invoke(ctx, []byte(row.event))
				if took := time.Since(start); took != row.want || err != nil {
					t.Errorf("answered after %v (%v), want %v", took, err, row.want)
				}
				if got := statusOf(t, out); got != row.status {
					t.Errorf("status %d, want %d", got, row.status)
				}
				if err := <-ended; err != context.DeadlineExceeded {
					t.Errorf("the handler's context ended with %v", err)
				}
			})
		})
	}
}

func TestNoTimeLeft(t *testing.T) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler was called")
	}), nil)
	out, err := h.Invoke(ctx, []byte(v2Event("", false)))
	if err != nil || statusOf(t, out) != http.StatusServiceUnavailable {
		t.Errorf("reply %s, error %v", out, err)
	}
}

func TestHandlerSeesItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if deadline, ok := r.Context().Deadline(); !ok || time.Until(deadline) != 29500*time.Millisecond {
				t.Errorf("deadline in %v (%v)", time.Until(deadline), ok)
			}
		}), nil)
		if _, err := h.Invoke(ctx, []byte(v2Event("", false))); err != nil {
			t.Fatal(err)
		}
	})
}

// TestLateHandler: nothing that a handler does after its time has an effect, on
// this reply or on the next event, whose bytes the runtime puts where this one's
// were.
func TestLateHandler(t *testing.T) {
	body := strings.Repeat("0123456789", 10_000)
	payload := []byte(v2Event(body, false))
	started, late, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Second") != "" {
			_, _ = io.Copy(w, r.Body)
			return
		}
		defer close(done)
		_, _ = io.ReadFull(r.Body, make([]byte, 10))
		w.Header().Set("X-Early", "1")
		close(started)
		<-late
		for i := range 1000 {
			w.Header().Set("X-Late", strings.Repeat("x", i))
			if _, err := w.Write([]byte("late")); err != http.ErrHandlerTimeout {
				t.Errorf("Write: %v", err)
			}
			if n, err := r.Body.Read(make([]byte, 100)); n != 0 || err != http.ErrBodyReadAfterClose {
				t.Errorf("Read: %d bytes, %v", n, err)
			}
			if e, ok := adapter.FromContext(r.Context()); !ok || e.Decode(new(any)) != adapter.ErrInvocationOver {
				t.Error("the event can still be read")
			}
		}
		if r.Context().Err() != context.DeadlineExceeded || r.URL.Path != "/notes" {
			t.Errorf("context %v, path %q", r.Context().Err(), r.URL.Path)
		}
		panic("late")
	}), &adapter.Options{Timeout: time.Millisecond, Logger: slog.New(slog.DiscardHandler)})

	out, err := h.Invoke(context.Background(), payload)
	if err != nil || statusOf(t, out) != http.StatusServiceUnavailable || bytes.Contains(out, []byte("X-Early")) {
		t.Errorf("reply %s, error %v", out, err)
	}
	<-started
	for i := range payload {
		payload[i] = '#'
	}
	close(late)
	want := strings.Repeat("next", 1000)
	second := strings.Replace(v2Event(want, false), `"headers":{`, `"headers":{"x-second":"1",`, 1)
	slow := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }), nil)
	for range 100 {
		if r := invoke(t, slow, second); r.Body != want {
			t.Fatalf("the next reply: %q", r.Body)
		}
	}
	<-done
}

func TestGoexit(t *testing.T) {
	var log bytes.Buffer
	var outcome adapter.Outcome
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }), &adapter.Options{
		Timeout: time.Minute,
		Logger:  slog.New(slog.NewTextHandler(&log, nil)),
		Fail:    func(_ context.Context, o *adapter.Outcome) error { outcome = *o; return nil },
	})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError || outcome.Panic == nil {
		t.Errorf("status %d, outcome %+v", r.StatusCode, outcome)
	}
	if strings.Count(log.String(), "\n") != 1 {
		t.Errorf("logged %q", &log)
	}
}

func TestFail(t *testing.T) {
	failed := errors.New("failed")
	var seen []adapter.Outcome
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			panic("boom")
		}
		w.WriteHeader(http.StatusTeapot)
	}), &adapter.Options{
		Logger: slog.New(slog.DiscardHandler),
		Fail: func(_ context.Context, o *adapter.Outcome) error {
			seen = append(seen, *o)
			if o.Panic != nil {
				return failed
			}
			return nil
		},
	})
	out, err := h.Invoke(context.Background(), []byte(restEvent()))
	if err != nil || statusOf(t, out) != http.StatusTeapot {
		t.Errorf("reply %s, error %v", out, err)
	}
	if out, err := h.Invoke(context.Background(), []byte(v2Event("", false))); err != failed || out != nil {
		t.Errorf("reply %s, error %v, want %v", out, err, failed)
	}
	if len(seen) != 2 || seen[0].Status != http.StatusTeapot || seen[0].ReplyBytes != len(out) ||
		seen[1].Panic != "boom" || seen[1].Status != http.StatusInternalServerError || !bytes.Contains(seen[1].Stack, []byte("time_test.go")) {
		t.Errorf("outcomes %+v", seen)
	}
}
