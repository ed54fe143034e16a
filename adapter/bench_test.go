package adapter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// bodySize is that of the large bodies.
const bodySize = 4 << 20

// scenario is one event and one handler: the rows of the budget. The baseline
// is aws-lambda-go-api-proxy, which most teams used.
type scenario struct {
	name    string
	event   []byte
	handler http.HandlerFunc
	bytes   int // of the body, if it is large
	rest    bool
	limited bool // the invocation has a deadline, as in production
}

func scenarios(tb testing.TB) []scenario {
	get, post := eventFile(tb, "httpapi_v2_get.json"), eventFile(tb, "httpapi_v2_post.json")
	binary := bytes.Repeat([]byte{0x1f, 0x8b, 0x08, 0x00, 0xff, 0x5a, 0xc3}, bodySize/7)
	text := strings.Repeat(record, bodySize/len(record))
	upload := withBody(tb, post, base64.StdEncoding.EncodeToString(binary), true)
	return []scenario{
		{name: "GET/v2", event: get, handler: sayHello},
		{name: "GET/v2/deadline", event: get, handler: sayHello, limited: true},
		{name: "GET/REST/deadline", event: eventFile(tb, "rest_get.json"), handler: sayHello, rest: true, limited: true},
		{name: "GET/REST", event: eventFile(tb, "rest_get.json"), handler: sayHello, rest: true},
		{name: "POST/v2", event: post, handler: echoBody},
		{name: "POST/REST", event: eventFile(tb, "rest_post.json"), handler: echoBody, rest: true},
		{name: "cookies", event: get, handler: setCookies},
		{name: "upload/streamed", event: upload, handler: drainBody, bytes: len(binary)},
		{name: "upload/read", event: upload, handler: readBody, bytes: len(binary)},
		{name: "upload/text", event: withBody(tb, post, text, false), handler: readBody, bytes: len(text)},
		{name: "download/one write", event: get, handler: sendContent(binary, len(binary)), bytes: len(binary)},
		{name: "download/32 KB writes", event: get, handler: sendContent(binary, 32<<10), bytes: len(binary)},
		{name: "download/JSON", event: get, handler: sendJSON(text[:1<<20]), bytes: 1 << 20},
	}
}

func sayHello(w http.ResponseWriter, _ *http.Request) {
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

func eventFile(tb testing.TB, name string) []byte {
	tb.Helper()
	event, err := os.ReadFile("testdata/events/" + name)
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

func (s scenario) context() (context.Context, context.CancelFunc) {
	if s.limited {
		return context.WithTimeout(context.Background(), time.Hour)
	}
	return context.WithCancel(context.Background())
}

// BenchmarkInvoke runs each scenario through lambda.NewHandler, as in
// production, on this package and on the baseline.
func BenchmarkInvoke(b *testing.B) {
	for _, s := range scenarios(b) {
		b.Run(s.name+"/gatehouse", func(b *testing.B) {
			benchmark(b, lambda.NewHandler(adapter.New(s.handler, nil)), s)
		})
		b.Run(s.name+"/baseline", func(b *testing.B) {
			benchmark(b, baseline(s), s)
		})
	}
}

func baseline(s scenario) lambda.Handler {
	if s.rest {
		return lambda.NewHandler(httpadapter.New(s.handler).ProxyWithContext)
	}
	return lambda.NewHandler(httpadapter.NewV2(s.handler).ProxyWithContext)
}

func benchmark(b *testing.B, h lambda.Handler, s scenario) {
	b.ReportAllocs()
	if s.bytes > 0 {
		b.SetBytes(int64(s.bytes))
	}
	ctx, cancel := s.context()
	defer cancel()
	for b.Loop() {
		if _, err := h.Invoke(ctx, s.event); err != nil {
			b.Fatal(err)
		}
	}
}
