package adapter_test

import (
	"bytes"
	gocmp "cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// request serves an event and returns the request that the handler saw.
func request(t *testing.T, event string) *http.Request {
	t.Helper()
	return requestIn(t, context.Background(), event)
}

func requestIn(t *testing.T, ctx context.Context, event string) *http.Request {
	t.Helper()
	var seen *http.Request
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r }), nil)
	out, err := h.Invoke(ctx, []byte(event))
	if err != nil || seen == nil {
		t.Fatalf("not served: %s, %v", out, err)
	}
	return seen
}

func TestSourceIP(t *testing.T) {
	for sourceIP, want := range map[string]string{
		" 3.231.2.1":            "3.231.2.1:0", // seen on an HTTP API
		"3.231.2.1":             "3.231.2.1:0",
		"10.1.22.195:32554":     "10.1.22.195:32554", // seen behind mutual TLS
		" 2001:db8::1":          "[2001:db8::1]:0",
		"test-invoke-source-ip": "",
		" ":                     "",
	} {
		event := `{"rawPath":"/","requestContext":{"http":{"method":"GET","sourceIp":"` + sourceIP + `"}}}`
		if got := request(t, event).RemoteAddr; got != want {
			t.Errorf("sourceIp %q: RemoteAddr %q, want %q", sourceIP, got, want)
		}
	}
}

// TestBodyLength: the header says what Request.ContentLength does, as with
// net/http's server, whatever the event says.
func TestBodyLength(t *testing.T) {
	for _, row := range []struct{ header, body, want string }{
		{``, `"hi"`, "2"},
		{`"content-length":"1"`, `"hi"`, "2"},
		{`"content-length":"abc"`, `"hi"`, "2"},
		{`"Content-Length":"2","content-length":"3"`, `"hi"`, "2"},
		{`"transfer-encoding":"chunked"`, `"hi"`, "2"},
		{`"content-length":"0"`, `""`, "0"},
		{`"content-length":"7"`, `null`, "0"},
		{``, `""`, "none"},
	} {
		r := request(t, `{"httpMethod":"POST","path":"/","headers":{`+row.header+`},"requestContext":{},"body":`+row.body+`}`)
		got := "none"
		if lengths := r.Header.Values("Content-Length"); len(lengths) > 0 {
			got = strings.Join(lengths, ",")
		}
		length := got
		if length == "none" {
			length = "0"
		}
		if _, chunked := r.Header["Transfer-Encoding"]; got != row.want || fmt.Sprint(r.ContentLength) != length || chunked {
			t.Errorf("%s with %s: Content-Length %s, ContentLength %d, want %s", row.header, row.body, got, r.ContentLength, row.want)
		}
	}
}

// TestMemberAtFault: the log line about a request that HTTP does not allow says
// what is wrong with the event, and holds nothing of it.
func TestMemberAtFault(t *testing.T) {
	const tail = `"requestContext":{"http":{"method":"GET"}}}`
	for event, want := range map[string]string{
		`{"rawPath":"/","headers":{"host":"<secret>.lambda-url.eu-west-1.on.aws"},` + tail:               "the header Host",
		`{"rawPath":"/","headers":{"host":["a","b"]},` + tail:                                            "the header Host",
		`{"rawPath":"/","headers":{"x-a":"secret\n"},` + tail:                                            "the header X-A",
		`{"rawPath":"/","headers":{"` + strings.Repeat("secret-", 10) + `":"\n"},` + tail:                "a header's value",
		`{"rawPath":"/","headers":{"sec ret":"b"},` + tail:                                               "a header's name",
		`{"rawPath":"/","cookies":["secret\n"],` + tail:                                                  "cookies",
		`{"rawPath":"/","requestContext":{"http":{"method":"sec ret"}}}`:                                 "the method",
		`{"rawPath":"/","body":"secre","isBase64Encoded":true,` + tail:                                   "body",
		`{"rawPath":"/","body":{"secret":1},` + tail:                                                     "body",
		`{"rawPath":"/","body":["secret"],` + tail:                                                       "body",
		`{"rawPath":"/","headers":{"secret":{"a":1}},` + tail:                                            "headers",
		`{"rawPath":"/","headers":["secret"],` + tail:                                                    "headers",
		`{"httpMethod":"GET","path":"/","multiValueHeaders":{"a":[["secret"]]},"requestContext":{}}`:     "multiValueHeaders",
		`{"httpMethod":"GET","path":"/","queryStringParameters":{"a":{"secret":1}},"requestContext":{}}`: "queryStringParameters",
	} {
		for _, streamed := range []bool{false, true} {
			var log bytes.Buffer
			h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("called") }),
				&adapter.Options{Logger: slog.New(slog.NewJSONHandler(&log, nil))})
			out := serveAny(t, h, event, streamed && strings.Contains(event, "httpMethod"))
			if !strings.Contains(out, `"statusCode":400`) || !strings.Contains(log.String(), `"gatehouse.member":"`+want+`"`) || strings.Contains(log.String(), "secret") {
				t.Errorf("%s: %.80q; logged %s, want the member %q", event, out, &log, want)
			}
		}
	}
}

