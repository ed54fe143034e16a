package adapter_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestLosses: what cannot reach the client is logged, once for each kind, and
// with the cure if there is one.
func TestLosses(t *testing.T) {
	const canStream, cannot = "Handler.Stream", "this front cannot stream"
	flushes := func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("Flush: %v", err)
		}
	}
	events := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/event-stream") }
	for _, row := range []struct {
		name     string
		handler  http.HandlerFunc
		event    string
		streamed bool
		says     string // "": nothing
		advice   string
	}{
		{"trailer announced", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Trailer", "X-Sum") }, restEvent(), false, "trailers", ""},
		{"trailer after the body", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
		}, restEvent(), false, "trailers", ""},
		{"trailer of a stream", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
		}, restEvent(), true, "trailers", ""},
		{"a header added too late", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			w.Header().Set("X-Late", "1")
		}, restEvent(), false, "", ""},
		{"header name", func(w http.ResponseWriter, _ *http.Request) { w.Header()["X-Secret Name"] = []string{"secret"} }, restEvent(), false, "header whose name", ""},
		{"flush", flushes, restEvent(), false, "a flush has no effect", canStream},
		{"flush on a front that cannot stream", flushes, v2Event("", false), false, "a flush has no effect", cannot},
		{"flush of a stream", flushes, restEvent(), true, "", ""},
		{"server-sent events", events, functionURLEvent(), false, "server-sent events", canStream},
		{"server-sent events of a stream", events, functionURLEvent(), true, "", ""},
	} {
		var log bytes.Buffer
		h := adapter.New(row.handler, &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
		for range 3 {
			serveAny(t, h, row.event, row.streamed)
		}
		want := 1
		if row.says == "" {
			want = 0
		}
		got := log.String()
		if strings.Count(got, "\n") != want || !strings.Contains(got, row.says) || !strings.Contains(got, row.advice) || strings.Contains(strings.ToLower(got), "secret") {
			t.Errorf("%s: logged %q, want %d lines with %q and %q", row.name, got, want, row.says, row.advice)
		}
	}
}
