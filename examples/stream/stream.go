// Package stream sends answers while it makes them: events as they happen, and a
// download that is larger than a buffered reply of Lambda's can be.
// lambda/main.go deploys it and local/main.go runs it on a laptop.
package stream

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	every     = time.Second // an event
	maxEvents = 60          // in one reply: Lambda bills while a client listens
	lines     = 1_000_000   // of the download, some 20 MB
)

// Handler returns the program's routes. Nothing in it depends on Lambda.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", events)
	mux.HandleFunc("GET /download", download)
	mux.HandleFunc("GET /broken", broken)
	return mux
}

// events sends the time as server-sent events, until the client has as many as it
// asked for or has gone.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	response := http.NewResponseController(w)
	for i := range wanted(r) {
		if i > 0 && !wait(r.Context(), every) {
			return
		}
		fmt.Fprintf(w, "data: %s\n\n", time.Now().Format(time.RFC3339Nano))
		if response.Flush() != nil {
			return
		}
	}
}

// wanted returns how many events the request asks for.
func wanted(r *http.Request) int {
	count, err := strconv.Atoi(r.FormValue("count"))
	if err != nil {
		return maxEvents
	}
	return min(max(count, 0), maxEvents)
}

// wait reports whether there is still a client after d.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// download sends a table of squares.
func download(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="squares.csv"`)
	for n := range lines {
		if _, err := fmt.Fprintf(w, "%d,%d\n", n, n*n); err != nil {
			return // the client has gone
		}
	}
}

// broken fails when it is too late for another status. The panic breaks the reply
// off; if broken returned instead, the client would take the half for the whole.
func broken(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, "the first half")
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
