package adapter_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func TestReplyThatCannotBeSent(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"too large": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write(make([]byte, 7<<20))
		},
		"too large in base64 only": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 5<<20))
		},
		"too large once escaped": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write(bytes.Repeat([]byte{'"'}, 4<<20))
		},
		"switching protocols": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSwitchingProtocols) },
		"status of no kind":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(42) },
		"status 600":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(600) },
	} {
		var log bytes.Buffer
		h := adapter.New(handler, &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
		if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: status %d, want 500", name, r.StatusCode)
		}
		if strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s: logged %q, want one line", name, &log)
		}
	}
}

func TestLargestReply(t *testing.T) {
	const limit = 6*1024*1024 + 100
	size := 0
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(bytes.Repeat([]byte{'a'}, size))
	}), nil)
	out, err := h.Invoke(context.Background(), []byte(v2Event("", false)))
	if err != nil {
		t.Fatal(err)
	}
	size = limit - len(out)
	if out, err = h.Invoke(context.Background(), []byte(v2Event("", false))); err != nil || len(out) != limit {
		t.Errorf("%d bytes (%v), want the limit of %d", len(out), err, limit)
	}
	size++
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("one byte more: status %d, want 500", r.StatusCode)
	}
}

func TestIsText(t *testing.T) {
	options := &adapter.Options{IsText: func(h http.Header) bool { return h.Get("Content-Type") != "application/json" }}
	for _, row := range []struct {
		name, contentType, encoding, body string
		base64                            bool
	}{
		{"a type of its own", "application/vnd.example", "", "plain", false},
		{"JSON is not wanted as text", "application/json", "", "{}", true},
		{"a sniffed type", "", "", "plain", false},
		{"not UTF-8", "text/plain", "", "\xff", true},
		{"encoded", "text/plain", "gzip", "plain", true},
	} {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range map[string]string{"Content-Type": row.contentType, "Content-Encoding": row.encoding} {
				if value != "" {
					w.Header().Set(name, value)
				}
			}
			_, _ = io.WriteString(w, row.body)
		}), options)
		if r := invoke(t, h, v2Event("", false)); r.IsBase64Encoded != row.base64 {
			t.Errorf("%s: base64 %v, want %v", row.name, r.IsBase64Encoded, row.base64)
		}
	}
}

func TestWritingOn(t *testing.T) {
	var w http.ResponseWriter
	h := adapter.New(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { w = rw }), nil)
	invoke(t, h, v2Event("", false))
	if _, err := w.Write([]byte("late")); err != adapter.ErrInvocationOver {
		t.Errorf("Write after the invocation: %v", err)
	}
	w.WriteHeader(http.StatusTeapot)
	w.(http.Flusher).Flush()
}

// TestWriterLeftBehind: a goroutine that the handler has left behind writes while
// the reply is made.
func TestWriterLeftBehind(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "reply ")
		started := make(chan struct{})
		go func() {
			close(started)
			for range 1000 {
				if _, err := io.WriteString(w, "\xff"); err != nil {
					return
				}
			}
		}()
		<-started
	}), nil)
	for range 200 {
		invoke(t, h, v2Event("", false))
	}
}

func TestReplyShorterThanDeclared(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("buffered: status %d", r.StatusCode)
	}
	head, _ := split(t, streamAll(t, h, functionURLEvent()))
	if head["statusCode"] != 500.0 {
		t.Errorf("streamed: %v", head)
	}
	if r := invoke(t, h, strings.Replace(v2Event("", false), `"POST"`, `"HEAD"`, 1)); r.StatusCode != http.StatusOK {
		t.Errorf("HEAD: status %d", r.StatusCode)
	}
}

// TestWriteBeyondTheLength: what did not fit does not count as written.
func TestWriteBeyondTheLength(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "abc")
		if _, err := io.WriteString(w, "defg"); err != http.ErrContentLength {
			t.Errorf("Write: %v", err)
		}
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", r.StatusCode)
	}
}
