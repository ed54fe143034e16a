package runtimeapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
	"github.com/google/go-cmp/cmp"
)

// speak is a runtime that does what a script says, one request per line, and
// prints status and body of each answer. "{id}" is the last request ID.
func speak(address, script string) {
	id := ""
	for line := range strings.Lines(script) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		path, body, _ := strings.Cut(rest, " ")
		path = strings.ReplaceAll(path, "{id}", id)
		req, err := http.NewRequest(method, "http://"+address+"/2018-06-01/runtime/"+path, strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		if body == "in-an-unknown-mode" {
			req.Header.Set("Lambda-Runtime-Function-Response-Mode", "bogus")
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, _ := io.ReadAll(resp.Body)
		fmt.Printf("%d %s\n", resp.StatusCode, bytes.TrimSpace(answer))
		if got := resp.Header.Get("Lambda-Runtime-Aws-Request-Id"); got != "" {
			id = got
		}
	}
}

func TestProtocol(t *testing.T) {
	const badID = `400 {"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"}`
	const ok = `202 {"status":"OK"}`
	tests := []struct {
		name   string
		script string
		want   []string // answers
		reply  string   // what the caller gets …
		failed *runtimeapi.FunctionError
	}{
		{
			name:   "response",
			script: "GET invocation/next\nPOST invocation/{id}/response hello",
			want:   []string{"200 {}", ok},
			reply:  "hello",
		},
		{
			name:   "response given twice",
			script: "GET invocation/next\nPOST invocation/{id}/response hello\nPOST invocation/{id}/response again",
			want:   []string{"200 {}", ok, badID},
			reply:  "hello",
		},
		{
			name:   "response to an invocation that never was",
			script: "GET invocation/next\nPOST invocation/other/response x\nPOST invocation/{id}/response hello",
			want:   []string{"200 {}", badID, ok},
			reply:  "hello",
		},
		{
			name:   "a poll before the answer",
			script: "GET invocation/next\nGET invocation/next\nPOST invocation/{id}/response hello",
			want: []string{
				"200 {}",
				`403 {"errorMessage":"as many invocations and polls are open as the runtime may have","errorType":"InvalidStateTransition"}`,
				ok,
			},
			reply: "hello",
		},
		{
			name:   "error document",
			script: `GET invocation/next` + "\n" + `POST invocation/{id}/error {"errorType":"Busy","errorMessage":"later"}`,
			want:   []string{"200 {}", ok},
			failed: &runtimeapi.FunctionError{Type: "Busy", Message: "later"},
		},
		{
			name:   "error that is no document",
			script: "GET invocation/next\nPOST invocation/{id}/error oops",
			want:   []string{"200 {}", ok},
			failed: &runtimeapi.FunctionError{Message: "oops"},
		},
		{
			name:   "initialization error",
			script: `POST init/error {"errorType":"NoTable","errorMessage":"unset"}`,
			want:   []string{ok},
			failed: &runtimeapi.FunctionError{Type: "NoTable", Message: "unset"},
		},
		{
			name:   "unknown path",
			script: "GET nothing\nGET invocation/next\nPOST invocation/{id}/response hello",
			want:   []string{"404 404 page not found", "200 {}", ok},
			reply:  "hello",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			result, answers, err := follow(t, test.script)
			if diff := cmp.Diff(test.want, answers); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			if test.failed != nil {
				wantFunctionError(t, err, *test.failed)
			} else if err != nil {
				t.Error(err)
			} else if got := string(result.Body); got != test.reply {
				t.Errorf("reply %q, want %q", got, test.reply)
			}
		})
	}
}

func TestUnknownResponseMode(t *testing.T) {
	_, answers, err := follow(t, "GET invocation/next\nPOST invocation/{id}/response in-an-unknown-mode")
	if err == nil || errors.As(err, new(*runtimeapi.ExitError)) {
		t.Errorf("got error %v, want one about the mode", err)
	}
	want := []string{"200 {}", `400 {"errorMessage":"Invalid function response mode","errorType":"InvalidFunctionResponseMode"}`}
	if diff := cmp.Diff(want, answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

// follow invokes a process that follows the script, and waits for its end.
func follow(t *testing.T, script string) (*runtimeapi.Result, []string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	p, err := runtimeapi.Start(t.Context(), self, &runtimeapi.Options{
		Env: []string{
			"SCRIPT=" + script,
			"GORACE=atexit_sleep_ms=0",  // otherwise each process sleeps a second
			"GOCOVERDIR=" + t.TempDir(), // otherwise a binary with coverage warns on stderr
		},
		Output: &output,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	result, err := p.Invoke(t.Context(), runtimeapi.Invocation{Payload: []byte("{}")})
	p.Wait()
	return result, strings.Split(strings.TrimSpace(output.String()), "\n"), err
}
