package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// v2Event is an event of payload 2.0 with a body, as JSON and in base64 or not.
func v2Event(body string, inBase64 bool) string {
	content, _ := json.Marshal(body)
	flag, _ := json.Marshal(inBase64)
	return `{"version":"2.0","rawPath":"/notes","rawQueryString":"","headers":{"host":"api.example.com"},` +
		`"requestContext":{"http":{"method":"POST","sourceIp":"198.51.100.24"}},"body":` + string(content) + `,"isBase64Encoded":` + string(flag) + `}`
}

type sentReply struct {
	StatusCode        int
	Headers           map[string]string
	MultiValueHeaders map[string][]string
	Cookies           []string
	Body              string
	IsBase64Encoded   bool
}

func invoke(t *testing.T, h *adapter.Handler, event string) sentReply {
	t.Helper()
	out, err := h.Invoke(context.Background(), []byte(event))
	if err != nil {
		t.Fatal(err)
	}
	var r sentReply
	d := json.NewDecoder(bytes.NewReader(out))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return r
}

func TestEventsThatAreNotServed(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler was called")
	}), &adapter.Options{Formats: []adapter.Format{adapter.HTTPAPIV2}})
	secret := `"headers":{"Authorization":"Bearer secret"}`
	for event, want := range map[string]string{
		``:                        "malformed JSON",
		`{`:                       "malformed JSON",
		`{"a":1,}`:                "malformed JSON",
		`{} {}`:                   "malformed JSON",
		v2Event("x", false)[:100]: "malformed JSON",
		`null`:                    "unknown",
		`[1]`:                     "unknown",
		`"text"`:                  "unknown",
		`{}`:                      "unknown",
		`{"Records":[{"eventSource":"aws:sqs",` + secret + `}]}`:                                                                  "unknown",
		`{"source":"aws.events","detail-type":"Scheduled Event"}`:                                                                 "unknown",
		`{"version":"3.0","rawPath":"/","requestContext":{"http":{"method":"GET"}},` + secret + `}`:                               "unknown",
		`{"type":"REQUEST","methodArn":"arn:aws:execute-api:x","httpMethod":"GET","path":"/","requestContext":{},` + secret + `}`: "Lambda authorizer",
		`{"version":"2.0","type":"REQUEST","routeArn":"arn","rawPath":"/","requestContext":{"http":{"method":"GET"}}}`:            "Lambda authorizer",
		`{"type":"TOKEN","authorizationToken":"Bearer secret","methodArn":"arn"}`:                                                 "Lambda authorizer",
		`{"messageVersion":"1.0","agent":{"name":"a"},"httpMethod":"GET","apiPath":"/","requestContext":{}}`:                      "Bedrock agent",
		`{"httpMethod":"GET","path":"/","requestContext":{},` + secret + `}`:                                                      "REST API",
		`{"version":"1.0","httpMethod":"GET","path":"/","requestContext":{}}`:                                                     "HTTP API payload 1.0",
		`{"rawPath":"/","requestContext":{"domainName":"a.lambda-url.eu-west-1.on.aws","http":{"method":"GET"}}}`:                 "Function URL",
		`{"requestContext":{"connectionId":"c","eventType":"CONNECT"},"headers":{}}`:                                              "WebSocket API",
	} {
		out, err := h.Invoke(context.Background(), []byte(event))
		var refused *adapter.EventError
		if !errors.As(err, &refused) || out != nil {
			t.Errorf("%s: reply %q, error %v", event, out, err)
			continue
		}
		got := string(refused.Reason)
		if refused.Format != 0 {
			got = refused.Format.String()
		}
		if got != want || (refused.Reason == adapter.ReasonFormat) != (refused.Format != 0) {
			t.Errorf("%s: %q (%v), want %q", event, got, err, want)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the error holds a value of the event: %v", err)
		}
	}
}

