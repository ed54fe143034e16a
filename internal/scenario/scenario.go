// Package scenario holds the events and handlers by which adapter's costs are
// measured: by its own tests, and by those of internal/compat beside the
// libraries of others.
package scenario

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// bodySize is that of the large bodies.
const bodySize = 4 << 20

// Scenario is one event and one Handler: a row of the budgets.
type Scenario struct {
	Name    string
	Event   []byte
	Handler http.HandlerFunc
	Bytes   int  // of the body, if it is large
	REST    bool // the event is a REST API's
	ALB     bool // the event is a load balancer's; of neither: an HTTP API's
	Limited bool // the invocation has a deadline, as in production
}

// All returns the rows, with the events in folder: adapter's testdata/events.
func All(tb testing.TB, folder string) []Scenario {
	get, post := EventFile(tb, folder, "httpapi_v2_get.json"), EventFile(tb, folder, "httpapi_v2_post.json")
	binary := bytes.Repeat([]byte{0x1f, 0x8b, 0x08, 0x00, 0xff, 0x5a, 0xc3}, bodySize/7)
	text := strings.Repeat(record, bodySize/len(record))
	upload := withBody(tb, post, base64.StdEncoding.EncodeToString(binary), true)
	return []Scenario{
		{Name: "GET/v2", Event: get, Handler: SayHello},
		{Name: "GET/v2/deadline", Event: get, Handler: SayHello, Limited: true},
		{Name: "GET/REST/deadline", Event: EventFile(tb, folder, "rest_get.json"), Handler: SayHello, REST: true, Limited: true},
		{Name: "GET/REST", Event: EventFile(tb, folder, "rest_get.json"), Handler: SayHello, REST: true},
		{Name: "GET/ALB", Event: EventFile(tb, folder, "alb_get.json"), Handler: SayHello, ALB: true},
		{Name: "POST/v2", Event: post, Handler: echoBody},
		{Name: "POST/REST", Event: EventFile(tb, folder, "rest_post.json"), Handler: echoBody, REST: true},
		{Name: "cookies", Event: get, Handler: setCookies},
		{Name: "upload/streamed", Event: upload, Handler: drainBody, Bytes: len(binary)},
		{Name: "upload/read", Event: upload, Handler: readBody, Bytes: len(binary)},
		{Name: "upload/text", Event: withBody(tb, post, text, false), Handler: readBody, Bytes: len(text)},
		{Name: "download/one write", Event: get, Handler: sendContent(binary, len(binary)), Bytes: len(binary)},
		{Name: "download/32 KB writes", Event: get, Handler: sendContent(binary, 32<<10), Bytes: len(binary)},
		{Name: "download/JSON", Event: get, Handler: sendJSON(text[:1<<20]), Bytes: 1 << 20},
	}
}

// SayHello is the trivial handler.
func SayHello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"message":"hello"}`)
}

func echoBody(w http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(content)
}

func setCookies(w http.ResponseWriter, _ *http.Request) {
	for _, cookie := range []string{"session=4f5e6d; Path=/; Secure; HttpOnly", "theme=light; Path=/", "seen=1; Path=/"} {
		w.Header().Add("Set-Cookie", cookie)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(listing)
}

const record = `{"id":42,"title":"Shopping for the weekend","content":"Bread, cheese, olives and a bottle of something nice","done":false},`

var listing = bytes.Repeat([]byte(record), 2048/len(record))

func drainBody(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.WriteHeader(http.StatusNoContent)
}

func readBody(w http.ResponseWriter, r *http.Request) {
	_, _ = io.ReadAll(r.Body)
	w.WriteHeader(http.StatusNoContent)
}

func sendContent(content []byte, step int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/octet-stream")
		for rest := content; len(rest) > 0; rest = rest[min(step, len(rest)):] {
			_, _ = w.Write(rest[:min(step, len(rest))])
		}
	}
}

func sendJSON(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, content)
	}
}

// EventFile returns the event in a file of folder.
func EventFile(tb testing.TB, folder, name string) []byte {
	tb.Helper()
	event, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		tb.Fatal(err)
	}
	return event
}

func withBody(tb testing.TB, event []byte, body string, base64 bool) []byte {
	tb.Helper()
	var members map[string]any
	if err := json.Unmarshal(event, &members); err != nil {
		tb.Fatal(err)
	}
	members["body"], members["isBase64Encoded"] = body, base64
	event, err := json.Marshal(members)
	if err != nil {
		tb.Fatal(err)
	}
	return event
}

// Context returns the context of an invocation.
func (s Scenario) Context() (context.Context, context.CancelFunc) {
	if s.Limited {
		return context.WithTimeout(context.Background(), time.Hour)
	}
	return context.WithCancel(context.Background())
}

// A Function is what is measured: a lambda.Handler of aws-lambda-go.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// Benchmark times f on the scenario's event.
func (s Scenario) Benchmark(b *testing.B, f Function) {
	b.ReportAllocs()
	if s.Bytes > 0 {
		b.SetBytes(int64(s.Bytes))
	}
	ctx, cancel := s.Context()
	defer cancel()
	for b.Loop() {
		if _, err := f.Invoke(ctx, s.Event); err != nil {
			b.Fatal(err)
		}
	}
}
