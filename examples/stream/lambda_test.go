package stream_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
	"github.com/google/go-cmp/cmp"
)

// TestLambda runs the compiled program as Lambda does, and calls it as the
// fronts that stream do. The two fronts have a process each, for a process
// serves one request at a time and events take their time.
func TestLambda(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "./lambda")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("events of our own", func(t *testing.T) {
		for _, file := range []string{"functionurl.json", "rest.json"} {
			t.Run(file, func(t *testing.T) {
				t.Parallel()
				f := front{start(t, binary), file}
				t.Run("events", f.events)
				t.Run("download", f.download)
				t.Run("broken", f.broken)
				t.Run("nowhere", f.nowhere)
			})
		}
	})
	for _, format := range []adapter.Format{adapter.FunctionURL, adapter.RESTAPI} {
		t.Run("gateway "+format.String(), func(t *testing.T) {
			throughGateway(t, start(t, binary), format)
		})
	}
}

func start(t *testing.T, binary string) *runtimeapi.Process {
	t.Helper()
	process, err := runtimeapi.Start(t.Context(), binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	return process
}

// front is a front that streams, with the file of its events.
type front struct {
	*runtimeapi.Process
	file string
}

// head is what precedes the body of a streamed reply.
type head struct {
	StatusCode        int
	Headers           map[string]string
	MultiValueHeaders map[string][]string
	Cookies           []string
}

// header is h's header, whichever map the front wants it in.
func (h head) header() http.Header {
	header := http.Header(h.MultiValueHeaders).Clone()
	if header == nil {
		header = http.Header{}
	}
	for name, value := range h.Headers {
		header.Set(name, value)
	}
	return header
}

// get invokes the function and takes the head off its reply.
func (f front) get(t *testing.T, path string) (head, *bufio.Reader) {
	t.Helper()
	event, err := os.ReadFile(filepath.Join("testdata", f.file))
	if err != nil {
		t.Fatal(err)
	}
	event = bytes.ReplaceAll(event, []byte("PATH"), []byte(path))
	reply, err := f.Stream(t.Context(), runtimeapi.Invocation{Payload: event})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reply.Body.Close() })
	if got, want := reply.ContentType, "application/vnd.awslambda.http-integration-response"; got != want {
		t.Errorf("content type %q, want %q", got, want)
	}
	body := bufio.NewReader(reply.Body)
	return readHead(t, body), body
}

// readHead reads the JSON and the eight NULs behind it.
func readHead(t *testing.T, from *bufio.Reader) (h head) {
	t.Helper()
	text, err := from.ReadBytes(0)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text[:len(text)-1], &h); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	nuls := make([]byte, 7)
	if _, err := io.ReadFull(from, nuls); err != nil || !bytes.Equal(nuls, make([]byte, 7)) {
		t.Fatalf("%q (%v) behind the head", nuls, err)
	}
	return h
}

func readAll(t *testing.T, from io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// events shows that the first event arrives before the last is made: the
// function says when that was.
func (f front) events(t *testing.T) {
	h, body := f.get(t, "events")
	want := http.Header{"Content-Type": {"text/event-stream"}, "Cache-Control": {"no-store"}}
	if diff := cmp.Diff(want, h.header()); diff != "" || h.StatusCode != http.StatusOK {
		t.Errorf("status %d, header (-want +got):\n%s", h.StatusCode, diff)
	}
	first := ""
	for !strings.Contains(first, "id: ") {
		line, err := body.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		first += line
	}
	arrived := time.Now()
	all, _ := eventsOf(t, first+readAll(t, body))
	if len(all) != 3 {
		t.Fatalf("events %v", all)
	}
	if last, err := time.Parse(time.RFC3339, all[2].data); err != nil || !last.After(arrived) {
		t.Errorf("the last event was made at %v (%v), and the first arrived at %v", last, err, arrived)
	}
}

func (f front) download(t *testing.T) {
	h, body := f.get(t, "download")
	if h.StatusCode != http.StatusOK || h.header().Get("Accept-Ranges") != "bytes" {
		t.Errorf("status %d, header %v", h.StatusCode, h.header())
	}
	checkTable(t, readAll(t, body))
}

// broken shows the trailers that the runtime reports an error in.
func (f front) broken(t *testing.T) {
	h, body := f.get(t, "broken")
	half, err := io.ReadAll(body)
	if h.StatusCode != http.StatusOK || string(half) != "the first half" {
		t.Errorf("status %d, body %q", h.StatusCode, half)
	}
	var failed *runtimeapi.FunctionError
	if !errors.As(err, &failed) || !strings.Contains(failed.Message, "panicked") {
		t.Errorf("ended with %v, want the error of a panic", err)
	}
}

func (f front) nowhere(t *testing.T) {
	h, body := f.get(t, "nowhere")
	if text := readAll(t, body); h.StatusCode != http.StatusNotFound || text != "404 page not found\n" {
		t.Errorf("status %d, body %q", h.StatusCode, text)
	}
}

// throughGateway goes all the way from a client to the process and back.
func throughGateway(t *testing.T, process *runtimeapi.Process, format adapter.Format) {
	server := httptest.NewServer(gateway.MustNew(gateway.Config{
		Function:  runtimeapi.Function{Process: process},
		Format:    format,
		Stage:     "prod",
		Streaming: true,
	}))
	defer server.Close()
	url := server.URL
	if format == adapter.RESTAPI {
		url += "/prod"
	}
	for _, test := range []struct {
		path   string
		status int
		check  func(*testing.T, string, error)
	}{
		{"/events?count=1", 200, func(t *testing.T, body string, err error) {
			if all, _ := eventsOf(t, body); len(all) != 1 || err != nil {
				t.Errorf("%q, error %v", body, err)
			}
		}},
		{"/download", 200, func(t *testing.T, body string, _ error) { checkTable(t, body) }},
		{"/broken", 200, func(t *testing.T, body string, err error) {
			if body != "the first half" || err == nil {
				t.Errorf("%q, error %v; the client should see that there is more", body, err)
			}
		}},
		{"/nowhere", 404, func(*testing.T, string, error) {}},
	} {
		t.Run(test.path, func(t *testing.T) {
			response, err := http.Get(url + test.path)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			body, err := io.ReadAll(response.Body)
			test.check(t, string(body), err)
		})
	}
}
