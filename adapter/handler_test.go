package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
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

func TestALBQueryValueThatEndsInAQuestionMark(t *testing.T) {
	var query string
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { query = r.URL.RawQuery }), nil)
	_, err := h.Invoke(context.Background(), []byte(`{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","queryStringParameters":{"a":"x?","b":"1 &c=2"},"headers":{}}`))
	if want := "a=x?&b=1%20%26c=2"; query != want || err != nil {
		t.Errorf("query %q (%v), want %q", query, err, want)
	}
}
