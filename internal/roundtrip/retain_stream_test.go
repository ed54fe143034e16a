package roundtrip

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/google/go-cmp/cmp"
)

// TestClosedStreamKeepsNothing: a handler that runs on after the runtime closed
// its stream, as for a client that is gone, finds what it kept as it was, and
// of the rest nothing.
func TestClosedStreamKeepsNothing(t *testing.T) {
	everyFront(t, func(t *testing.T, f front, ctx context.Context) {
		if f.id&streamed == 0 {
			t.Skip("no stream")
		}
		closed, done := make(chan struct{}), make(chan struct{})
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			form := r.Clone(r.Context())
			form.Body = http.NoBody // the event's is read too late
			k, err := keep(form)
			flush(w)
			<-closed
			if diff := cmp.Diff(k.copies, k.now()); diff != "" || err != nil {
				t.Errorf("kept strings changed (%v, -before +after)\n%s", err, diff)
			}
			if n, err := r.Body.Read(make([]byte, 512)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
				t.Errorf("Read = %d, %v, want 0, http.ErrBodyReadAfterClose", n, err)
			}
			if raw, err := k.event.Raw(); raw != nil || !errors.Is(err, adapter.ErrInvocationOver) {
				t.Errorf("Raw = %.100q, %v, want ErrInvocationOver", raw, err)
			}
		}), quiet())
		payload := f.event(t, retained)
		reply, err := h.Stream(ctx, payload)
		if err != nil {
			t.Fatalf("Stream: %v", err)
		}
		_ = reply.Close()
		overwrite(payload)
		close(closed)
		<-done
	})
}
