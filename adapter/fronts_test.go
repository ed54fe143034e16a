package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// told is a request as far as the rows below speak of it.
type told struct {
	Format                       string
	Method, Path, RawPath, Query string
	Host, RemoteAddr             string
	Header                       http.Header
	Body                         string
}

func TestRequestsOfOtherFronts(t *testing.T) {
	for _, row := range []struct {
		name, event string
		want        told
	}{
		{
			"ALB, single values",
			`{"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"POST","path":"/a%20b%2Fc","queryStringParameters":{"q":"a%2Bb","bad":"50%"},
			"headers":{"host":"lb.example.com","x-forwarded-for":"203.0.113.9, 198.51.100.24","x-a":"2"},"body":"text","isBase64Encoded":false}`,
			told{"ALB", "POST", "/a b/c", "/a%20b%2Fc", "q=a%2Bb&bad=50%25", "lb.example.com", "198.51.100.24:0",
				http.Header{"Content-Length": {"4"}, "X-Forwarded-For": {"203.0.113.9, 198.51.100.24"}, "X-A": {"2"}}, "text"},
		},
		{
			"ALB, lists",
			`{"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET","path":"/","multiValueQueryStringParameters":{"q":["1","2"],"r":[""]},
			"multiValueHeaders":{"host":["lb.example.com"],"x-a":["1","2"],"x-forwarded-for":["203.0.113.9","198.51.100.24:4711"]},"body":"","isBase64Encoded":false}`,
			told{"ALB", "GET", "/", "", "q=1&q=2&r=", "lb.example.com", "198.51.100.24:4711",
				http.Header{"X-Forwarded-For": {"203.0.113.9", "198.51.100.24:4711"}, "X-A": {"1", "2"}}, ""},
		},
		{
			"ALB health check",
			`{"requestContext":{"elb":{"targetGroupArn":"arn"}},"httpMethod":"GET","path":"/health","queryStringParameters":{},"headers":{"user-agent":"ELB-HealthChecker/2.0"},"body":"","isBase64Encoded":false}`,
			told{"ALB", "GET", "/health", "", "", "", "", http.Header{"User-Agent": {"ELB-HealthChecker/2.0"}}, ""},
		},
		{
			"Lattice v1",
			`{"raw_path":"/a%20b?x=1&x=2","method":"PUT","headers":{"host":"svc.example.com","x-forwarded-for":"10.0.0.7","x-a":"1,2"},"query_string_parameters":{"x":"2"},"body":"aGk=","is_base64_encoded":true}`,
			told{"VPC Lattice v1", "PUT", "/a b", "", "x=1&x=2", "svc.example.com", "", http.Header{"Content-Length": {"2"}, "X-Forwarded-For": {"10.0.0.7"}, "X-A": {"1,2"}}, "hi"},
		},
		{
			"Lattice v2, lists",
			`{"version":"2.0","path":"/a","method":"GET","headers":{"host":["svc.example.com"],"x-a":["1","2"]},"queryStringParameters":{"x":["1&y=2","2"]},"body":"","isBase64Encoded":false,
			"requestContext":{"serviceNetworkArn":"arn","serviceArn":"arn","identity":{"type":"AWS_IAM"},"timeEpoch":"1696331543569073"}}`,
			told{"VPC Lattice v2", "GET", "/a", "", "x=1%26y%3D2&x=2", "svc.example.com", "", http.Header{"X-A": {"1", "2"}}, ""},
		},
		{
			"Lattice v2, strings",
			`{"version":"2.0","path":"/a?x=1","method":"GET","headers":{"host":"svc.example.com"},"queryStringParameters":{"x":"1"},"requestContext":{"serviceArn":"arn"}}`,
			told{"VPC Lattice v2", "GET", "/a", "", "x=1", "svc.example.com", "", http.Header{}, ""},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got told
			h := adapter.New(tell(&got), nil)
			if _, err := h.Invoke(context.Background(), []byte(row.event)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func tell(into *told) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		e, _ := adapter.FromContext(r.Context())
		body, _ := io.ReadAll(r.Body)
		*into = told{e.Format().String(), r.Method, r.URL.Path, r.URL.RawPath, r.URL.RawQuery, r.Host, r.RemoteAddr, r.Header, string(body)}
	}
}

func TestTrustedHops(t *testing.T) {
	for _, row := range []struct {
		forwarded string
		hops      int
		want      string
	}{
		{"203.0.113.9, 198.51.100.24, 192.0.2.1", 0, "192.0.2.1:0"},
		{"203.0.113.9, 198.51.100.24, 192.0.2.1", 1, "198.51.100.24:0"},
		{"203.0.113.9,198.51.100.24,192.0.2.1", 2, "203.0.113.9:0"},
		{"203.0.113.9", 2, "203.0.113.9:0"},
		{"2001:db8::1", 0, "[2001:db8::1]:0"},
		{"[2001:db8::1]:443", 0, "[2001:db8::1]:443"},
		{"unknown", 0, ""},
		{"", 0, ""},
	} {
		var got told
		h := adapter.New(tell(&got), &adapter.Options{TrustedHops: row.hops})
		event := `{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","headers":{"x-forwarded-for":"` + row.forwarded + `"}}`
		if _, err := h.Invoke(context.Background(), []byte(event)); err != nil || got.RemoteAddr != row.want {
			t.Errorf("%q with %d hops: %q (%v), want %q", row.forwarded, row.hops, got.RemoteAddr, err, row.want)
		}
	}
}

func TestRepliesOfOtherFronts(t *testing.T) {
	var log bytes.Buffer
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range []string{"Set-Cookie", "X-A"} {
			w.Header().Add(name, "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT")
			w.Header().Add(name, "b=2")
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "ok")
	}), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	const first, joined = "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, b=2"
	for _, row := range []struct{ name, event, want, log string }{
		{
			"ALB, single values", `{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","headers":{}}`,
			`{"statusCode":201,"statusDescription":"201 Created","headers":{"Content-Type":"text/plain","Set-Cookie":"` + first + `","X-A":"` + joined + `"},"isBase64Encoded":false,"body":"ok"}`,
			`"dropped":1`,
		},
		{
			"ALB, lists", `{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","multiValueHeaders":{}}`,
			`{"statusCode":201,"statusDescription":"201 Created","multiValueHeaders":{"Content-Type":["text/plain"],"Set-Cookie":["` + first + `","b=2"],"X-A":["` + first + `","b=2"]},"isBase64Encoded":false,"body":"ok"}`,
			"",
		},
		{
			"Lattice", `{"raw_path":"/","method":"GET","headers":{}}`,
			`{"statusCode":201,"headers":{"Content-Type":"text/plain","Set-Cookie":"` + first + `","X-A":"` + joined + `"},"isBase64Encoded":false,"body":"ok"}`,
			`"dropped":1`,
		},
	} {
		log.Reset()
		out, err := h.Invoke(context.Background(), []byte(row.event))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(asMembers(t, row.want), asMembers(t, string(out))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
		if got := log.String(); !strings.Contains(got, row.log) || (row.log == "") != (got == "") || strings.Contains(got, "Expires") {
			t.Errorf("%s: logged %q, want %q in it", row.name, got, row.log)
		}
	}
}

func asMembers(t *testing.T, object string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(object), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLimitsOfReplies(t *testing.T) {
	size := 0
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write(bytes.Repeat([]byte{'a'}, size))
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	event := []byte(`{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/","headers":{}}`)
	for _, row := range []struct{ size, status int }{{900_000, 200}, {1 << 20, 500}} {
		size = row.size
		if out, err := h.Invoke(context.Background(), event); err != nil || statusOf(t, out) != row.status {
			t.Errorf("%d bytes: status %d (%v), want %d", size, statusOf(t, out), err, row.status)
		}
	}
}

func statusOf(t *testing.T, out []byte) int {
	t.Helper()
	var r struct{ StatusCode int }
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %.100q", err, out)
	}
	return r.StatusCode
}

func TestLargeHeaderIsWarnedOf(t *testing.T) {
	var log bytes.Buffer
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("secret", 2000))
	}), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
	if r := invoke(t, h, v2Event("", false)); r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	if !strings.Contains(log.String(), "header is large") || strings.Contains(log.String(), "secret") {
		t.Errorf("logged %s", &log)
	}
}