// TestQueryOfHandMadeEvents: payload 2.0 without rawQueryString.
func TestQueryOfHandMadeEvents(t *testing.T) {
	for members, want := range map[string]string{
		`"queryStringParameters":{"a":"1 2","b":"x,y"}`:                  "a=1+2&b=x%2Cy",
		`"rawQueryString":null,"queryStringParameters":{"a":"1"}`:        "a=1",
		`"rawQueryString":"","queryStringParameters":{"a":"1"}`:          "",
		`"rawQueryString":"a=1&a=2","queryStringParameters":{"a":"1,2"}`: "a=1&a=2",
		`"rawQueryString":"a=%20"`:                                       "a=%20",
	} {
		if got := request(t, `{"rawPath":"/",`+members+`,"requestContext":{"http":{"method":"GET"}}}`).URL.RawQuery; got != want {
			t.Errorf("%s: query %q, want %q", members, got, want)
		}
	}
}

// traced returns the context of an invocation with this trace header.
func traced(ctx context.Context, id string) context.Context {
	//lint:ignore SA1029 the key is aws-lambda-go's (lambda/invoke_loop.go)
	return context.WithValue(ctx, "x-amzn-trace-id", id)
}

// TestTraceHeader: the runtime's word counts, as aws-lambda-go hands it on, and
// not the client's.
func TestTraceHeader(t *testing.T) {
	const ours = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
	event := func(header string) string {
		return `{"rawPath":"/","headers":{` + header + `},"requestContext":{"http":{"method":"GET"}}}`
	}
	runtimes := traced(context.Background(), ours)
	for _, row := range []struct {
		name   string
		ctx    context.Context
		header string
		want   []string
	}{
		{"the runtime's replaces the front's, which has no Parent", runtimes, `"X-Amzn-Trace-Id":"Root=1-5759e988-bd862e3fe1be46a994272793"`, []string{ours}},
		{"two of a client", runtimes, `"x-amzn-trace-id":["a","b"]`, []string{ours}},
		{"none in the event", runtimes, ``, []string{ours}},
		{"none of the runtime", context.Background(), `"X-Amzn-Trace-Id":"Root=1-0"`, []string{"Root=1-0"}},
		{"one that no header can hold", traced(context.Background(), "a\nb"), `"X-Amzn-Trace-Id":"Root=1-0"`, []string{"Root=1-0"}},
	} {
		got := requestIn(t, row.ctx, event(row.header)).Header["X-Amzn-Trace-Id"]
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.name, diff)
		}
	}
}