func TestRequestsThatHTTPDoesNotAllow(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler was called")
	}), nil)
	head, tail := `{"rawPath":"/","headers":{`, `},"requestContext":{"http":{"method":"GET"}}}`
	for name, event := range map[string]string{
		"line end in a header":   head + `"a":"b\r\nc: d"` + tail,
		"line feed in a header":  head + `"a":"b\nc"` + tail,
		"DEL in a header":        head + `"a":"b` + "\x7f" + `"` + tail,
		"tab beside a control":   head + `"a":"b\t\u0001"` + tail,
		"two Hosts":              head + `"host":["a","b"]` + tail,
		"blank in the Host":      head + `"host":"a b"` + tail,
		"NUL in a header":        head + `"a":"b\u0000"` + tail,
		"blank in a header name": head + `"a b":"c"` + tail,
		"empty header name":      head + `"":"c"` + tail,
		"line end in a cookie":   `{"cookies":["a=1\r\nb: 2"],"rawPath":"/","requestContext":{"http":{"method":"GET"}}}`,
		"blank in the method":    `{"rawPath":"/","requestContext":{"http":{"method":"GET /"}}}`,
		"no method":              `{"rawPath":"/","requestContext":{"http":{}}}`,
		"base64 of odd length":   v2Event("QUJ", true),
		"list with a bad name":   `{"httpMethod":"GET","path":"/","multiValueHeaders":{"Host":["a"],"a b":["1","2"]},"requestContext":{}}`,
	} {
		if r := invoke(t, h, event); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d, want 400", name, r.StatusCode)
		}
	}
}

func TestBase64ThatTurnsOutBad(t *testing.T) {
	var readErr error
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, readErr = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusCreated)
	}), nil)
	good := strings.Repeat("QUJD", 2000)
	for name, body := range map[string]string{
		"early":             "Q!JD" + good,
		"late":              good + "QUJ*",
		"in the middle":     good + "Q\x01JD" + good,
		"line end":          good[:7996] + "\n\n\n\n" + good,
		"padding too early": good + "QQ==" + good,
		"padding only":      "====",
	} {
		if r := invoke(t, h, v2Event(body, true)); r.StatusCode != http.StatusBadRequest || readErr == nil {
			t.Errorf("%s: status %d, read error %v; want 400 and an error", name, r.StatusCode, readErr)
		}
	}
	if r := invoke(t, h, v2Event(good, true)); r.StatusCode != http.StatusCreated || readErr != nil {
		t.Errorf("good base64: status %d, read error %v", r.StatusCode, readErr)
	}
}

func TestPanicIsAReply(t *testing.T) {
	var log bytes.Buffer
	for _, row := range []struct {
		value any
		texts bool // Options.PanicText
		logs  string
		stack bool
	}{
		{"secret", false, `"panic":"string"`, true},
		{errors.New("secret"), false, `"panic":"errors.errorString"`, true},
		{struct{ Token string }{"secret"}, false, `"panic":"struct { Token string }"`, true},
		{http.ErrAbortHandler, false, "handler aborted", false},
		{runtimeError(), false, `"panic":"runtime error: index out of range`, true},
		{"boom", true, `"panic":"boom"`, true},
		{errors.New("went wrong"), true, `"panic":"went wrong"`, true},
		{struct{ Token string }{"secret"}, true, `"panic":"struct { Token string }"`, true},
	} {
		log.Reset()
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Half", "done")
			_, _ = io.WriteString(w, "half a reply")
			panic(row.value)
		}), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), PanicText: row.texts})
		want := sentReply{
			StatusCode: http.StatusInternalServerError,
			Headers:    map[string]string{"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"},
			Body:       "Internal Server Error\n",
		}
		if diff := cmp.Diff(want, invoke(t, h, v2Event("", false))); diff != "" {
			t.Errorf("panic(%v) (-want +got):\n%s", row.value, diff)
		}
		if strings.Count(log.String(), "\n") != 1 || !strings.Contains(log.String(), row.logs) || strings.Contains(log.String(), "secret") {
			t.Errorf("panic(%v) logged %s", row.value, &log)
		}
		if got := strings.Contains(log.String(), "handler_test.go"); got != row.stack {
			t.Errorf("panic(%v): stack logged: %v", row.value, got)
		}
	}
}

// runtimeError is what the Go runtime panics with.
func runtimeError() (v any) {
	defer func() { v = recover() }()
	var none []int
	return none[len(os.Args)]
}

func TestReplyThatCannotBeSent(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"too large": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write(make([]byte, 7<<20))
		},
		"too large in base64 only": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write(make([]byte, 5<<20))
		},
		"too large once escaped": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write(bytes.Repeat([]byte{'"'}, 4<<20))
		},
		"switching protocols": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSwitchingProtocols) },
		"status of no kind":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(42) },
		"status 600":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(600) },
	} {
		var log bytes.Buffer
		h := adapter.New(handler, &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
		if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: status %d, want 500", name, r.StatusCode)
		}
		if strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%s: logged %q, want one line", name, &log)
		}
	}
}

