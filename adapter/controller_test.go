package adapter_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// TestResponseController holds the table of the package's documentation.
func TestResponseController(t *testing.T) {
	for _, streamed := range []bool{false, true} {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := http.NewResponseController(w)
			hijacked := func() error { _, _, err := c.Hijack(); return err }
			for name, got := range map[string]error{
				"Flush":            c.Flush(),
				"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(time.Hour)),
				"none":             c.SetWriteDeadline(time.Time{}),
				"SetReadDeadline":  c.SetReadDeadline(time.Now()),
				"EnableFullDuplex": c.EnableFullDuplex(),
			} {
				if got != nil {
					t.Errorf("streamed %v: %s: %v", streamed, name, got)
				}
			}
			if err := hijacked(); !errors.Is(err, http.ErrNotSupported) {
				t.Errorf("streamed %v: Hijack: %v", streamed, err)
			}
			if _, ok := w.(http.Pusher); ok {
				t.Errorf("streamed %v: a Pusher", streamed)
			}
			if server := r.Context().Value(http.ServerContextKey); server == nil {
				t.Errorf("streamed %v: no server", streamed)
			} else if _, ok := server.(*http.Server); ok {
				t.Errorf("streamed %v: an *http.Server", streamed)
			}
		}), nil)
		serveAny(t, h, functionURLEvent(), streamed)
	}
}

// TestWriteDeadline: a stream whose handler's write deadline has passed.
func TestWriteDeadline(t *testing.T) {
	set := func(w http.ResponseWriter, in time.Duration) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(in)); err != nil {
			t.Errorf("SetWriteDeadline: %v", err)
		}
	}
	writes := func(w http.ResponseWriter, want error) {
		if _, err := io.WriteString(w, "more"); !errors.Is(err, want) {
			t.Errorf("Write: %v, want %v", err, want)
		}
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, want) {
			t.Errorf("Flush: %v, want %v", err, want)
		}
	}
	for _, row := range []struct {
		name    string
		handler http.HandlerFunc
		body    string
		fails   bool
		reason  adapter.Reason
	}{
		{"passes", func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			set(w, time.Second)
			time.Sleep(2 * time.Second)
			writes(w, os.ErrDeadlineExceeded)
		}, "begun", true, adapter.ReasonWriteDeadline},
		{"passes before the head", func(w http.ResponseWriter, _ *http.Request) {
			set(w, time.Second)
			time.Sleep(2 * time.Second)
			writes(w, os.ErrDeadlineExceeded)
		}, "Internal Server Error\n", false, adapter.ReasonWriteDeadline},
		{"has passed", func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			set(w, -time.Second)
			writes(w, os.ErrDeadlineExceeded)
		}, "begun", true, adapter.ReasonWriteDeadline},
		{"is put off", func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			set(w, time.Second)
			set(w, time.Hour)
			time.Sleep(2 * time.Second)
			writes(w, nil)
		}, "begunmore", false, ""},
		{"is taken away", func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			set(w, time.Second)
			_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
			time.Sleep(2 * time.Second)
			writes(w, nil)
		}, "begunmore", false, ""},
		{"comes after the handler's end", func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			set(w, time.Second)
		}, "begun", false, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told outcomes
			h := adapter.New(row.handler, &adapter.Options{Logger: slog.New(slog.DiscardHandler), Done: told.done})
			out, err := io.ReadAll(stream(t, context.Background(), h, functionURLEvent()))
			_, body := split(t, out)
			if body != row.body || (err != nil) != row.fails {
				t.Errorf("%s: body %q, error %v", row.name, body, err)
			}
			time.Sleep(time.Minute) // for the handler to end
			if o := told.only(t); o.Reason != row.reason {
				t.Errorf("%s: reason %q, want %q", row.name, o.Reason, row.reason)
			}
		})
	}
}

// TestWriteDeadlineWhileWriting: a Write that waits for the runtime returns.
func TestWriteDeadlineWhileWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		written := make(chan error, 1)
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			begin(w)
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second))
			_, err := w.Write(make([]byte, 100_000))
			written <- err
		}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
		st := stream(t, context.Background(), h, functionURLEvent())
		head := make([]byte, 4096)
		n, err := st.Read(head)
		if err != nil || !strings.Contains(string(head[:n]), "statusCode") {
			t.Errorf("%q, %v", head[:n], err)
		}
		if err := <-written; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("Write: %v", err)
		}
		if _, err := io.ReadAll(st); err == nil {
			t.Error("the stream ended well")
		}
	})
}

// TestWriteDeadlineOfABufferedReply has no effect.
func TestWriteDeadlineOfABufferedReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Second))
			time.Sleep(time.Minute)
			if _, err := io.WriteString(w, "late"); err != nil {
				t.Errorf("Write: %v", err)
			}
		}), nil)
		if r := invoke(t, h, v2Event("", false)); r.Body != "late" {
			t.Errorf("%+v", r)
		}
	})
}