// hostileHeads are events whose heads are made to be dear.
func hostileHeads() map[string]string {
	var escaped, plain strings.Builder
	for i := range 128 {
		fmt.Fprintf(&escaped, `"%s\u0061%04d":["1"],`, "x", i)
	}
	for i := range 200_000 {
		fmt.Fprintf(&plain, `"x%05x":"1",`, i)
	}
	lists := `"multiValueHeaders":{` + strings.TrimSuffix(escaped.String(), ",") + `},"headers":{`
	rest := `},"requestContext":{}}`
	path := func(path string) string { return `{"httpMethod":"GET","path":"` + path + `","requestContext":{}}` }
	return map[string]string{
		"128 escaped names against 200,000": `{"httpMethod":"GET","path":"/",` + lists + strings.TrimSuffix(plain.String(), ",") + rest,
		"the same within net/http's limit":  `{"httpMethod":"GET","path":"/",` + lists + strings.TrimSuffix(plain.String()[:700_000/13*13], ",") + rest,
		"5 MB of % as path":                 path("/" + strings.Repeat("%", 5<<20)),
		"1 MB of % as path":                 path("/" + strings.Repeat("%", 1_000_000)),
		"1 MB of escapes as path":           path("/" + strings.Repeat(`\u0025`, 1_000_000)),
		"1 MB of blanks as query":           `{"httpMethod":"GET","path":"/","queryStringParameters":{"a":"` + strings.Repeat("\u00e4", 500_000) + `"},"requestContext":{}}`,
		"1 MB of commas as X-Forwarded-For": `{"httpMethod":"GET","path":"/","headers":{"x-forwarded-for":"` + strings.Repeat(",", 1_000_000) + `"},"requestContext":{"elb":{}}}`,
		"1 MB of cookies":                   `{"rawPath":"/","cookies":["a"` + strings.Repeat(`,"b"`, 100_000) + `],"requestContext":{"http":{"method":"GET"}}}`,
	}
}

// TestHostileHeads: what an event's head costs is bounded by its length, in bytes
// allocated per byte of the event. The most is for members of a few bytes each,
// which Request.Header's map needs several times as much for.
func TestHostileHeads(t *testing.T) {
	skipUnderRace(t)
	limits := map[string]float64{"the same within net/http's limit": 20, "1 MB of cookies": 20}
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), &adapter.Options{Logger: slog.New(slog.DiscardHandler), TrustedHops: 1000})
	for name, event := range hostileHeads() {
		payload := []byte(event)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := h.Invoke(context.Background(), payload)
		runtime.ReadMemStats(&after)
		limit := gocmp.Or(limits[name], 10)
		if per := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(payload)); per > limit || err != nil {
			t.Errorf("%s: %.1f bytes allocated per byte of %d (%v), limit %v", name, per, len(payload), err, limit)
		} else {
			t.Logf("%s: %.1f bytes allocated per byte of %d", name, per, len(payload))
		}
	}
}

// TestHeadLargerThanNetHTTPTakes: as net/http's server, which has the same limit.
func TestHeadLargerThanNetHTTPTakes(t *testing.T) {
	heads := hostileHeads()
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("called for %.20s", r.URL.Path) }),
		&adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	for _, name := range []string{"128 escaped names against 200,000", "5 MB of % as path"} {
		if r := invoke(t, h, heads[name]); r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: status %d", name, r.StatusCode)
		}
	}
	large := `{"httpMethod":"POST","path":"/","requestContext":{},"body":"` + strings.Repeat("x", 5<<20) + `"}`
	served := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprint(w, n)
	}), nil)
	if r := invoke(t, served, large); r.Body != fmt.Sprint(5<<20) {
		t.Errorf("a large body: %+v", r)
	}
}

// TestHostileHeadsTakeNoLonger holds the time for hostile heads against that of
// encoding/json for the same event, in turns.
func TestHostileHeadsTakeNoLonger(t *testing.T) {
	skipUnderRace(t)
	const limit = 10
	h := adapter.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	for name, event := range hostileHeads() {
		payload := []byte(event)
		ours, theirs := time.Hour, time.Hour
		for range 5 {
			ours = min(ours, timed(func() { _, _ = h.Invoke(context.Background(), payload) }))
			theirs = min(theirs, timed(func() { _ = json.Unmarshal(payload, new(any)) }))
		}
		if ratio := float64(ours) / float64(theirs); ratio > limit {
			t.Errorf("%s: %.1f times as long as encoding/json, limit %d", name, ratio, limit)
		}
	}
}

func timed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}
