package main

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/examples/jobs"
)

// TestTry: the requests that the first run prints are answered as it says, and a job
// comes to its end.
func TestTry(t *testing.T) {
	h, opts, err := setUp("localhost:8081")
	if err != nil {
		t.Fatal(err)
	}
	mux := h.(*authz.Mux)
	call := func(client, method, path, body string) *httptest.ResponseRecorder {
		scopes := map[string]string{"robot": "jobs/read jobs/write", "viewer": "jobs/read"}
		r := authztest.FrontOf(mux).As(httptest.NewRequest(method, path, strings.NewReader(body)), map[string]any{
			"sub": client, "token_use": "access", "scope": scopes[client],
		})
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w
	}
	var made string
	for _, try := range opts.Try {
		w := call(try.Client, try.Method, try.Path, try.Body)
		if w.Code != try.Want {
			t.Errorf("%s %s as %s: status %d, want %d", try.Method, try.Path, try.Client, w.Code, try.Want)
		}
		if location := w.Header().Get("Location"); location != "" {
			made = location
		}
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var job jobs.Job
		if err := json.Unmarshal(call("robot", "GET", made, "").Body.Bytes(), &job); err != nil {
			t.Fatal(err)
		}
		if job.State == jobs.Done {
			if job.Result != "3 words" {
				t.Errorf("result %q", job.Result)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatalf("state %q", job.State)
		}
	}
}
