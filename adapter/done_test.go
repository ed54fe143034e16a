package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestDoneOnceForStreams: however a stream ends, Done is told once, and before the
// runtime sees the end: after that the environment may be frozen.
func TestDoneOnceForStreams(t *testing.T) {
	for name, row := range streamEndings() {
		synctest.Test(t, func(t *testing.T) {
			var told outcomes
			var ended atomic.Bool
			h := adapter.New(row.handler, &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler),
				Done: func(ctx context.Context, o *adapter.Outcome) {
					if ended.Load() {
						t.Errorf("%s: Done after the stream's end", name)
					}
					if _, err := o.Event.Raw(); err != nil {
						t.Errorf("%s: Raw within Done: %v", name, err)
					}
					told.done(ctx, o)
				}})
			st := stream(t, context.Background(), h, row.event)
			out, err := io.ReadAll(st)
			ended.Store(true)
			_ = st.Close()
			synctest.Wait()
			o := told.only(t)
			if o.Reason != row.reason || (o.Failed != nil) != row.fails || (err != nil) != row.fails {
				t.Errorf("%s: %+v, error %v", name, o, err)
			}
			if o.Status != row.status || o.ReplyBytes != len(out) {
				t.Errorf("%s: status %d of %d bytes, want %d of %d", name, o.Status, o.ReplyBytes, row.status, len(out))
			}
			if _, err := o.Event.Raw(); err != adapter.ErrInvocationOver {
				t.Errorf("%s: Raw after Done: %v", name, err)
			}
		})
	}
}

// TestDoneOnceForClosedStreams: the runtime closes the stream at every point of
// its life, as for a client that is gone.
func TestDoneOnceForClosedStreams(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		read    int // bytes before Close
	}{
		{"before the head is read", func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() }, 0},
		{"within the head", func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() }, 5},
		{"while the handler waits", func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() }, 76},
		{"while the handler writes", func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 100_000)); err != nil {
					return
				}
			}
		}, 1000},
		{"after the handler", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "whole") }, 10},
		{"when the handler ends with a panic", func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done(); panic("boom") }, 10},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told outcomes
			h := adapter.New(row.handler, &adapter.Options{Logger: slog.New(slog.DiscardHandler), Done: told.done})
			st := stream(t, context.Background(), h, functionURLEvent())
			if _, err := io.ReadFull(st, make([]byte, row.read)); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
			var closing sync.WaitGroup
			for range 3 {
				closing.Go(func() { _ = st.Close() })
			}
			closing.Wait()
			if o := told.only(t); o.Reason != adapter.ReasonClosed {
				t.Errorf("%s: %+v", row.name, o)
			}
			synctest.Wait()
			told.only(t)
		})
	}
}

// TestEndsRace is for the race detector: the handler's end, the clock and Close
// at the same moment. One of them decides, and Done is told once.
func TestEndsRace(t *testing.T) {
	for range 300 {
		synctest.Test(t, func(t *testing.T) {
			var told outcomes
			h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				begin(w)
				time.Sleep(time.Second)
			}), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler), Done: told.done})
			st := stream(t, context.Background(), h, functionURLEvent())
			go func() { _, _ = io.Copy(io.Discard, st) }()
			time.Sleep(time.Second)
			_ = st.Close()
			synctest.Wait()
			told.only(t)

			var buffered outcomes
			h = adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { time.Sleep(time.Second) }),
				&adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler), Done: buffered.done})
			invoke(t, h, functionURLEvent())
			synctest.Wait()
			buffered.only(t)
		})
	}
}

// TestDoneOnceWhenOptionsPanic: a function of Options that panics fails the
// invocation, and Done is told.
func TestDoneOnceWhenOptionsPanic(t *testing.T) {
	boom := func() { panic("boom") }
	for name, options := range map[string]adapter.Options{
		"IsText":   {IsText: func(http.Header) bool { boom(); return true }},
		"Fail":     {Fail: func(context.Context, *adapter.Outcome) error { boom(); return nil }},
		"Fallback": {Fallback: func(context.Context, json.RawMessage) (any, error) { boom(); return nil, nil }},
	} {
		var told outcomes
		options.Done, options.Logger = told.done, slog.New(slog.DiscardHandler)
		event := v2Event("", false)
		if name == "Fallback" {
			event = "{}"
		}
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") }), &options)
		out, err := h.Invoke(context.Background(), []byte(event))
		if o := told.only(t); err == nil || o.Failed != err || o.Reason != adapter.ReasonOption {
			t.Errorf("%s: %s (%v), %+v", name, out, err, o)
		}
	}
}

// TestLinesOfOptionsThatPanic: the line says which request it was, whichever logger
// writes it, and has no text of the panic.
func TestLinesOfOptionsThatPanic(t *testing.T) {
	boom := func() { panic("secret") }
	for name, options := range map[string]adapter.Options{
		"IsText":   {IsText: func(http.Header) bool { boom(); return true }},
		"Fail":     {Fail: func(context.Context, *adapter.Outcome) error { boom(); return nil }},
		"Done":     {Done: func(context.Context, *adapter.Outcome) { boom() }},
		"Fallback": {Fallback: func(context.Context, json.RawMessage) (any, error) { boom(); return nil, nil }},
	} {
		var log bytes.Buffer
		options.Logger = slog.New(slog.NewJSONHandler(&log, nil))
		event, want := fullEvent, []string{`"faas.invocation_id":"8f5b4c1e-0d3a-4c52-9a64-3b1e2f7a9c10"`}
		if name == "Fallback" {
			event = "{}"
		} else {
			want = append(want, `"gatehouse.request_id":"JKJaXmPLvHcESHA="`, `"http.request.method":"POST"`, `"http.route":"/notes/{id}"`)
		}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /notes/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") })
		_, _ = adapter.New(mux, &options).Invoke(production(t), []byte(event))
		for _, part := range want {
			if !strings.Contains(log.String(), part) {
				t.Errorf("%s: no %s in %s", name, part, &log)
			}
		}
		if strings.Count(log.String(), "\n") != 1 || strings.Contains(log.String(), "secret") {
			t.Errorf("%s: %s", name, &log)
		}
	}
}
