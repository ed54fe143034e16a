package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

const albContext = `"requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a1b2c3d4e5/0123456789abcdef"}}`

const busyALB = `{` + albContext + `,"httpMethod":"POST","path":"/boats/sea%20gull%2F2//x",
"queryStringParameters":{"tag":"b+c","plus":"1%2B1","empty":"","bare":""},
"headers":{"accept":"*/*","content-type":"application/json; charset=utf-8","content-length":"20","cookie":"tide=ebb","host":"harbour.example.com:8443",
  "user-agent":"buoy/1.0","x-amzn-trace-id":"Root=1-00000001-000000000000000000000002;Parent=0000000000000003","x-flag":"green,blue",
  "x-forwarded-for":"198.51.100.4, 2001:db8::7","x-forwarded-port":"443","x-forwarded-proto":"https"},
"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false}`

const busyALBMulti = `{` + albContext + `,"httpMethod":"POST","path":"/boats/sea%20gull%2F2//x",
"multiValueQueryStringParameters":{"tag":["a","b+c"],"plus":["1%2B1"],"empty":[""],"bare":[""]},
"multiValueHeaders":{"accept":["*/*"],"content-type":["application/json; charset=utf-8"],"content-length":["20"],"cookie":["berth=12; crew=3","tide=ebb"],
  "host":["harbour.example.com:8443"],"user-agent":["buoy/1.0"],"x-amzn-trace-id":["Root=1-00000001-000000000000000000000002;Parent=0000000000000003"],"x-flag":["red","green,blue"],
  "x-forwarded-for":["198.51.100.4, 2001:db8::7"],"x-forwarded-port":["443"],"x-forwarded-proto":["https"]},
"body":"{\"name\":\"Möwe <1>\"}","isBase64Encoded":false}`