func TestLargestReply(t *testing.T) {
	const limit = 6*1024*1024 + 100
	size := 0
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(bytes.Repeat([]byte{'a'}, size))
	}), nil)
	out, err := h.Invoke(context.Background(), []byte(v2Event("", false)))
	if err != nil {
		t.Fatal(err)
	}
	size = limit - len(out)
	if out, err = h.Invoke(context.Background(), []byte(v2Event("", false))); err != nil || len(out) != limit {
		t.Errorf("%d bytes (%v), want the limit of %d", len(out), err, limit)
	}
	size++
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("one byte more: status %d, want 500", r.StatusCode)
	}
}

func TestIsText(t *testing.T) {
	options := &adapter.Options{IsText: func(h http.Header) bool { return h.Get("Content-Type") != "application/json" }}
	for _, row := range []struct {
		name, contentType, encoding, body string
		base64                            bool
	}{
		{"a type of its own", "application/vnd.example", "", "plain", false},
		{"JSON is not wanted as text", "application/json", "", "{}", true},
		{"a sniffed type", "", "", "plain", false},
		{"not UTF-8", "text/plain", "", "\xff", true},
		{"encoded", "text/plain", "gzip", "plain", true},
	} {
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, value := range map[string]string{"Content-Type": row.contentType, "Content-Encoding": row.encoding} {
				if value != "" {
					w.Header().Set(name, value)
				}
			}
			_, _ = io.WriteString(w, row.body)
		}), options)
		if r := invoke(t, h, v2Event("", false)); r.IsBase64Encoded != row.base64 {
			t.Errorf("%s: base64 %v, want %v", row.name, r.IsBase64Encoded, row.base64)
		}
	}
}

func TestNewNamesEveryProblem(t *testing.T) {
	defer func() {
		message, _ := recover().(error)
		for _, part := range []string{"nil handler", "Format(99)"} {
			if message == nil || !strings.Contains(message.Error(), part) {
				t.Errorf("panic %v does not name %q", message, part)
			}
		}
	}()
	adapter.New(nil, &adapter.Options{Formats: []adapter.Format{99}})
}

func TestContext(t *testing.T) {
	type key struct{}
	var kept context.Context
	derived := make(chan error, 2)
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		kept = r.Context()
		if kept.Value(key{}) != "of the runtime" || kept.Err() != nil {
			t.Errorf("value %v, error %v", kept.Value(key{}), kept.Err())
		}
		context.AfterFunc(kept, func() { derived <- kept.Err() })
		child, cancel := context.WithCancelCause(kept)
		_ = cancel
		context.AfterFunc(child, func() { derived <- child.Err() })
		stop := context.AfterFunc(kept, func() { t.Error("stopped, and called all the same") })
		if !stop() || stop() {
			t.Error("stop did not tell whether it stopped")
		}
	}), nil)
	if _, err := h.Invoke(context.WithValue(context.Background(), key{}, "of the runtime"), []byte(v2Event("", false))); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-derived; err != context.Canceled {
			t.Errorf("afterwards: %v, want %v", err, context.Canceled)
		}
	}
	if <-kept.Done(); kept.Err() != context.Canceled {
		t.Errorf("afterwards: %v, want %v", kept.Err(), context.Canceled)
	}
}

func TestContextFollowsTheRuntimes(t *testing.T) {
	parent, cancel := context.WithCancel(context.Background())
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		done := r.Context().Done()
		cancel()
		if <-done; r.Context().Err() != context.Canceled {
			t.Errorf("error %v", r.Context().Err())
		}
	}), nil)
	if _, err := h.Invoke(parent, []byte(v2Event("", false))); err != nil {
		t.Fatal(err)
	}
}

