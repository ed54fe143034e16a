package adapter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

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
			synctest.Test(t, func(t *testing.T) {
				h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if err := r.ParseMultipartForm(64 << 10); err != nil {
						t.Errorf("%s: %v", name, err)
					}
					if filesIn(t, folder) == 0 {
						t.Errorf("%s: no temporary file: this test shows nothing", name)
					}
					end(w, r)
				}), &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler)})
				if streamed {
					_, _ = io.Copy(io.Discard, stream(t, context.Background(), h, string(event)))
				} else if _, err := h.Invoke(context.Background(), event); err != nil {
					t.Error(err)
				}
				synctest.Wait() // a handler that is too late ends after its answer
				if n := filesIn(t, folder); n != 0 {
					t.Errorf("%s, streamed %v: %d files are left", name, streamed, n)
				}
			})
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
