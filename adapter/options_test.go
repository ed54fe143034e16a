package adapter_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

func TestNewNamesEveryProblem(t *testing.T) {
	defer func() {
		message, _ := recover().(error)
		for _, part := range []string{"nil handler", "Format(99)"} {
			if message == nil || !strings.Contains(message.Error(), part) {
				t.Errorf("panic %v does not name %q", message, part)
			}
		}
	}()
	adapter.New(nil, &adapter.Options{Formats: []adapter.Format{99}})
}

func TestOptionsThatPanic(t *testing.T) {
	boom := func() { panic("boom") }
	quiet := slog.New(slog.DiscardHandler)
	hello := http.HandlerFunc(scenario.SayHello)
	for name, h := range map[string]*adapter.Handler{
		"IsText": adapter.New(hello, &adapter.Options{Logger: quiet, IsText: func(http.Header) bool { boom(); return true }}),
		"Fail":   adapter.New(hello, &adapter.Options{Logger: quiet, Fail: func(context.Context, *adapter.Outcome) error { boom(); return nil }}),
	} {
		if out, err := h.Invoke(context.Background(), []byte(v2Event("", false))); err == nil {
			t.Errorf("%s: replied %s", name, out)
		}
		st, err := h.Stream(context.Background(), json.RawMessage(functionURLEvent()))
		if name != "IsText" && (st != nil || err == nil) {
			t.Errorf("%s streamed: %v", name, err)
		}
	}
}

func TestFailIsAskedOnceForAStream(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"before the first byte": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); _, _ = io.WriteString(w, "real") },
		"after it": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			_, _ = io.WriteString(w, "real")
			w.(http.Flusher).Flush()
		},
	} {
		var seen []adapter.Outcome
		h := adapter.New(handler, &adapter.Options{Fail: func(_ context.Context, o *adapter.Outcome) error { seen = append(seen, *o); return nil }})
		if _, body := split(t, streamAll(t, h, functionURLEvent())); body != "real" {
			t.Errorf("%s: body %q", name, body)
		}
		if len(seen) != 1 || seen[0].Status != 404 {
			t.Errorf("%s: asked with %+v", name, seen)
		}
	}
}

// TestOptionThatExitsItsGoroutine: as t.Fatal does in a test's hook.
func TestOptionThatExitsItsGoroutine(t *testing.T) {
	h := adapter.New(http.HandlerFunc(scenario.SayHello), &adapter.Options{
		Logger: slog.New(slog.DiscardHandler),
		Fail:   func(context.Context, *adapter.Outcome) error { runtime.Goexit(); return nil },
	})
	if st, err := h.Stream(context.Background(), json.RawMessage(functionURLEvent())); st != nil || err == nil {
		t.Errorf("stream %v, error %v", st, err)
	}
}