func TestEventInContext(t *testing.T) {
	event := strings.Replace(v2Event("", false), `{"version"`, `{"stageVariables":{"table":"notes"},"version"`, 1)
	var seen *adapter.Event
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen, _ = adapter.FromContext(r.Context())
		var whole struct{ RawPath string }
		if err := seen.Decode(&whole); err != nil || whole.RawPath != "/notes" {
			t.Errorf("Decode: %+v, %v", whole, err)
		}
		if raw, err := seen.Raw(); err != nil || string(raw) != event {
			t.Errorf("Raw: %s, %v", raw, err)
		}
	}), nil)
	invoke(t, h, event)
	parsed, err := adapter.ParseEvent([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*adapter.Event{"kept": seen, "parsed": parsed} {
		var rc struct {
			HTTP struct{ Method, SourceIP string }
		}
		if err := e.RequestContext(&rc); err != nil || rc.HTTP.Method != "POST" {
			t.Errorf("%s: RequestContext: %+v, %v", name, rc, err)
		}
		var raw json.RawMessage
		if err := e.RequestContext(&raw); err != nil || !json.Valid(raw) {
			t.Errorf("%s: RequestContext: %s, %v", name, raw, err)
		}
		if got := e.StageVariable("table"); e.Format() != adapter.HTTPAPIV2 || got != "notes" || e.StageVariable("none") != "" {
			t.Errorf("%s: format %v, stage variable %q", name, e.Format(), got)
		}
	}
	if err := seen.Decode(new(any)); err != adapter.ErrInvocationOver {
		t.Errorf("Decode afterwards: %v", err)
	}
	if _, err := seen.Raw(); err != adapter.ErrInvocationOver {
		t.Errorf("Raw afterwards: %v", err)
	}
	ctx := adapter.NewContext(context.Background(), parsed)
	if e, ok := adapter.FromContext(ctx); !ok || e != parsed {
		t.Error("NewContext: the event is not in the context")
	}
	if e, ok := adapter.FromContext(adapter.NewContext(ctx, nil)); ok {
		t.Errorf("a nil event does not hide %v", e)
	}
}

func TestWritingOn(t *testing.T) {
	var w http.ResponseWriter
	h := adapter.New(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { w = rw }), nil)
	invoke(t, h, v2Event("", false))
	if _, err := w.Write([]byte("late")); err != adapter.ErrInvocationOver {
		t.Errorf("Write after the invocation: %v", err)
	}
	w.WriteHeader(http.StatusTeapot)
	w.(http.Flusher).Flush()
}

// TestContextsBelowCostNothing: contexts derived from a request's, however far
// down, are linked to it without a goroutine each, and end with it.
func TestContextsBelowCostNothing(t *testing.T) {
	type key struct{}
	for name, timeout := range map[string]time.Duration{"no limit": 0, "a limit": time.Minute} {
		var below []context.Context
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			ctx := context.WithValue(r.Context(), key{}, 1)
			before := runtime.NumGoroutine()
			for range 50 {
				child, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				below = append(below, child)
			}
			if after := runtime.NumGoroutine(); after > before {
				t.Errorf("%s: %d goroutines, %d before", name, after, before)
			}
			below = append(below, context.WithoutCancel(ctx))
		}), &adapter.Options{Timeout: timeout})
		invoke(t, h, v2Event("", false))
		if err := below[0].Err(); err != context.Canceled {
			t.Errorf("%s: afterwards %v", name, err)
		}
		if err := below[50].Err(); err != nil {
			t.Errorf("%s: without cancel: %v", name, err)
		}
	}
}

// TestDeadlineAskedAtOnce is for the race detector.
func TestDeadlineAskedAtOnce(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var asking sync.WaitGroup
		for range 8 {
			asking.Go(func() {
				ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
				defer cancel()
				_, _ = ctx.Deadline()
			})
		}
		asking.Wait()
	}), nil)
	for range 50 {
		invoke(t, h, v2Event("", false))
	}
}

// TestWriterLeftBehind: a goroutine that the handler has left behind writes while
// the reply is made.
func TestWriterLeftBehind(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "reply ")
		started := make(chan struct{})
		go func() {
			close(started)
			for range 1000 {
				if _, err := io.WriteString(w, "\xff"); err != nil {
					return
				}
			}
		}()
		<-started
	}), nil)
	for range 200 {
		invoke(t, h, v2Event("", false))
	}
}

func TestReplyShorterThanDeclared(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("buffered: status %d", r.StatusCode)
	}
	head, _ := split(t, streamAll(t, h, functionURLEvent()))
	if head["statusCode"] != 500.0 {
		t.Errorf("streamed: %v", head)
	}
	if r := invoke(t, h, strings.Replace(v2Event("", false), `"POST"`, `"HEAD"`, 1)); r.StatusCode != http.StatusOK {
		t.Errorf("HEAD: status %d", r.StatusCode)
	}
}

func streamAll(t *testing.T, h *adapter.Handler, event string) []byte {
	t.Helper()
	out, err := io.ReadAll(stream(t, context.Background(), h, event))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestStreamedBodyIsItsOwn: the body of a request whose reply has begun is not
// the memory of those that come after.
func TestStreamedBodyIsItsOwn(t *testing.T) {
	begun, others, got := make(chan struct{}), make(chan struct{}), make(chan string, 1)
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		close(begun)
		<-others
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}), nil)
	plain := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }), nil)
	body := func(c string) string { return `{"` + strings.Repeat(c, 5000) + `"}` }
	event := strings.Replace(v2Event(body("a"), false), `"requestContext":{`, `"requestContext":{"domainName":"abc.lambda-url.eu-west-1.on.aws",`, 1)
	st := stream(t, context.Background(), h, event)
	go func() { _, _ = io.Copy(io.Discard, st) }()
	<-begun
	for range 100 {
		invoke(t, plain, v2Event(body("b"), false))
	}
	close(others)
	if s := <-got; s != body("a") {
		t.Errorf("the body reads %.60q", s)
	}
}

