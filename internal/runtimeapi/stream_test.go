package runtimeapi_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
	"github.com/google/go-cmp/cmp"
)

func stream(t *testing.T, p *runtimeapi.Process, inv runtimeapi.Invocation) *runtimeapi.Stream {
	t.Helper()
	s, err := p.Stream(t.Context(), inv)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Body.Close() })
	return s
}

func TestStream(t *testing.T) {
	p := start(t, nil)
	text := strings.Repeat("0123456789", 1<<20) // beyond what a buffered response may hold
	s := stream(t, p, runtimeapi.Invocation{Payload: event("stream", text)})
	got, err := io.ReadAll(s.Body)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text || s.ContentType != "text/plain" {
		t.Errorf("got %d bytes of %q, want %d of text/plain", len(got), s.ContentType, len(text))
	}
	wantEcho(t, p)
}

func TestErrorAfterTheFirstByte(t *testing.T) {
	want := runtimeapi.FunctionError{Type: "errorString", Message: "ran dry"}
	inv := runtimeapi.Invocation{Payload: event("stream and fail", "half a ")}

	t.Run("streamed", func(t *testing.T) {
		p := start(t, nil)
		got, err := io.ReadAll(stream(t, p, inv).Body)
		if string(got) != "half a " {
			t.Errorf("got body %q", got)
		}
		wantFunctionError(t, err, want)
		wantEcho(t, p)
	})
	t.Run("buffered", func(t *testing.T) {
		p := start(t, nil)
		result, err := p.Invoke(t.Context(), inv)
		if err != nil {
			t.Fatal(err)
		}
		if string(result.Body) != "half a " {
			t.Errorf("got body %q", result.Body)
		}
		if diff := cmp.Diff(&want, result.Trailer); diff != "" {
			t.Errorf("trailer (-want +got):\n%s", diff)
		}
		wantEcho(t, p)
	})
}

// The first bytes arrive while the function still has to send the rest.
func TestStreamIsPassedOnAsItComes(t *testing.T) {
	p := start(t, nil)
	url, release := gate(t)
	s := stream(t, p, runtimeapi.Invocation{Payload: streamAndWait(url)})
	wantFirst(t, s)
	release()
	if rest, err := io.ReadAll(s.Body); len(rest) > 0 || err != nil {
		t.Errorf("got %q, error %v at the end", rest, err)
	}
	wantEcho(t, p)
}

func TestStreamPastTheDeadline(t *testing.T) {
	t.Parallel() // it waits for a deadline
	p := start(t, nil)
	wantEcho(t, p) // the start of the process is not to count
	url, release := gate(t)
	s := stream(t, p, runtimeapi.Invocation{Payload: streamAndWait(url), Deadline: time.Now().Add(time.Second)})
	wantFirst(t, s)
	_, err := io.ReadAll(s.Body)
	wantTimeout(t, err)
	release()
	wantExit(t, p, "unexpected status code: 410")
}

func streamAndWait(url string) []byte {
	return payload(map[string]any{"Do": "stream and wait", "Text": "first", "URL": url})
}

func wantFirst(t *testing.T, s *runtimeapi.Stream) {
	t.Helper()
	first := make([]byte, len("first"))
	if _, err := io.ReadFull(s.Body, first); err != nil || string(first) != "first" {
		t.Fatalf("got %q, error %v", first, err)
	}
}

// As on Lambda, where nothing tells a function that its client has gone.
func TestClientOfAStreamLeaves(t *testing.T) {
	leave := map[string]func(*runtimeapi.Stream, context.CancelFunc){
		"closes the body":  func(s *runtimeapi.Stream, _ context.CancelFunc) { s.Body.Close() },
		"ends its context": func(_ *runtimeapi.Stream, cancel context.CancelFunc) { cancel() },
	}
	for name, leave := range leave {
		t.Run(name, func(t *testing.T) {
			p := start(t, nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			text := strings.Repeat("0123456789", 1<<18)
			s, err := p.Stream(ctx, runtimeapi.Invocation{Payload: event("stream", text)})
			if err != nil {
				t.Fatal(err)
			}
			leave(s, cancel)
			wantEcho(t, p)
		})
	}
}

func TestErrorBeforeTheFirstByte(t *testing.T) {
	p := start(t, nil)
	_, err := p.Stream(t.Context(), runtimeapi.Invocation{Payload: event("error", "no")})
	wantFunctionError(t, err, runtimeapi.FunctionError{Type: "errorString", Message: "no"})
}
