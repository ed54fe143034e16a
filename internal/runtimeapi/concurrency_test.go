package runtimeapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// No invocation is answered before all four have reached the function.
func TestConcurrentInvocations(t *testing.T) {
	const concurrency = 4
	p := start(t, &runtimeapi.Options{Concurrency: concurrency})
	failed := make(chan error)
	for i := range concurrency {
		go func() { failed <- meet(t, p, fmt.Sprint("caller ", i)) }()
	}
	for range concurrency {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	wantEcho(t, p)
}

func meet(t *testing.T, p *runtimeapi.Process, text string) error {
	result, err := p.Invoke(t.Context(), runtimeapi.Invocation{Payload: event("meet", text)})
	if err != nil {
		return err
	}
	var got string
	if err := json.Unmarshal(result.Body, &got); err != nil {
		return err
	}
	if got != text {
		return fmt.Errorf("got %q, want %q", got, text)
	}
	return nil
}

// Everyone who waits learns at once that the process is gone: the one whose
// invocation is under way and those whose turn has not come.
func TestExitIsToldToAll(t *testing.T) {
	p := start(t, nil)
	wantEcho(t, p)
	const waiting = 3
	failed := make(chan error)
	for _, do := range []string{"exit", "echo", "echo"} {
		go func() {
			for {
				// An echo served before the exit is no answer to the question.
				if _, err := p.Invoke(context.Background(), runtimeapi.Invocation{Payload: event(do, "")}); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	timeout := time.After(20 * time.Second) // under the invocations' own
	for range waiting {
		select {
		case err := <-failed:
			var exit *runtimeapi.ExitError
			if !errors.As(err, &exit) {
				t.Errorf("got %v, want an *ExitError", err)
			}
		case <-timeout:
			t.Fatal("an invocation still waits for a process that is gone")
		}
	}
}

func TestFunction(t *testing.T) {
	f := runtimeapi.Function{Process: start(t, nil)}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	deadline, _ := ctx.Deadline()

	reply, err := f.Invoke(ctx, event("context", ""))
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ DeadlineMS int64 }
	if err := json.Unmarshal(reply, &got); err != nil {
		t.Fatal(err)
	}
	if got.DeadlineMS != deadline.UnixMilli() {
		t.Errorf("deadline %d, want %d", got.DeadlineMS, deadline.UnixMilli())
	}
	ranDry := runtimeapi.FunctionError{Type: "errorString", Message: "ran dry"}
	_, err = f.Invoke(ctx, event("stream and fail", "half a "))
	wantFunctionError(t, err, ranDry)

	stream, err := f.Stream(ctx, event("stream and fail", "half a "))
	if err != nil {
		t.Fatal(err)
	}
	if typed, ok := stream.(interface{ ContentType() string }); !ok || typed.ContentType() != "text/plain" {
		t.Errorf("%T does not tell its content type", stream)
	}
	text, err := io.ReadAll(stream)
	if string(text) != "half a " {
		t.Errorf("streamed %q", text)
	}
	wantFunctionError(t, err, ranDry)
	if _, err := f.Stream(ctx, event("error", "no")); err == nil {
		t.Error("Stream of a function that fails: no error")
	}
}
