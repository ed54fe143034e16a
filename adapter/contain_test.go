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
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// ways are how a function of Options may not come back.
func ways(released <-chan struct{}) map[string]func() {
	return map[string]func(){
		"panics": func() { panic("boom") },
		"exits":  func() { runtime.Goexit() },
		"blocks": func() { <-released },
		"late":   func() { time.Sleep(10 * time.Minute) },
	}
}

// TestDoneIsContained: whatever Done does, the reply leaves, and before the
// deadline; the log says that Done did not come back.
func TestDoneIsContained(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"reply": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "whole") },
		"panic": func(http.ResponseWriter, *http.Request) { panic("boom") },
		"late":  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"begun": func(w http.ResponseWriter, _ *http.Request) { begin(w) },
	}
	wants := map[string]string{"reply": "whole", "panic": "Internal Server Error", "late": "Service Unavailable", "begun": "begun"}
	for way := range ways(nil) {
		for name, handler := range handlers {
			for _, streamed := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					released := make(chan struct{})
					var log bytes.Buffer
					var told atomic.Int32
					ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
					defer cancel()
					h := adapter.New(handler, &adapter.Options{
						Logger: slog.New(slog.NewTextHandler(&log, nil)),
						Done:   func(context.Context, *adapter.Outcome) { told.Add(1); ways(released)[way]() },
					})
					var out []byte
					var err error
					if streamed {
						st, failed := h.Stream(ctx, []byte(functionURLEvent()))
						if failed != nil {
							t.Fatal(failed)
						}
						out, err = io.ReadAll(st)
						_ = st.Close()
					} else {
						out, err = h.Invoke(ctx, []byte(functionURLEvent()))
					}
					if err != nil || !strings.Contains(string(out), wants[name]) || ctx.Err() != nil {
						t.Errorf("Done %s, %s, streamed %v: %.100q, %v, context %v", way, name, streamed, out, err, ctx.Err())
					}
					if n := told.Load(); n != 1 {
						t.Errorf("Done %s, %s, streamed %v: told %d times", way, name, streamed, n)
					}
					if !strings.Contains(log.String(), "Options") {
						t.Errorf("Done %s, %s, streamed %v: logged %q", way, name, streamed, &log)
					}
					close(released)
					time.Sleep(time.Hour) // for all to end
				})
			}
		}
	}
}

// TestFailIsContained: a panic or an exit of Fail fails the invocation, and a
// delay does not.
func TestFailIsContained(t *testing.T) {
	for way := range ways(nil) {
		for _, streamed := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				released := make(chan struct{})
				var told outcomes
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "whole") }), &adapter.Options{
					Logger: slog.New(slog.DiscardHandler),
					Fail:   func(context.Context, *adapter.Outcome) error { ways(released)[way](); return nil },
					Done:   told.done,
				})
				var out []byte
				var err error
				if streamed {
					var st io.ReadCloser
					if st, err = h.Stream(ctx, []byte(functionURLEvent())); err == nil {
						out, err = io.ReadAll(st)
						_ = st.Close()
					}
				} else {
					out, err = h.Invoke(ctx, []byte(functionURLEvent()))
				}
				slow := way == "blocks" || way == "late"
				if slow != (err == nil) || slow != strings.Contains(string(out), "whole") || ctx.Err() != nil {
					t.Errorf("Fail %s, streamed %v: %.100q, %v, context %v", way, streamed, out, err, ctx.Err())
				}
				close(released)
				time.Sleep(time.Hour) // for all to end
			})
		}
	}
}

// TestSlowIsText: an answer is given in time although IsText does not come back.
func TestSlowIsText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told outcomes
		released := make(chan struct{})
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }), &adapter.Options{
			Timeout: time.Second,
			Logger:  slog.New(slog.DiscardHandler),
			IsText:  func(http.Header) bool { <-released; return true },
			Done:    told.done,
		})
		start := time.Now()
		r := invoke(t, h, v2Event("text", false))
		if r.StatusCode != http.StatusServiceUnavailable || time.Since(start) != time.Second {
			t.Errorf("status %d after %v", r.StatusCode, time.Since(start))
		}
		close(released)
		synctest.Wait()
		if o := told.only(t); o.Reason != adapter.ReasonLate {
			t.Errorf("%+v", o)
		}
	})
}

// TestNothingToldCostsNothing: Done and Fail cost nothing where they are not set,
// and AddAttrs then does nothing.
func TestNothingToldCostsNothing(t *testing.T) {
	skipUnderRace(t)
	event := []byte(v2Event("", false))
	allocations := func(handler http.HandlerFunc) float64 {
		h := adapter.New(handler, nil)
		return testing.AllocsPerRun(100, func() {
			if _, err := h.Invoke(context.Background(), event); err != nil {
				t.Fatal(err)
			}
		})
	}
	attr := slog.Int("n", 1)
	plain := allocations(func(http.ResponseWriter, *http.Request) {})
	added := allocations(func(_ http.ResponseWriter, r *http.Request) { adapter.AddAttrs(r.Context(), attr) })
	if added > plain {
		t.Errorf("%v allocations with AddAttrs, %v without", added, plain)
	}
}

// TestErrorsOfFailAreKept: the error reaches Invoke's caller as it is.
func TestErrorsOfFailAreKept(t *testing.T) {
	failed := errors.New("failed")
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{Fail: func(context.Context, *adapter.Outcome) error { return failed }})
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if out, err := h.Invoke(ctx, []byte(restEvent())); out != nil || err != failed {
		t.Errorf("%s, %v", out, err)
	}
}

// TestLateDoneReadsNothing: once Invoke has returned, the payload is the runtime's
// again, for those as well who are told late how the invocation ended.
func TestLateDoneReadsNothing(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			read := make(chan error, 1)
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			h := adapter.New(http.NotFoundHandler(), &adapter.Options{
				Logger: slog.New(slog.DiscardHandler),
				Done: func(_ context.Context, o *adapter.Outcome) {
					time.Sleep(time.Minute)
					_, err := o.Event.Raw()
					read <- err
				},
			})
			if streamed {
				st, err := h.Stream(ctx, []byte(functionURLEvent()))
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, st)
				_ = st.Close()
			} else if _, err := h.Invoke(ctx, []byte(functionURLEvent())); err != nil {
				t.Error(err)
			}
			if err := <-read; err != adapter.ErrInvocationOver {
				t.Errorf("streamed %v: Raw: %v", streamed, err)
			}
		})
	}
}
