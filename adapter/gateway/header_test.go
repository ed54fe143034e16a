package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestBodies(t *testing.T) {
	images := []string{"image/*", "application/pdf"}
	tests := []struct {
		name        string
		format      adapter.Format
		binary      []string
		contentType string
		encoding    string
		body        string
		base64      bool
	}{
		{"REST by default", adapter.RESTAPI, nil, "application/json", "", "{}", true},
		{"REST by default, no type", adapter.RESTAPI, nil, "", "", "{}", true},
		{"REST without binary types", adapter.RESTAPI, []string{}, "image/png", "", "x", false},
		{"REST, type listed", adapter.RESTAPI, images, "Application/PDF; v=1", "", "x", true},
		{"REST, group listed", adapter.RESTAPI, images, "image/png", "", "x", true},
		{"REST, other group", adapter.RESTAPI, images, "imagery/png", "", "x", false},
		{"JSON", adapter.HTTPAPIV2, nil, "application/json", "", "{}", false},
		{"JSON, upper case and charset", adapter.HTTPAPIV2, nil, "Application/JSON;charset=UTF-8", "", "{}", false},
		{"any text", adapter.HTTPAPIV2, nil, "text/csv", "", "a,b", false},
		{"XML in payload 1.0", adapter.HTTPAPIV1, nil, "application/xml", "", "<a/>", false},
		{"problem+json", adapter.HTTPAPIV2, nil, "application/problem+json", "", "{}", true},
		{"form", adapter.HTTPAPIV2, nil, "application/x-www-form-urlencoded", "", "a=b", true},
		{"no type", adapter.HTTPAPIV1, nil, "", "", "x", true},
		{"multipart at a URL", adapter.FunctionURL, nil, "multipart/form-data; boundary=x", "", "--x--", true},
		{"compressed JSON", adapter.HTTPAPIV2, nil, "application/json", "gzip", "{}", true},
		{"identity encoding", adapter.HTTPAPIV2, nil, "application/json", "identity", "{}", false},
		{"text that is no UTF-8", adapter.FunctionURL, nil, "text/plain", "", "\xff", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("PUT", "/", strings.NewReader(tt.body))
			r.Header = http.Header{"Content-Type": {tt.contentType}, "Content-Encoding": {tt.encoding}}
			got := event(t, gateway.Config{Format: tt.format, BasePath: "/", BinaryMediaTypes: tt.binary}, r)
			if got["isBase64Encoded"] != tt.base64 || (got["body"] == tt.body) == tt.base64 {
				t.Errorf("body %q, base64 %v; want base64 %v", got["body"], got["isBase64Encoded"], tt.base64)
			}
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	request := func(lines http.Header) *http.Request {
		r := httptest.NewRequest("GET", "/x", nil)
		r.Header = lines
		return r
	}
	tests := []struct {
		name    string
		format  adapter.Format
		scheme  string
		lines   http.Header
		headers map[string]any // of the single-value map
	}{
		{"REST keeps these from the function", adapter.RESTAPI, "", http.Header{
			"Connection": {"a"}, "Content-Length": {"0"}, "Content-Md5": {"a"}, "Expect": {"a"}, "Max-Forwards": {"1"}, "Proxy-Authenticate": {"a"},
			"Server": {"a"}, "Te": {"a"}, "Transfer-Encoding": {"a"}, "Trailer": {"a"}, "Upgrade": {"a"}, "Www-Authenticate": {"a"}, "Via": {"v"}, "Range": {"r"},
		}, map[string]any{
			"Connection": absent, "Content-Length": absent, "Content-Md5": absent, "Expect": absent, "Max-Forwards": absent, "Proxy-Authenticate": absent,
			"Server": absent, "Te": absent, "Transfer-Encoding": absent, "Trailer": absent, "Upgrade": absent, "Www-Authenticate": absent, "Via": "v", "Range": "r",
		}},
		{"REST takes a signature away", adapter.RESTAPI, "", http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=x"}}, map[string]any{"Authorization": absent}},
		{"REST leaves a token", adapter.RESTAPI, "", http.Header{"Authorization": {"Bearer t"}}, map[string]any{"Authorization": "Bearer t"}},
		{"HTTP leaves a signature", adapter.HTTPAPIV2, "", http.Header{"Authorization": {"AWS4-HMAC-SHA256 Credential=x"}}, map[string]any{"authorization": "AWS4-HMAC-SHA256 Credential=x"}},
		{"a length that was sent", adapter.HTTPAPIV2, "", http.Header{"Content-Length": {"0"}}, map[string]any{"content-length": "0"}},
		{"names in another case are one", adapter.HTTPAPIV2, "", http.Header{"x-a": {"1"}}, map[string]any{"x-a": "1"}},
		{"an empty value", adapter.HTTPAPIV2, "", http.Header{"X-A": {""}}, map[string]any{"x-a": ""}},
		{"forwarded headers are the front's", adapter.FunctionURL, "http", http.Header{"X-Forwarded-Proto": {"gopher"}, "X-Forwarded-Port": {"70"}}, map[string]any{
			"x-forwarded-proto": "http", "x-forwarded-port": "80", "x-forwarded-for": "192.0.2.1", "x-amzn-tls-version": absent, "host": "example.com"}},
		{"forwarded for, twice", adapter.HTTPAPIV1, "", http.Header{"X-Forwarded-For": {"a", "b"}}, map[string]any{"X-Forwarded-For": "a, b, 192.0.2.1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := event(t, gateway.Config{Format: tt.format, BasePath: "/", Scheme: tt.scheme}, request(tt.lines))
			for name, want := range tt.headers {
				if value := member(got["headers"].(map[string]any), name); value != want {
					t.Errorf("%s = %q, want %q", name, value, want)
				}
			}
		})
	}
	r := request(http.Header{})
	trace := member(event(t, gateway.Config{}, r), "headers.x-amzn-trace-id")
	if text, _ := trace.(string); !regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$`).MatchString(text) {
		t.Errorf("x-amzn-trace-id = %q", trace)
	}
	if r.Header.Get("Host") != "" || len(r.Header) != 0 {
		t.Errorf("the request's own header was changed: %v", r.Header)
	}
}

func TestTrace(t *testing.T) {
	const root, self, parent = `Root=1-[0-9a-f]{8}-[0-9a-f]{24}`, `Self=1-[0-9a-f]{8}-[0-9a-f]{24}`, `;Parent=[0-9a-f]{16}`
	const theirs = "Root=1-67891233-abcdef012345678912345678"
	for _, row := range []struct {
		format       adapter.Format
		client       string
		event, tells string // in the event, and in the function's context
	}{
		{adapter.RESTAPI, "", root, root + parent + ";Sampled=0"},
		{adapter.HTTPAPIV2, theirs, theirs + parent, theirs + parent + ";Sampled=0"},
		{adapter.HTTPAPIV2, "root=1-67891233-abcdef012345678912345678;parent=53995c3f42cd8ad8", "root=.*;parent=53995c3f42cd8ad8", "root=.*;parent=53995c3f42cd8ad8;Sampled=0"},
		{adapter.FunctionURL, theirs + ";Parent=53995c3f42cd8ad8;Sampled=1", theirs + ";Parent=53995c3f42cd8ad8;Sampled=1", theirs + ";Parent=53995c3f42cd8ad8;Sampled=1"},
		{adapter.HTTPAPIV2, "Sampled=1", root, root + parent + ";Sampled=0"},
		{adapter.ALB, "", root, root + parent + ";Sampled=0"},
		{adapter.ALB, "Self=1-67891233-12456789abcdef0123456789;" + theirs, self + ";" + theirs, self + ";" + theirs + parent + ";Sampled=0"},
		{adapter.ALB, theirs, self + ";" + theirs, self + ";" + theirs + parent + ";Sampled=0"},
	} {
		var told, got string
		g := gateway.Config{Format: row.format, BasePath: "/", Function: function(func(ctx context.Context, event []byte) ([]byte, error) {
			told, _ = ctx.Value("x-amzn-trace-id").(string)
			var e struct{ Headers map[string]string }
			err := json.Unmarshal(event, &e)
			got = e.Headers["x-amzn-trace-id"] + e.Headers["X-Amzn-Trace-Id"]
			return []byte(okReply), err
		})}
		r := httptest.NewRequest("GET", "/", nil)
		if row.client != "" {
			r.Header.Set("X-Amzn-Trace-Id", row.client)
		}
		serve(g, r)
		if !regexp.MustCompile("^" + row.event + "$").MatchString(got) {
			t.Errorf("%v, client's %q: the event has %q, want %s", row.format, row.client, got, row.event)
		}
		if !regexp.MustCompile("^" + row.tells + "$").MatchString(told) {
			t.Errorf("%v, client's %q: the function is told %q, want %s", row.format, row.client, told, row.tells)
		}
	}
}

func TestQueries(t *testing.T) {
	tests := []struct {
		name, raw string
		format    adapter.Format
		want      any
	}{
		{"REST splits at semicolons", "a=1;b=2", adapter.RESTAPI, map[string]any{"a": []any{"1"}, "b": []any{"2"}}},
		{"HTTP does not", "a=1;b=2", adapter.HTTPAPIV1, map[string]any{"a": []any{"1;b=2"}}},
		{"bad escapes stay", "a=%zz&%=1", adapter.RESTAPI, map[string]any{"a": []any{"%zz"}, "%": []any{"1"}}},
		{"empty parts are nothing", "&&a=1&", adapter.HTTPAPIV1, map[string]any{"a": []any{"1"}}},
		{"question mark alone", "", adapter.RESTAPI, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := event(t, gateway.Config{Format: tt.format, BasePath: "/"}, httptest.NewRequest("GET", "/?"+tt.raw, nil))
			if diff := cmp.Diff(tt.want, got["multiValueQueryStringParameters"]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