func TestWebSocket(t *testing.T) {
	mux := http.NewServeMux()
	var got []string
	handle := func(w http.ResponseWriter, r *http.Request) {
		e, _ := adapter.FromContext(r.Context())
		c, ok := e.Connection()
		body, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprintf("%s %s %s %v %s %s", r.Method, r.URL.EscapedPath(), r.URL.RawQuery, ok, c, body))
		_, _ = io.WriteString(w, "pong")
	}
	for _, pattern := range []string{"GET /$connect", "POST /$disconnect", "POST /$default", "POST /{routeKey}"} {
		mux.HandleFunc(pattern, handle)
	}
	h := adapter.New(mux, &adapter.Options{Formats: []adapter.Format{adapter.WebSocketAPI}})
	for _, event := range []string{
		`{"headers":{"Host":"ws.example.com"},"queryStringParameters":{"room":"a b"},"requestContext":{"routeKey":"$connect","eventType":"CONNECT","connectionId":"C1="},"isBase64Encoded":false}`,
		`{"requestContext":{"routeKey":"chat/send","eventType":"MESSAGE","connectionId":"C1=","messageId":"M1="},"body":"{\"action\":\"chat/send\"}","isBase64Encoded":false}`,
		`{"headers":{"Host":"ws.example.com"},"requestContext":{"routeKey":"$disconnect","eventType":"DISCONNECT","connectionId":"C1="},"isBase64Encoded":false}`,
	} {
		if r := invoke(t, h, event); r.StatusCode != http.StatusOK || r.Body != "pong" {
			t.Errorf("reply %+v", r)
		}
	}
	want := []string{
		"GET /$connect room=a+b true {C1= CONNECT } ",
		`POST /chat%2Fsend  true {C1= MESSAGE M1=} {"action":"chat/send"}`,
		"POST /$disconnect  true {C1= DISCONNECT } ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	event, err := adapter.ParseEvent([]byte(v2Event("", false)))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := event.Connection(); ok {
		t.Error("an HTTP API has a connection")
	}
}

