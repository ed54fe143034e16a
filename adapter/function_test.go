package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// function is a process that runs faulty through the real runtime client.
type function struct {
	*runtimeapi.Process
	streamed bool
}

func startFunction(t *testing.T, streamed bool, concurrency int) function {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opts := &runtimeapi.Options{
		Env:         []string{"GORACE=halt_on_error=1"}, // nobody else would look at the report
		Concurrency: concurrency,
	}
	if streamed {
		opts.Env = append(opts.Env, "STREAM=1")
	}
	p, err := runtimeapi.Start(t.Context(), self, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return function{p, streamed}
}

// answer is what the caller of a function gets.
type answer struct {
	Status int
	Body   string
	Failed string // type of the function error, or that of the trailers
}

// String cuts what is long.
func (a answer) String() string {
	return fmt.Sprintf("%d, %d bytes %.40q, failed %q", a.Status, len(a.Body), a.Body, a.Failed)
}

// send invokes the function as its front would, with time enough.
func (f function) send(t *testing.T, event []byte) answer {
	t.Helper()
	return f.invoke(t, runtimeapi.Invocation{Payload: event})
}

func (f function) invoke(t *testing.T, inv runtimeapi.Invocation) (a answer) {
	t.Helper()
	body, contentType, err := f.call(t.Context(), inv)
	var failed *runtimeapi.FunctionError
	if errors.As(err, &failed) {
		a.Failed = failed.Type
	} else if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		a.Status, a.Body = readAnswer(t, body, contentType)
	}
	return a
}

func (f function) call(ctx context.Context, inv runtimeapi.Invocation) (body []byte, contentType string, err error) {
	if !f.streamed {
		result, err := f.Invoke(ctx, inv)
		if err != nil {
			return nil, "", err
		}
		return result.Body, result.ContentType, nil
	}
	stream, err := f.Stream(ctx, inv)
	if err != nil {
		return nil, "", err
	}
	defer stream.Body.Close()
	body, err = io.ReadAll(stream.Body)
	return body, stream.ContentType, err
}

func readAnswer(t *testing.T, reply []byte, contentType string) (status int, body string) {
	t.Helper()
	var r sentReply
	head, streamed, ok := bytes.Cut(reply, make([]byte, 8))
	if got := strings.HasSuffix(contentType, "integration-response"); got != ok {
		t.Errorf("content type %q of %.100q", contentType, reply)
	}
	if err := json.Unmarshal(head, &r); err != nil {
		t.Fatalf("%v in %.100q", err, reply)
	}
	for name := range r.Headers {
		if name == "X-Early" || name == "X-Late" {
			t.Errorf("the reply has the header %s of a handler that was too late", name)
		}
	}
	return r.StatusCode, r.Body + string(streamed)
}

// event is a request to the function, from an HTTP API or a function URL.
func (f function) event(path, body string, inBase64 bool) []byte {
	domain := "api.example.com"
	if f.streamed {
		domain = "abc.lambda-url.eu-west-1.on.aws"
	}
	event, err := json.Marshal(map[string]any{
		"version": "2.0",
		"rawPath": path,
		"headers": map[string]string{"content-type": "text/plain"},
		"requestContext": map[string]any{
			"domainName": domain,
			"http":       map[string]string{"method": "POST", "path": path},
		},
		"body":            body,
		"isBase64Encoded": inBase64,
	})
	if err != nil {
		panic(err) // strings always encode
	}
	return event
}

// wantNext shows that the process still serves, and serves what it is asked.
func (f function) wantNext(t *testing.T) {
	t.Helper()
	body := strings.Repeat("next!", 20_000) // the size of the faulty, for the memory to be the same
	want := answer{Status: 200, Body: fmt.Sprintf("%d %s", f.PID(), body)}
	if got := f.send(t, f.event("/echo", body, false)); got != want {
		t.Fatalf("next request: got %s, want %s", got, want)
	}
}

func (f function) diagnose(t *testing.T) (d diagnosis) {
	t.Helper()
	if err := json.Unmarshal([]byte(f.send(t, f.event("/diagnose", "", false)).Body), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// wantGoroutines waits for what is about to end, connections and late handlers.
func (f function) wantGoroutines(t *testing.T, want int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		got := f.diagnose(t).Goroutines
		if got <= want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", got, want)
		}
	}
}
