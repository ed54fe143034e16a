package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

func TestPaths(t *testing.T) {
	rest, http1, http2, url := adapter.RESTAPI, adapter.HTTPAPIV1, adapter.HTTPAPIV2, adapter.FunctionURL
	const path, raw, context, context2 = "path", "rawPath", "requestContext.path", "requestContext.http.path"
	tests := []struct {
		name   string
		g      gateway.Config
		target string
		want   map[string]any
	}{
		{"REST: escapes and inner slashes stay", gateway.Config{Format: rest}, "/prod/a%2Fb//c%25/../d+e/", map[string]any{
			path: "/a%2Fb//c%25/../d+e/", context: "/prod/a%2Fb//c%25/../d+e/", "pathParameters.proxy": "a%2Fb//c%25/../d+e", "resource": "/{proxy+}"}},
		{"REST: a slash before the path", gateway.Config{Format: rest}, "/prod//x", map[string]any{path: "/x", context: "/prod//x", "pathParameters.proxy": "x"}},
		{"REST: a slash before the stage", gateway.Config{Format: rest}, "//prod/x", map[string]any{path: "/x", context: "/prod/x"}},
		{"REST: nothing but the stage", gateway.Config{Format: rest, Stage: "live"}, "/live", map[string]any{path: "/", context: "/live", "resource": "/", "requestContext.stage": "live"}},
		{"REST: domain with base path", gateway.Config{Format: rest, BasePath: "v1"}, "/v1/pay", map[string]any{
			path: "/v1/pay", context: "/v1/pay", "pathParameters.proxy": "pay", "requestContext.stage": "prod"}},
		{"REST: domain without base path", gateway.Config{Format: rest, BasePath: "/"}, "/pay", map[string]any{path: "/pay", context: "/pay", "requestContext.stage": "prod"}},
		{"HTTP 1.0: encoded, in the context decoded", gateway.Config{Format: http1}, "/a%2Fb/%C3%A9", map[string]any{
			path: "/a%2Fb/%C3%A9", context: "/a/b/é", "pathParameters.proxy": "a/b/é"}},
		{"HTTP 1.0: named stage", gateway.Config{Format: http1, Stage: "dev"}, "/dev/x", map[string]any{path: "/dev/x", "pathParameters.proxy": "x"}},
		{"HTTP 1.0: base path", gateway.Config{Format: http1, BasePath: "orders/v1"}, "/orders/v1/x", map[string]any{path: "/orders/v1/x", "pathParameters.proxy": "x"}},
		{"HTTP 1.0: base path and named stage", gateway.Config{Format: http1, BasePath: "orders/v1", Stage: "dev"}, "/orders/v1/x%20y", map[string]any{
			path: "/orders/v1/x%20y", context: "/dev/x y"}},
		{"HTTP 1.0: base path alone", gateway.Config{Format: http1, BasePath: "v1"}, "/v1/x", map[string]any{path: "/v1/x", context: "/x"}},
		{"HTTP 2.0: decoded once", gateway.Config{Format: http2}, "/a%2Fb/%2525/%3Fq%23f", map[string]any{
			raw: "/a/b/%25/?q#f", context2: "/a/b/%25/?q#f", "pathParameters.proxy": "a/b/%25/?q#f"}},
		{"HTTP 2.0: named stage", gateway.Config{Format: http2, Stage: "dev"}, "/dev/x/", map[string]any{raw: "/dev/x/", context2: "/dev/x/", "pathParameters.proxy": "x/"}},
		{"HTTP 2.0: base path is never seen", gateway.Config{Format: http2, BasePath: "v1"}, "/v1/x", map[string]any{raw: "/x"}},
		{"HTTP 2.0: base path and named stage", gateway.Config{Format: http2, BasePath: "v1", Stage: "dev"}, "/v1/x", map[string]any{raw: "/dev/x", "requestContext.stage": "dev"}},
		{"HTTP 2.0: nothing but the base path", gateway.Config{Format: http2, BasePath: "v1"}, "/v1", map[string]any{raw: "/", "routeKey": "ANY /"}},
		{"HTTP 2.0: empty segments", gateway.Config{Format: http2}, "//a//", map[string]any{raw: "//a//"}},
		{"HTTP 2.0: absolute form", gateway.Config{Format: http2}, "http://example.com/a?b=c", map[string]any{raw: "/a", "rawQueryString": "b=c"}},
		{"HTTP 2.0: absolute form without path", gateway.Config{Format: http2}, "http://example.com", map[string]any{raw: "/"}},
		{"URL: encoded, in the context decoded", gateway.Config{Format: url, Stage: "ignored"}, "//a%2Fb/../%C3%A9", map[string]any{
			raw: "//a%2Fb/../%C3%A9", context2: "//a/b/../é", "routeKey": "$default", "requestContext.stage": "$default"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := event(t, tt.g, httptest.NewRequest("GET", tt.target, nil))
			for path, want := range tt.want {
				if value := member(got, path); value != want {
					t.Errorf("%s = %q, want %q", path, value, want)
				}
			}
		})
	}
}

// A handler before the gateway may have taken a part of the path away.
func TestRewrittenPath(t *testing.T) {
	r := httptest.NewRequest("GET", "/outer/a%2Fb?x=1", nil)
	var got map[string]any
	http.StripPrefix("/outer", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = event(t, gateway.Config{Format: adapter.FunctionURL}, r)
	})).ServeHTTP(httptest.NewRecorder(), r)
	if path := member(got, "rawPath"); path != "/a%2Fb" {
		t.Errorf("rawPath = %q, want /a%%2Fb", path)
	}
}

func TestHostsOfAnotherFront(t *testing.T) {
	const url, api = "abc.lambda-url.eu-west-1.on.aws", "xyz.execute-api.eu-west-1.amazonaws.com"
	tests := []struct {
		format     adapter.Format
		host, want string
	}{
		{adapter.FunctionURL, url, url},
		{adapter.FunctionURL, "localhost:8080", "id.lambda-url.us-east-1.on.aws"},
		{adapter.HTTPAPIV2, url, "id.execute-api.us-east-1.amazonaws.com"},
		{adapter.HTTPAPIV2, "", "id.execute-api.us-east-1.amazonaws.com"},
		{adapter.HTTPAPIV2, api, api},
		{adapter.HTTPAPIV2, "localhost:8080", "localhost"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tt.host
		got := event(t, gateway.Config{Format: tt.format, APIID: "id"}, r)
		if domain := member(got, "requestContext.domainName"); domain != tt.want {
			t.Errorf("%v asked for %q: domainName %q, want %q", tt.format, tt.host, domain, tt.want)
		}
	}
}