func TestBasePaths(t *testing.T) {
	v2 := func(stage, path string) string {
		return `{"rawPath":"` + path + `","requestContext":{"stage":"` + stage + `","http":{"method":"GET"}}}`
	}
	rest := func(stage, path, contextPath string) string {
		return `{"httpMethod":"GET","path":"` + path + `","requestContext":{"stage":"` + stage + `","path":"` + contextPath + `"}}`
	}
	options := &adapter.Options{StripStage: true, BasePaths: []string{"/orders", "/orders/v1"}}
	for _, row := range []struct {
		name, event, path, base string
	}{
		{"no stage, no base path", v2("$default", "/notes"), "/notes", ""},
		{"named stage", v2("dev", "/dev/notes"), "/notes", "/dev"},
		{"the stage alone", v2("dev", "/dev"), "/", "/dev"},
		{"a segment that only begins like the stage", v2("dev", "/device"), "/device", ""},
		{"once", v2("dev", "/dev/dev/x"), "/dev/x", "/dev"},
		{"a base path", v2("$default", "/orders/7"), "/7", "/orders"},
		{"the longest base path", v2("$default", "/orders/v1/7"), "/7", "/orders/v1"},
		{"exact match", v2("$default", "/orders"), "/", "/orders"},
		{"not a whole segment", v2("$default", "/orders2"), "/orders2", ""},
		{"stage, then base path", v2("dev", "/dev/orders/7"), "/7", "/dev/orders"},
		{"base path, then stage", v2("dev", "/orders/dev/7"), "/7", "/orders/dev"},
		{"payload 1.0 with an escape", `{"version":"1.0","httpMethod":"GET","path":"/dev/a%20b","requestContext":{"stage":"dev","path":"/dev/a b"}}`, "/a b", "/dev"},
		{"REST API on its own domain", rest("live", "/live/x", "/live/live/x"), "/live/x", "/live"},
		{"REST API on a domain that names no stage", rest("live", "/live/x", "/live/x"), "/x", "/live"},
		{"REST API whose mapping has a base path and no stage", rest("live", "/orders/live/7", "/orders/live/7"), "/7", "/orders/live"},
		{"REST API with the stage's name below the base path", rest("live", "/orders/live/7", "/live/orders/live/7"), "/live/7", "/live/orders"},
		{"encoded rest", rest("live", "/orders/a%2Fb", "/live/orders/a%2Fb"), "/a/b", "/live/orders"},
	} {
		var path, raw, base string
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			e, _ := adapter.FromContext(r.Context())
			path, raw, base = r.URL.Path, r.RequestURI, e.BasePath()
		}), options)
		if _, err := h.Invoke(context.Background(), []byte(row.event)); err != nil || path != row.path || base != row.base {
			t.Errorf("%s: path %q (%s) under %q (%v), want %q under %q", row.name, path, raw, base, err, row.path, row.base)
		}
	}
	for _, base := range []string{"", "/", "orders", "/orders/", "/a//b", "/a b"} {
		if message := panicOf(func() { adapter.New(http.NotFoundHandler(), &adapter.Options{BasePaths: []string{base}}) }); !strings.Contains(message, "BasePaths") {
			t.Errorf("%q: %q", base, message)
		}
	}
}

func panicOf(f func()) (message string) {
	defer func() { message = fmt.Sprint(recover()) }()
	f()
	return ""
}

func TestFallback(t *testing.T) {
	var got []string
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{
		Formats: []adapter.Format{adapter.RESTAPI},
		Fallback: func(_ context.Context, event json.RawMessage) (any, error) {
			got = append(got, string(event))
			switch {
			case bytes.Contains(event, []byte("panic")):
				panic("boom")
			case bytes.Contains(event, []byte("fail")):
				return nil, io.ErrUnexpectedEOF
			}
			return map[string]int{"served": len(got)}, nil
		},
	})
	serve := func(event string) (string, error) {
		out, err := h.Invoke(context.Background(), []byte(event))
		return string(out), err
	}
	for i, event := range []string{`{"source":"aws.events"}`, `{"type":"TOKEN","methodArn":"arn"}`, `{"messageVersion":"1.0","agent":{}}`, `[]`,
		`{"requestContext":{"connectionId":"c","eventType":"MESSAGE"}}`} {
		if out, err := serve(event); err != nil || out != fmt.Sprintf(`{"served":%d}`, i+1) || got[i] != event {
			t.Errorf("%s: %s, %v", event, out, err)
		}
	}
	if out, err := serve(`"fail"`); out != "" || err != io.ErrUnexpectedEOF {
		t.Errorf("failing: %s, %v", out, err)
	}
	if out, err := serve(`"panic"`); out != "" || err == nil {
		t.Errorf("panicking: %s, %v", out, err)
	}
	got = nil
	for _, event := range []string{`{`, v2Event("", false)} {
		var refused *adapter.EventError
		if out, err := serve(event); out != "" || !errors.As(err, &refused) || got != nil {
			t.Errorf("%s: %s, %v", event, out, err)
		}
	}
}
