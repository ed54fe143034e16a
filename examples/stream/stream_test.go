package stream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/examples/stream"
)

func get(ctx context.Context, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	stream.Handler().ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", target, nil))
	return w
}

// eventTimes are what the events of a reply say.
func eventTimes(t *testing.T, body string) []time.Time {
	t.Helper()
	var times []time.Time
	for event := range strings.SplitAfterSeq(body, "\n\n") {
		if event == "" {
			break // behind the last
		}
		text, ok := strings.CutPrefix(strings.TrimSuffix(event, "\n\n"), "data: ")
		at, err := time.Parse(time.RFC3339Nano, text)
		if !ok || err != nil {
			t.Fatalf("event %q: %v", event, err)
		}
		times = append(times, at)
	}
	return times
}

func TestEvents(t *testing.T) {
	for query, want := range map[string]int{
		"?count=3": 3, "?count=1": 1, "?count=0": 0, "?count=-1": 0, "?count=1000": 60, "?count=many": 60, "": 60,
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			w := get(t.Context(), "/events"+query)
			times := eventTimes(t, w.Body.String())
			if len(times) != want {
				t.Errorf("%q: %d events, want %d", query, len(times), want)
			}
			for i, at := range times {
				if !at.Equal(start.Add(time.Duration(i) * time.Second)) {
					t.Errorf("%q: event %d came after %v", query, i, at.Sub(start))
				}
			}
			if got := w.Header().Get("Content-Type"); want > 0 && (got != "text/event-stream" || !w.Flushed) {
				t.Errorf("%q: content type %q, flushed: %t", query, got, w.Flushed)
			}
		})
	}
}

func TestEventsEndWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		start := time.Now()
		w := get(ctx, "/events")
		if got := len(eventTimes(t, w.Body.String())); got != 3 {
			t.Errorf("%d events, want 3", got)
		}
		if took := time.Since(start); took != 2500*time.Millisecond {
			t.Errorf("the handler returned after %v", took)
		}
	})
}

func TestDownload(t *testing.T) {
	w := get(t.Context(), "/download")
	checkTable(t, w.Body.String())
	if length, ok := w.Header()["Content-Length"]; ok {
		t.Errorf("Content-Length %q: nobody knows it before the end", length)
	}
}

func checkTable(t *testing.T, table string) {
	t.Helper()
	const buffered = 6 << 20 // what Lambda delivers in one piece
	if len(table) <= buffered || strings.Count(table, "\n") != 1_000_000 || !strings.HasSuffix(table, "\n999999,999998000001\n") {
		t.Errorf("%d bytes in %d lines, which end in %q", len(table), strings.Count(table, "\n"), table[max(0, len(table)-30):])
	}
}

func TestBroken(t *testing.T) {
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("panic with %v, want http.ErrAbortHandler", v)
		}
	}()
	get(t.Context(), "/broken")
}
