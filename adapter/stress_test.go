package adapter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestStressedStreams is for the race detector: handlers that write, flush, read
// and set deadlines from several goroutines, leave some of them behind and end in
// every way, while the reader stops where it likes. Done is told once for each,
// every stream ends, and what was read is a beginning of what was written.
func TestStressedStreams(t *testing.T) {
	before := runtime.NumGoroutine()
	var told atomic.Int64
	h := adapter.New(http.HandlerFunc(stressed), &adapter.Options{
		Timeout: 20 * time.Millisecond,
		Logger:  slog.New(slog.DiscardHandler),
		Done: func(_ context.Context, o *adapter.Outcome) {
			told.Add(1)
			_, _ = o.Event.Raw()
		},
	})
	event := bytes.Replace([]byte(functionURLEvent()), []byte(`"body":""`), []byte(`"body":"`+string(bytes.Repeat([]byte("x"), 5000))+`"`), 1)
	const workers, rounds = 4, 100
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 3))
			for range rounds {
				payload := bytes.Clone(event)
				if random.IntN(3) == 0 {
					if _, err := h.Invoke(context.Background(), payload); err != nil {
						t.Errorf("Invoke: %v", err)
					}
				} else if st, err := h.Stream(context.Background(), payload); err == nil {
					readSome(t, random, st)
				}
				for i := range payload {
					payload[i] = '#'
				}
			}
		})
	}
	all.Wait()
	// A reply does not wait for Done beyond the limit, so that the last of them may
	// still be told.
	for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
	if n := told.Load(); n != workers*rounds {
		t.Errorf("Done was told %d times of %d", n, workers*rounds)
	}
}

// readSome reads all of a stream or a part of it, and closes it.
func readSome(t *testing.T, random *rand.Rand, st io.ReadCloser) {
	defer st.Close()
	limit := int64(random.IntN(40_000))
	if random.IntN(2) == 0 {
		limit = 1 << 30
	}
	out, _ := io.ReadAll(io.LimitReader(st, limit))
	if i := bytes.IndexByte(out, 0); i >= 0 && len(bytes.Trim(out[i:], "\x00abc")) > 0 && !bytes.Contains(out, []byte("Unavailable")) && !bytes.Contains(out, []byte("Internal")) {
		t.Errorf("read %.200q", out)
	}
}

// stressed is a handler that does everything at once.
func stressed(w http.ResponseWriter, r *http.Request) {
	var writers sync.WaitGroup
	for _, letter := range []string{"a", "b", "c"} {
		writers.Go(func() {
			piece := bytes.Repeat([]byte(letter), 1+rand.IntN(9000))
			for range rand.IntN(8) {
				if _, err := w.Write(piece); err != nil {
					return
				}
				if rand.IntN(3) == 0 {
					w.(http.Flusher).Flush()
				}
			}
		})
	}
	writers.Go(func() { _, _ = io.Copy(io.Discard, r.Body) })
	writers.Go(func() {
		if rand.IntN(4) == 0 {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Duration(rand.IntN(3)) * time.Millisecond))
		}
		ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
		defer cancel()
		adapter.AddAttrs(ctx, slog.Int("n", 1))
		_ = ctx.Err()
	})
	switch rand.IntN(6) {
	case 0:
		panic(errors.New("boom"))
	case 1:
		runtime.Goexit()
	case 2:
		<-r.Context().Done()
	case 3: // the others are left behind
	default:
		writers.Wait()
	}
}
