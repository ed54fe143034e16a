package runtimeapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
	"github.com/google/go-cmp/cmp"
)

// binary is testdata/function, built once for all tests.
var binary string

// TestMain also serves protocol_test.go, which starts the test binary as a
// function with a runtime client of its own.
func TestMain(m *testing.M) {
	if address := os.Getenv("AWS_LAMBDA_RUNTIME_API"); address != "" {
		speak(address, os.Getenv("SCRIPT"))
		os.Exit(0)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "runtimeapi")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if binary, err = runtimeapi.Build(context.Background(), dir, "./testdata/function"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func start(t *testing.T, opts *runtimeapi.Options) *runtimeapi.Process {
	t.Helper()
	p, err := runtimeapi.Start(t.Context(), binary, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// event is what testdata/function is told to do.
func event(do, text string) []byte { return payload(map[string]any{"Do": do, "Text": text}) }

func payload(event map[string]any) []byte {
	b, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return b
}

func invoke(t *testing.T, p *runtimeapi.Process, do, text string) (*runtimeapi.Result, error) {
	t.Helper()
	return p.Invoke(t.Context(), runtimeapi.Invocation{Payload: event(do, text)})
}

// wantEcho shows that the process still serves.
func wantEcho(t *testing.T, p *runtimeapi.Process) {
	t.Helper()
	result, err := invoke(t, p, "echo", "still here")
	if err != nil {
		t.Fatalf("next invocation: %v", err)
	}
	if got, want := string(result.Body), `"still here"`; got != want {
		t.Errorf("next invocation: got %s, want %s", got, want)
	}
}

func wantFunctionError(t *testing.T, err error, want runtimeapi.FunctionError) {
	t.Helper()
	var got *runtimeapi.FunctionError
	if !errors.As(err, &got) {
		t.Fatalf("got error %v, want a *FunctionError", err)
	}
	if diff := cmp.Diff(want, *got); diff != "" {
		t.Errorf("function error (-want +got):\n%s", diff)
	}
}

// wantExit checks that the process ends by itself, having written output.
func wantExit(t *testing.T, p *runtimeapi.Process, output string) {
	t.Helper()
	var exit *runtimeapi.ExitError
	if err := p.Wait(); !errors.As(err, &exit) {
		t.Fatalf("Wait: got %v, want an *ExitError", err)
	}
	if !strings.Contains(exit.Output, output) {
		t.Errorf("output %q does not contain %q", exit.Output, output)
	}
	if _, err := invoke(t, p, "echo", ""); !errors.As(err, &exit) {
		t.Errorf("Invoke after the end: got %v, want an *ExitError", err)
	}
}

// gate is where a function that waits is kept until release is called.
func gate(t *testing.T) (url string, release func()) {
	opened := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-opened }))
	release = sync.OnceFunc(func() { close(opened) })
	t.Cleanup(func() { release(); server.Close() })
	return server.URL, release
}

func wantTimeout(t *testing.T, err error) {
	t.Helper()
	var timeout *runtimeapi.FunctionError
	if !errors.As(err, &timeout) || timeout.Type != "Sandbox.Timedout" {
		t.Fatalf("got error %v, want Sandbox.Timedout", err)
	}
}
