package adapter_test

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func TestContext(t *testing.T) {
	type key struct{}
	var kept context.Context
	derived := make(chan error, 2)
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		kept = r.Context()
		if kept.Value(key{}) != "of the runtime" || kept.Err() != nil {
			t.Errorf("value %v, error %v", kept.Value(key{}), kept.Err())
		}
		context.AfterFunc(kept, func() { derived <- kept.Err() })
		child, cancel := context.WithCancelCause(kept)
		_ = cancel
		context.AfterFunc(child, func() { derived <- child.Err() })
		stop := context.AfterFunc(kept, func() { t.Error("stopped, and called all the same") })
		if !stop() || stop() {
			t.Error("stop did not report whether it stopped")
		}
	}), nil)
	if _, err := h.Invoke(context.WithValue(context.Background(), key{}, "of the runtime"), []byte(v2Event("", false))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-derived; err != context.Canceled {
			t.Errorf("afterwards: %v, want %v", err, context.Canceled)
		}
	}
	if <-kept.Done(); kept.Err() != context.Canceled {
		t.Errorf("afterwards: %v, want %v", kept.Err(), context.Canceled)
	}
}

func TestContextFollowsTheRuntimes(t *testing.T) {
	parent, cancel := context.WithCancel(context.Background())
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		done := r.Context().Done()
		cancel()
		if <-done; r.Context().Err() != context.Canceled {
			t.Errorf("error %v", r.Context().Err())
		}
	}), nil)
	if _, err := h.Invoke(parent, []byte(v2Event("", false))); err != nil {
		t.Fatal(err)
	}
}

func TestEventInContext(t *testing.T) {
	event := strings.Replace(v2Event("", false), `{"version"`, `{"stageVariables":{"table":"notes"},"version"`, 1)
	var seen *adapter.Event
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen, _ = adapter.FromContext(r.Context())
		var whole struct{ RawPath string }
		if err := seen.Decode(&whole); err != nil || whole.RawPath != "/notes" {
			t.Errorf("Decode: %+v, %v", whole, err)
		}
		if raw, err := seen.Raw(); err != nil || string(raw) != event {
			t.Errorf("Raw: %s, %v", raw, err)
		}
	}), nil)
	invoke(t, h, event)
	parsed, err := adapter.ParseEvent([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*adapter.Event{"kept": seen, "parsed": parsed} {
		var rc struct {
			HTTP struct{ Method, SourceIP string }
		}
		if err := e.RequestContext(&rc); err != nil || rc.HTTP.Method != "POST" {
			t.Errorf("%s: RequestContext: %+v, %v", name, rc, err)
		}
		var raw json.RawMessage
		if err := e.RequestContext(&raw); err != nil || !json.Valid(raw) {
			t.Errorf("%s: RequestContext: %s, %v", name, raw, err)
		}
		if got := e.StageVariable("table"); e.Format() != adapter.HTTPAPIV2 || got != "notes" || e.StageVariable("none") != "" {
			t.Errorf("%s: format %v, stage variable %q", name, e.Format(), got)
		}
	}
	if err := seen.Decode(new(any)); err != adapter.ErrInvocationOver {
		t.Errorf("Decode afterwards: %v", err)
	}
	if _, err := seen.Raw(); err != adapter.ErrInvocationOver {
		t.Errorf("Raw afterwards: %v", err)
	}
	ctx := adapter.NewContext(context.Background(), parsed)
	if e, ok := adapter.FromContext(ctx); !ok || e != parsed {
		t.Error("NewContext: the event is not in the context")
	}
	if e, ok := adapter.FromContext(adapter.NewContext(ctx, nil)); ok {
		t.Errorf("a nil event does not hide %v", e)
	}
}

// TestContextsBelowCostNothing: contexts derived from a request's, however far
// down, are linked to it without a goroutine each, and end with it.
func TestContextsBelowCostNothing(t *testing.T) {
	type key struct{}
	for name, timeout := range map[string]time.Duration{"no limit": 0, "a limit": time.Minute} {
		var below []context.Context
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), key{}, 1)
			before := runtime.NumGoroutine()
			for range 50 {
				child, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				below = append(below, child)
			}
			if after := runtime.NumGoroutine(); after > before {
				t.Errorf("%s: %d goroutines, %d before", name, after, before)
			}
			below = append(below, context.WithoutCancel(ctx))
		}), &adapter.Options{Timeout: timeout})
		invoke(t, h, v2Event("", false))
		if err := below[0].Err(); err != context.Canceled {
			t.Errorf("%s: afterwards %v", name, err)
		}
		if err := below[50].Err(); err != nil {
			t.Errorf("%s: without cancel: %v", name, err)
		}
	}
}

// TestDeadlineAskedAtOnce is for the race detector.
func TestDeadlineAskedAtOnce(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var asking sync.WaitGroup
		for range 8 {
			asking.Go(func() {
				ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
				defer cancel()
				_, _ = ctx.Deadline()
			})
		}
		asking.Wait()
	}), nil)
	for range 50 {
		invoke(t, h, v2Event("", false))
	}
}

// TestContextErrStays: once it says why, it goes on saying so.
func TestContextErrStays(t *testing.T) {
	for range 100 {
		parent, cancel := context.WithCancel(context.Background())
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			go cancel()
			<-r.Context().Done()
			for range 2 {
				if err := r.Context().Err(); err != context.Canceled {
					t.Errorf("error %v", err)
				}
			}
		}), &adapter.Options{Timeout: time.Minute})
		if _, err := h.Invoke(parent, []byte(v2Event("", false))); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
}
