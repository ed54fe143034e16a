package adapter_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"

	"encoding/base64"
	"encoding/json"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// upload is an event with a file of a size that ParseMultipartForm puts into the
// folder for temporary files.
func upload(t *testing.T) []byte {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "secret.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write(make([]byte, 1900<<10))
	_ = form.Close()
	event, err := json.Marshal(map[string]any{
		"rawPath": "/", "headers": map[string]string{"content-type": form.FormDataContentType()},
		"requestContext":  map[string]any{"domainName": "x.lambda-url.eu-west-1.on.aws", "http": map[string]string{"method": "POST"}},
		"body":            base64.StdEncoding.EncodeToString(body.Bytes()),
		"isBase64Encoded": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// TestUploadsLeaveNothing: the temporary files of one caller's upload do not
// survive the invocation, whichever way the handler comes to its end.
func TestUploadsLeaveNothing(t *testing.T) {
	event := upload(t)
	for name, end := range map[string]func(http.ResponseWriter, *http.Request){
		"return":    func(http.ResponseWriter, *http.Request) {},
		"panic":     func(http.ResponseWriter, *http.Request) { panic("boom") },
		"Goexit":    func(http.ResponseWriter, *http.Request) { runtime.Goexit() },
		"late":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"begun":     func(w http.ResponseWriter, _ *http.Request) { begin(w); panic("boom") },
		"file open": func(_ http.ResponseWriter, r *http.Request) { _, _, _ = r.FormFile("file") },
	} {
		for _, streamed := range []bool{false, true} {
			folder := t.TempDir()
			t.Setenv("TMPDIR", folder)
			done := make(chan struct{})
			h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				if err := r.ParseMultipartForm(64 << 10); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if files := filesIn(t, folder); files == 0 {
					t.Errorf("%s: no temporary file: this test shows nothing", name)
				}
				end(w, r)
			}), &adapter.Options{Timeout: 200 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
			if streamed {
				st := stream(t, context.Background(), h, string(event))
				_, _ = io.Copy(io.Discard, st)
			} else if _, err := h.Invoke(context.Background(), event); err != nil {
				t.Fatal(err)
			}
			<-done
			waitFor(t, func() bool { return filesIn(t, folder) == 0 }, name)
		}
	}
}

func filesIn(t *testing.T, folder string) int {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// waitFor is for what a handler's goroutine does after its last statement.
func waitFor(t *testing.T, ok func() bool, what string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: waited in vain", what)
		}
	}
}
