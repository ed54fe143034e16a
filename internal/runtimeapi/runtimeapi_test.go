package runtimeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
	"github.com/google/go-cmp/cmp"
)

func TestEcho(t *testing.T) {
	p := start(t, nil)
	ids := map[string]bool{}
	for _, text := range []string{"", "one", "two", strings.Repeat("long ", 100_000)} {
		result, err := invoke(t, p, "echo", text)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := json.Unmarshal(result.Body, &got); err != nil || got != text {
			t.Errorf("got %.20q… (error %v), want %.20q…", got, err, text)
		}
		if got, want := result.ContentType, "application/json"; got != want {
			t.Errorf("content type %q, want %q", got, want)
		}
		ids[result.RequestID] = true
	}
	if len(ids) != 4 {
		t.Errorf("%d request IDs for 4 invocations", len(ids))
	}
}

func TestContext(t *testing.T) {
	deadline := time.Now().Add(17 * time.Second)
	result, err := start(t, nil).Invoke(t.Context(), runtimeapi.Invocation{
		Payload:       event("context", ""),
		Deadline:      deadline,
		ClientContext: `{"client":{"app_title":"notes"}}`,
		Identity:      `{"cognitoIdentityId":"eu-west-1:0000"}`,
		Tenant:        "tenant-1",
		TraceID:       "Root=1-00000000-000000000000000000000001",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(result.Body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"requestID":  result.RequestID,
		"arn":        "arn:aws:lambda:eu-west-1:123456789012:function:under-test",
		"deadlineMS": float64(deadline.UnixMilli()),
		"app":        "notes",
		"identity":   "eu-west-1:0000",
		"tenant":     "tenant-1",
		"trace":      "Root=1-00000000-000000000000000000000001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A test's environment must not decide what a function does.
func TestEnvironment(t *testing.T) {
	t.Setenv("LEAK", "yes")
	p := start(t, &runtimeapi.Options{Env: []string{"TABLE=notes"}})
	result, err := invoke(t, p, "environment", "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := json.Unmarshal(result.Body, &got); err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]bool{
		"LEAK=yes":    false,
		"TABLE=notes": true,
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand": true,
	} {
		if slices.Contains(got, entry) != want {
			t.Errorf("%s in the environment: %t, want %t", entry, !want, want)
		}
	}
}

func TestError(t *testing.T) {
	p := start(t, nil)
	_, err := invoke(t, p, "error", "no such note")
	wantFunctionError(t, err, runtimeapi.FunctionError{Type: "errorString", Message: "no such note"})
	wantEcho(t, p)
}

func TestPanicEndsTheProcess(t *testing.T) {
	p := start(t, nil)
	_, err := invoke(t, p, "panic", "boom")
	wantFunctionError(t, err, runtimeapi.FunctionError{Type: "string", Message: "boom"})
	wantExit(t, p, "the process should exit")
}

// aws-lambda-go takes every answer but 202 for the end.
func TestResponseSize(t *testing.T) {
	p := start(t, nil)
	for _, size := range []int{runtimeapi.MaxResponse, runtimeapi.MaxResponse + 1} {
		result, err := p.Invoke(t.Context(), runtimeapi.Invocation{Payload: payload(map[string]any{"Do": "large", "Size": size})})
		if size <= runtimeapi.MaxResponse {
			if err != nil || len(result.Body) != size {
				t.Fatalf("%d bytes: got error %v", size, err)
			}
			continue
		}
		wantFunctionError(t, err, runtimeapi.FunctionError{
			Type:    "Function.ResponseSizeTooLarge",
			Message: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
		})
	}
	wantExit(t, p, "unexpected status code: 413")
}

func TestLateAnswer(t *testing.T) {
	t.Parallel() // it waits for a deadline
	p := start(t, nil)
	wantEcho(t, p) // the start of the process is not to count
	url, release := gate(t)
	_, err := p.Invoke(t.Context(), runtimeapi.Invocation{
		Payload:  payload(map[string]any{"Do": "wait", "URL": url}),
		Deadline: time.Now().Add(time.Second),
	})
	wantTimeout(t, err)
	release()
	wantExit(t, p, "unexpected status code: 410")
}

func TestGrace(t *testing.T) {
	p := start(t, nil)
	result, err := p.Invoke(t.Context(), runtimeapi.Invocation{
		Payload:  event("echo", "late"),
		Deadline: time.Now().Add(-time.Second),
		Grace:    time.Minute,
	})
	if err != nil || string(result.Body) != `"late"` {
		t.Errorf("error %v, want the answer", err)
	}
	wantEcho(t, p)
}

func TestExitDuringInvocation(t *testing.T) {
	p := start(t, nil)
	_, err := invoke(t, p, "exit", "")
	var exit *runtimeapi.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v, want an *ExitError", err)
	}
	wantExit(t, p, "")
}

func TestExitAtInit(t *testing.T) {
	var output bytes.Buffer
	p := start(t, &runtimeapi.Options{Env: []string{"EXIT_AT_INIT=1"}, Output: &output})
	_, err := invoke(t, p, "echo", "")
	var exit *runtimeapi.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("got %v, want an *ExitError", err)
	}
	wantExit(t, p, "leaving early")
	if got, want := output.String(), "leaving early\n"; got != want {
		t.Errorf("output %q, want %q", got, want)
	}
}

func TestClose(t *testing.T) {
	p := start(t, nil)
	url, _ := gate(t)
	failed := make(chan error)
	go func() {
		_, err := p.Invoke(context.Background(), runtimeapi.Invocation{Payload: payload(map[string]any{"Do": "wait", "URL": url})})
		failed <- err
	}()
	p.Close()
	if err := <-failed; !errors.Is(err, runtimeapi.ErrClosed) {
		t.Errorf("Invoke: got %v, want ErrClosed", err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("Wait: got %v, want nil", err)
	}
	p.Close()
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := runtimeapi.Start(ctx, binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := p.Wait(); err != nil {
		t.Errorf("Wait: got %v, want nil", err)
	}
}

func TestCallerLeaves(t *testing.T) {
	p := start(t, &runtimeapi.Options{Concurrency: 2})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := p.Invoke(ctx, runtimeapi.Invocation{Payload: event("meet", "")})
		failed <- err
	}()
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	wantEcho(t, p)
}

func TestStartFails(t *testing.T) {
	if _, err := runtimeapi.Start(t.Context(), "testdata/no-such-binary", nil); err == nil {
		t.Error("Start of a missing binary: no error")
	}
}