func TestOptionsThatPanic(t *testing.T) {
	boom := func() { panic("boom") }
	quiet := slog.New(slog.DiscardHandler)
	hello := http.HandlerFunc(scenario.SayHello)
	for name, h := range map[string]*adapter.Handler{
		"IsText": adapter.New(hello, &adapter.Options{Logger: quiet, IsText: func(http.Header) bool { boom(); return true }}),
		"Fail":   adapter.New(hello, &adapter.Options{Logger: quiet, Fail: func(context.Context, *adapter.Outcome) error { boom(); return nil }}),
	} {
		if out, err := h.Invoke(context.Background(), []byte(v2Event("", false))); err == nil {
			t.Errorf("%s: replied %s", name, out)
		}
		st, err := h.Stream(context.Background(), json.RawMessage(functionURLEvent()))
		if name != "IsText" && (st != nil || err == nil) {
			t.Errorf("%s streamed: %v", name, err)
		}
	}
}

func TestFailIsAskedOnceForAStream(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"before the first byte": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404); _, _ = io.WriteString(w, "real") },
		"after it": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			_, _ = io.WriteString(w, "real")
			w.(http.Flusher).Flush()
		},
	} {
		var seen []adapter.Outcome
		h := adapter.New(handler, &adapter.Options{Fail: func(_ context.Context, o *adapter.Outcome) error { seen = append(seen, *o); return nil }})
		if _, body := split(t, streamAll(t, h, functionURLEvent())); body != "real" {
			t.Errorf("%s: body %q", name, body)
		}
		if len(seen) != 1 || seen[0].Status != 404 {
			t.Errorf("%s: asked with %+v", name, seen)
		}
	}
}

func TestALBQueryValueThatEndsInAQuestionMark(t *testing.T) {
	var query string
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { query = r.URL.RawQuery }), nil)
	_, err := h.Invoke(context.Background(), []byte(`{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","queryStringParameters":{"a":"x?","b":"1 &c=2"},"headers":{}}`))
	if want := "a=x?&b=1%20%26c=2"; query != want || err != nil {
		t.Errorf("query %q (%v), want %q", query, err, want)
	}
}

// panickyError is an error whose Error panics, as that of a nil pointer may.
type panickyError struct{}

func (*panickyError) Error() string { panic("in Error") }

func TestPanicWithAnErrorThatPanics(t *testing.T) {
	for name, timeout := range map[string]time.Duration{"no limit": 0, "a limit": time.Minute} {
		h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(&panickyError{}) }),
			&adapter.Options{Timeout: timeout, Logger: slog.New(slog.DiscardHandler)})
		if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
}

// TestWriteBeyondTheLength: what did not fit does not count as written.
func TestWriteBeyondTheLength(t *testing.T) {
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "5")
		_, _ = io.WriteString(w, "abc")
		if _, err := io.WriteString(w, "defg"); err != http.ErrContentLength {
			t.Errorf("Write: %v", err)
		}
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d", r.StatusCode)
	}
}

// TestContextErrStays: once it says why, it goes on saying so.
func TestContextErrStays(t *testing.T) {
	for range 100 {
		parent, cancel := context.WithCancel(context.Background())
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			go cancel()
			<-r.Context().Done()
			for range 2 {
				if err := r.Context().Err(); err != context.Canceled {
					t.Errorf("error %v", err)
				}
			}
		}), &adapter.Options{Timeout: time.Minute})
		if _, err := h.Invoke(parent, []byte(v2Event("", false))); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
}

// TestOptionThatExitsItsGoroutine: as t.Fatal does in a test's hook.
func TestOptionThatExitsItsGoroutine(t *testing.T) {
	h := adapter.New(http.HandlerFunc(scenario.SayHello), &adapter.Options{
		Logger: slog.New(slog.DiscardHandler),
		Fail:   func(context.Context, *adapter.Outcome) error { runtime.Goexit(); return nil },
	})
	if st, err := h.Stream(context.Background(), json.RawMessage(functionURLEvent())); st != nil || err == nil {
		t.Errorf("stream %v, error %v", st, err)
	}
}