func TestALBEvent(t *testing.T) {
	bare := func(string) *http.Request {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Amzn-Trace-Id", "Root=1")
		return r
	}
	tests := []struct {
		name    string
		multi   bool
		request func(string) *http.Request
		want    string
	}{
		{"single values", false, busyRequest, busyALB},
		{"lists", true, busyRequest, busyALBMulti},
		{"nothing in single values", false, bare, `{` + albContext + `,"httpMethod":"GET","path":"/","queryStringParameters":{},
			"headers":{"host":"example.com","x-amzn-trace-id":"Root=1","x-forwarded-for":"192.0.2.1","x-forwarded-port":"443","x-forwarded-proto":"https"},
			"body":"","isBase64Encoded":false}`},
		{"nothing in lists", true, bare, `{` + albContext + `,"httpMethod":"GET","path":"/","multiValueQueryStringParameters":{},
			"multiValueHeaders":{"host":["example.com"],"x-amzn-trace-id":["Root=1"],"x-forwarded-for":["192.0.2.1"],"x-forwarded-port":["443"],"x-forwarded-proto":["https"]},
			"body":"","isBase64Encoded":false}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := gateway.Config{Format: adapter.ALB, MultiValueHeaders: tt.multi, StageVariables: map[string]string{"pier": "west"}}
			got, err := gateway.MustNew(g).Event(tt.request(""))
			if err != nil {
				t.Fatal(err)
			}
			got = traceSelf.ReplaceAll(got, nil)
			if diff := cmp.Diff(decode(t, []byte(tt.want)), decode(t, got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// traceSelf is what an ALB adds to the trace of each request.
var traceSelf = regexp.MustCompile(`Self=1-[0-9a-f]{8}-[0-9a-f]{24};`)

func TestALBHealthCheck(t *testing.T) {
	tests := []struct {
		path  string
		multi bool
		want  string
	}{
		{"", false, `{` + albContext + `,"httpMethod":"GET","path":"/","queryStringParameters":{},
			"headers":{"user-agent":"ELB-HealthChecker/2.0"},"body":"","isBase64Encoded":false}`},
		{"/health", true, `{` + albContext + `,"httpMethod":"GET","path":"/health","multiValueQueryStringParameters":{},
			"multiValueHeaders":{"user-agent":["ELB-HealthChecker/2.0"]},"body":"","isBase64Encoded":false}`},
	}
	for _, tt := range tests {
		got, err := (gateway.MustNew(gateway.Config{Format: adapter.ALB, MultiValueHeaders: tt.multi})).HealthCheck(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decode(t, []byte(tt.want)), decode(t, got)); diff != "" {
			t.Errorf("HealthCheck(%q): -want +got:\n%s", tt.path, diff)
		}
	}
	if _, err := (gateway.MustNew(gateway.Config{})).HealthCheck("/"); err == nil {
		t.Error("an HTTP API made a health check")
	}
}

// What a target group's function answers, by the target group's mode.
func TestALBReply(t *testing.T) {
	const bad = 502
	tests := []struct {
		name   string
		multi  bool
		reply  string
		status int
		want   http.Header // of the answer, but for what every answer has
	}{
		{"headers", false, `{"statusCode":201,"statusDescription":"201 Created","headers":{"content-type":"text/plain","X-A":"1"},"body":"x"}`,
			201, http.Header{"Content-Type": {"text/plain"}, "X-A": {"1"}}},
		{"lists", true, `{"statusCode":200,"multiValueHeaders":{"set-cookie":["a=1","b=2"],"x-a":[]}}`, 200, http.Header{"Set-Cookie": {"a=1", "b=2"}}},
		{"cookies by changing the case", false, `{"statusCode":200,"headers":{"Set-Cookie":"a=1","set-cookie":"b=2"}}`, 200, http.Header{"Set-Cookie": {"a=1", "b=2"}}},
		{"no headers", false, `{"statusCode":200}`, 200, nil},
		{"no headers, no lists", true, `{"statusCode":200,"headers":null,"multiValueHeaders":{}}`, 200, nil},
		{"an empty other map", true, `{"statusCode":200,"headers":{}}`, 200, nil},
		{"unknown members", false, `{"statusCode":200,"cookies":["a=1"]}`, 200, nil},
		{"lists where headers are read", false, `{"statusCode":200,"multiValueHeaders":{"x-a":["1"]}}`, bad, nil},
		{"headers where lists are read", true, `{"statusCode":200,"headers":{"x-a":"1"}}`, bad, nil},
		{"both maps", true, `{"statusCode":200,"headers":{"x-a":"1"},"multiValueHeaders":{"x-a":["1"]}}`, bad, nil},
		{"no status", false, `{"body":"x"}`, bad, nil},
		{"status null", false, `{"statusCode":null}`, bad, nil},
		{"status as text", false, `{"statusCode":"200"}`, bad, nil},
		{"status with a fraction", false, `{"statusCode":200.5}`, bad, nil},
		{"status out of range", false, `{"statusCode":99}`, bad, nil},
		{"negative status", false, `{"statusCode":-200}`, bad, nil},
		{"description that is no text", false, `{"statusCode":200,"statusDescription":200}`, bad, nil},
		{"header that is no text", false, `{"statusCode":200,"headers":{"x-a":true}}`, bad, nil},
		{"header that is no list", true, `{"statusCode":200,"multiValueHeaders":{"x-a":"1"}}`, bad, nil},
		{"body that is no text", false, `{"statusCode":200,"body":{}}`, bad, nil},
		{"bad base64", false, `{"statusCode":200,"body":"*","isBase64Encoded":true}`, bad, nil},
		{"a text", false, `"x"`, bad, nil},
		{"null", false, `null`, bad, nil},
		{"nothing", false, ``, bad, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := gateway.Config{Function: returns(tt.reply), Format: adapter.ALB, MultiValueHeaders: tt.multi}
			resp := serve(g, httptest.NewRequest("GET", "/", nil))
			if resp.StatusCode != tt.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, tt.status)
			}
			if tt.status == bad {
				if body := text(t, resp); body != page("502 Bad Gateway") || resp.Header.Get("Content-Type") != "text/html" {
					t.Errorf("%q %v", body, resp.Header)
				}
				return
			}
			resp.Header.Del("Content-Length")
			if resp.Header.Get("Content-Type") == "" {
				delete(resp.Header, "Content-Type") // the nil that keeps net/http from guessing
			}
			if tt.want == nil {
				tt.want = http.Header{}
			}
			if diff := cmp.Diff(tt.want, resp.Header); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func page(title string) string {
	return fmt.Sprintf("<html>\r\n<head><title>%[1]s</title></head>\r\n<body>\r\n<center><h1>%[1]s</h1></center>\r\n</body>\r\n</html>\r\n", title)
}

func TestALBNamesNoTypeForTheFunction(t *testing.T) {
	server := httptest.NewServer(gateway.MustNew(gateway.Config{Function: returns(`{"statusCode":200,"body":"<html>"}`), Format: adapter.ALB}))
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, there := resp.Header["Content-Type"]; there {
		t.Errorf("Content-Type %q was made up", got)
	}
}

func TestALBRefusals(t *testing.T) {
	request := func(size int, header http.Header) *http.Request {
		r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", size)))
		r.Header = header
		return r
	}
	hops := func(n int) http.Header {
		return http.Header{"X-Forwarded-For": {strings.TrimSuffix(strings.Repeat("192.0.2.7, ", n), ", ")}}
	}
	tests := []struct {
		name  string
		r     *http.Request
		reply string
		want  seen
	}{
		{"1 MB of body", request(1<<20, nil), okReply, seen{200, "ok", "", ""}},
		{"more than 1 MB of body", request(1<<20+1, nil), okReply, seen{413, page("413 Request Entity Too Large"), "", "the body is over the front's limit"}},
		{"an upgrade", request(0, http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}}), okReply,
			seen{400, page("400 Bad Request"), "", "an ALB upgrades no connection to a function"}},
		{"30 hops", request(0, hops(30)), okReply, seen{200, "ok", "", ""}},
		{"31 hops", request(0, hops(31)), okReply, seen{463, page("463"), "", "X-Forwarded-For has more than 30 entries"}},
		{"1 MB of reply", request(0, nil), replyOfSize(1 << 20), seen{200, "", "", ""}},
		{"more than 1 MB of reply", request(0, nil), replyOfSize(1<<20 + 1), seen{502, page("502 Bad Gateway"), "", "the reply is larger than the front takes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := see(t, gateway.Config{Function: returns(tt.reply), Format: adapter.ALB}, tt.r)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// replyOfSize is a reply of as many bytes, with an empty body.
func replyOfSize(size int) string {
	const start, end = `{"statusCode":200,"statusDescription":"`, `"}`
	return start + strings.Repeat("x", size-len(start)-len(end)) + end
}

func TestTargetGroupBodies(t *testing.T) {
	tests := []struct {
		format                      adapter.Format
		contentType, encoding, body string
		base64                      bool
	}{
		{adapter.ALB, "application/json", "", "{}", false},
		{adapter.ALB, "text/csv", "", "a", false},
		{adapter.ALB, "application/javascript", "", "a", false},
		{adapter.ALB, "application/xml", "", "<a/>", false},
		{adapter.ALB, "image/png", "", "a", true},
		{adapter.ALB, "", "", "a", true},
		{adapter.ALB, "application/json", "gzip", "a", true},
		{adapter.ALB, "application/json", "identity", "a", true},
		{adapter.ALB, "image/png", "", "", false},
		{adapter.LatticeV2, "image/png", "", "a", true},
		{adapter.LatticeV2, "application/json", "", "{}", false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("PUT", "/", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.contentType)
		r.Header.Set("Content-Encoding", tt.encoding)
		got := event(t, gateway.Config{Format: tt.format}, r)
		if got["isBase64Encoded"] != tt.base64 || (got["body"] == tt.body) == tt.base64 {
			t.Errorf("%v: %q %q: body %q, base64 %v; want base64 %v", tt.format, tt.contentType, tt.encoding, got["body"], got["isBase64Encoded"], tt.base64)
		}
	}
}
