package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// A REST API undoes base64 only for a client whose first Accept type is one of
// its binary media types.
func TestBinaryReplies(t *testing.T) {
	images := []string{"image/*"}
	tests := []struct {
		name   string
		format adapter.Format
		types  []string
		accept string
		body   string // base64 of "boat" in the reply
		status int
		want   string
	}{
		{"everything is binary by default", adapter.RESTAPI, nil, "", "Ym9hdA==", 200, "boat"},
		{"nothing is binary", adapter.RESTAPI, []string{}, "image/png", "Ym9hdA==", 200, "Ym9hdA=="},
		{"first type is binary", adapter.RESTAPI, images, "image/png;q=0.1, text/html", "Ym9hdA==", 200, "boat"},
		{"second type is binary", adapter.RESTAPI, images, "text/html, image/png", "Ym9hdA==", 200, "Ym9hdA=="},
		{"client that takes anything", adapter.RESTAPI, images, "*/*", "Ym9hdA==", 200, "Ym9hdA=="},
		{"no Accept", adapter.RESTAPI, images, "", "Ym9hdA==", 200, "Ym9hdA=="},
		{"broken where it is undone", adapter.RESTAPI, nil, "", "Ym9", 500, `{"message":"Internal server error"}`},
		{"broken where it is not", adapter.RESTAPI, []string{}, "", "Ym9", 200, "Ym9"},
		{"HTTP API", adapter.HTTPAPIV2, []string{}, "", "Ym9hdA==", 200, "boat"},
		{"broken at a URL", adapter.FunctionURL, nil, "", "Ym9", 502, "Internal Server Error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Accept", tt.accept)
			g := gateway.Config{Format: tt.format, BasePath: "/", BinaryMediaTypes: tt.types,
				Function: returns(fmt.Sprintf(`{"statusCode":200,"body":%q,"isBase64Encoded":true}`, tt.body))}
			resp := serve(g, r)
			if body := text(t, resp); resp.StatusCode != tt.status || body != tt.want {
				t.Errorf("%d %q, want %d %q", resp.StatusCode, body, tt.status, tt.want)
			}
		})
	}
}

// Through a real server, which is strict about bodies where none belongs.
func TestAnswersWithoutBody(t *testing.T) {
	tests := []struct {
		method string
		status int
		length string
	}{
		{"GET", 200, "4"},
		{"HEAD", 200, "4"},
		{"GET", 204, ""},
		{"GET", 304, ""},
		{"HEAD", 304, ""},
	}
	for _, f := range formats {
		for _, tt := range tests {
			server := httptest.NewServer(gateway.MustNew(gateway.Config{Format: f.format,
				Function: returns(fmt.Sprintf(`{"statusCode":%d,"body":"boat"}`, tt.status))}))
			r, err := http.NewRequest(tt.method, server.URL+f.base+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body := text(t, resp)
			resp.Body.Close()
			server.Close()
			if resp.StatusCode != tt.status || (body == "boat") != (tt.method == "GET" && tt.status == 200) {
				t.Errorf("%v: %s: %d with body %q", f.format, tt.method, resp.StatusCode, body)
			}
			if length := resp.Header.Get("Content-Length"); length != tt.length {
				t.Errorf("%v: %s %d: Content-Length %q, want %q", f.format, tt.method, tt.status, length, tt.length)
			}
		}
	}
}

// What the function says about framing is not the client's connection.
func TestFramingOfTheReplyIsIgnored(t *testing.T) {
	reply := `{"statusCode":200,"body":"boat","headers":{"content-length":"7","connection":"close","transfer-encoding":"chunked","upgrade":"x","x-kept":"1"}}`
	for _, f := range formats {
		server := httptest.NewServer(gateway.MustNew(gateway.Config{Format: f.format, Function: returns(reply)}))
		resp, err := server.Client().Get(server.URL + f.base + "/")
		if err != nil {
			t.Fatal(err)
		}
		body := text(t, resp)
		resp.Body.Close()
		server.Close()
		if body != "boat" || resp.Header.Get("X-Kept") != "1" || resp.Header.Get("Upgrade") != "" || resp.Close {
			t.Errorf("%v: %q %v", f.format, body, resp.Header)
		}
		remapped := resp.Header.Get("X-Amzn-Remapped-Content-Length") + resp.Header.Get("X-Amzn-Remapped-Connection")
		if want := map[bool]string{true: "7close"}[f.format == adapter.RESTAPI]; remapped != want {
			t.Errorf("%v: remapped %q, want %q", f.format, remapped, want)
		}
	}
}

func TestIDHeaders(t *testing.T) {
	want := map[adapter.Format]map[string]string{
		adapter.RESTAPI:     {"X-Amzn-Requestid": "requestId", "X-Amz-Apigw-Id": "extendedRequestId"},
		adapter.HTTPAPIV1:   {"Apigw-Requestid": "requestId"},
		adapter.HTTPAPIV2:   {"Apigw-Requestid": "requestId"},
		adapter.FunctionURL: {"X-Amzn-Requestid": "requestId"},
	}
	for _, f := range formats {
		var event struct{ RequestContext map[string]any }
		g := gateway.Config{Format: f.format, Function: function(func(_ context.Context, data []byte) ([]byte, error) {
			return []byte(okReply), json.Unmarshal(data, &event)
		})}
		resp := serve(g, httptest.NewRequest("GET", f.base+"/", nil))
		for header, name := range want[f.format] {
			if got, want := resp.Header.Get(header), event.RequestContext[name]; got == "" || want != any(got) {
				t.Errorf("%v: %s = %q, %s in the event is %v", f.format, header, got, name, want)
			}
		}
	}
}

// A Function URL writes a value anew that is no HTTP reply; an HTTP API sends it
// as it is.
func TestReplyWithoutStatusCode(t *testing.T) {
	const spaced = "{ \"tide\": [1, 2.50, \"a  b\"],\n \"ebb\" : null }"
	for _, row := range []struct {
		format      adapter.Format
		reply, want string
	}{
		{adapter.FunctionURL, spaced, `{"tide":[1,2.50,"a  b"],"ebb":null}`},
		{adapter.HTTPAPIV2, spaced, spaced},
		{adapter.FunctionURL, `[ 1, 2 ]`, `[1,2]`},
		{adapter.FunctionURL, `"a  b"`, `a  b`},
		{adapter.FunctionURL, ` { not JSON`, ` { not JSON`},
	} {
		resp := serve(gateway.Config{Function: returns(row.reply), Format: row.format}, httptest.NewRequest("GET", "/", nil))
		if got := text(t, resp); got != row.want || resp.StatusCode != 200 {
			t.Errorf("%v, reply %s: status %d, %q, want %q", row.format, row.reply, resp.StatusCode, got, row.want)
		}
	}
}
