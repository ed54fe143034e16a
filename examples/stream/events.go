package stream

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	most      = 60               // events in one reply
	longest   = 5 * time.Minute  // a reply: Lambda bills while a client listens
	heartbeat = 15 * time.Second // the longest silence
	retry     = time.Second      // a client's wait before it comes again
)

// events sends a clock's ticks as server-sent events, one in so many seconds as every
// says, until the client has as many as count says or has gone. A reply ends after
// five minutes, and the client comes again with Last-Event-ID for what it has missed.
//
// The ID of an event is its time, so that any environment of the function can go on
// where another has stopped. Events of other kinds would come from a table.
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
func events(w http.ResponseWriter, r *http.Request) {
	count, ok := number(r, "count", most, most)
	every, ok2 := number(r, "every", 1, 60)
	if !ok || !ok2 || every == 0 {
		http.Error(w, fmt.Sprintf("count is a number from 0 to %d, every one from 1 to 60", most), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()

	s := source{w: w, every: int64(every)}
	s.printf("retry: %d\n\n", retry.Milliseconds())
	next := s.resume(r.Header.Get("Last-Event-ID"), time.Now().Unix())
	if s.flush() != nil {
		return
	}
	for range count {
		if !s.until(ctx, time.Unix(next, 0)) {
			return
		}
		s.printf("id: %d\ndata: %s\n\n", next, time.Unix(next, 0).UTC().Format(time.RFC3339))
		next += s.every
		if s.flush() != nil {
			return
		}
	}
}

// source writes one reply's events.
type source struct {
	w     http.ResponseWriter
	every int64 // seconds
}

func (s source) printf(format string, args ...any) { fmt.Fprintf(s.w, format, args...) }

func (s source) flush() error { return http.NewResponseController(s.w).Flush() }

// resume returns the time of the first event to send. That is the latest one, unless
// last, the header that clients send after a lost connection, says that they have
// missed others. Of too many it says how many are gone. A header that no event of this
// clock has is not an error: a browser would not come again after one.
func (s source) resume(last string, now int64) int64 {
	latest := now - now%s.every
	id, err := strconv.ParseInt(last, 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != last || id <= 0 || id > latest || id%s.every != 0 {
		return latest
	}
	next, oldest := id+s.every, latest-(most-1)*s.every
	if next < oldest {
		s.printf("event: gap\ndata: %d\n\n", (oldest-next)/s.every)
		return oldest
	}
	return next
}

// until waits for a time, and sends a comment where it is silent for long. It is false
// if there is no client any more.
func (s source) until(ctx context.Context, at time.Time) bool {
	for {
		left := time.Until(at)
		if left <= 0 {
			return ctx.Err() == nil
		}
		select {
		case <-time.After(min(left, heartbeat)):
		case <-ctx.Done():
			return false
		}
		if left > heartbeat {
			s.printf(":\n\n")
			if s.flush() != nil {
				return false
			}
		}
	}
}
