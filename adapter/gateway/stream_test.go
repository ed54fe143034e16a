package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

const nul = "\x00\x00\x00\x00\x00\x00\x00\x00"

// streams is a StreamFunction made of a func.
type streams func(ctx context.Context, event json.RawMessage) (io.ReadCloser, error)

func (f streams) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	return f(ctx, event)
}

func (f streams) Invoke(context.Context, []byte) ([]byte, error) {
	return nil, errors.New("invoked, not streamed")
}

// reply is a stream of the type that HTTP replies have.
type reply struct{ io.ReadCloser }

func (reply) ContentType() string { return "application/vnd.awslambda.http-integration-response" }

// streamed is a function that streams always the same.
func streamed(content string) streams {
	return func(context.Context, json.RawMessage) (io.ReadCloser, error) {
		return reply{io.NopCloser(strings.NewReader(content))}, nil
	}
}

// streamFormats are the fronts that can stream.
var streamFormats = formatsOf(adapter.RESTAPI, adapter.FunctionURL)

func TestStream(t *testing.T) {
	const bad = `{"message": "Internal server error"}`
	const noPrelude = "the stream does not begin with a prelude"
	type answers map[adapter.Format]seen
	both := func(s seen) answers { return answers{adapter.RESTAPI: s, adapter.FunctionURL: s} }
	malformed := func(cause string) answers {
		return answers{
			adapter.RESTAPI:     {502, bad, "InternalServerErrorException", cause},
			adapter.FunctionURL: {502, "Internal Server Error", "", cause},
		}
	}
	tests := []struct {
		name, content string
		want          answers
	}{
		{"status and body", `{"statusCode":201}` + nul + "ahoy", both(seen{201, "ahoy", "", ""})},
		{"empty prelude", `{}` + nul + "ahoy", both(seen{200, "ahoy", "", ""})},
		{"blanks around it", " {} \n" + nul + "ahoy", both(seen{200, "ahoy", "", ""})},
		{"no body", `{"statusCode":204}` + nul, both(seen{204, "", "", ""})},
		{"NULs in the body", `{}` + nul + nul + "x" + nul, both(seen{200, nul + "x" + nul, "", ""})},
		{"status as text", `{"statusCode":"404"}` + nul, both(seen{404, "", "", ""})},
		{"body in the prelude", `{"statusCode":200,"body":"x"}` + nul + "y", answers{
			adapter.RESTAPI:     {502, bad, "InternalServerErrorException", "the prelude has an unknown member"},
			adapter.FunctionURL: {200, "y", "", ""},
		}},
		{"long prelude", `{"headers":{"x-a":"` + strings.Repeat("a", 16<<10-40) + `"}}` + nul + "y", both(seen{200, "y", "", ""})},
		{"prelude too long", `{"headers":{"x-a":"` + strings.Repeat("a", 16<<10) + `"}}` + nul + "y", malformed(noPrelude)},
		{"nothing", "", malformed(noPrelude)},
		{"no delimiter", okReply, malformed(noPrelude)},
		{"seven NULs", `{}` + nul[1:] + "ahoy", malformed(noPrelude)},
		{"end within the delimiter", `{}` + nul[4:], malformed(noPrelude)},
		{"no JSON", `{` + nul, malformed("the prelude is not a JSON object")},
		{"no object", `200` + nul, malformed("the prelude is not a JSON object")},
		{"null", `null` + nul, malformed("the prelude is not a JSON object")},
		{"status out of range", `{"statusCode":99}` + nul, malformed("a member of the prelude has the wrong type or value")},
		{"cookies that are no list", `{"cookies":"a=1"}` + nul, malformed("a member of the prelude has the wrong type or value")},
	}
	for _, tt := range tests {
		for _, f := range streamFormats {
			t.Run(tt.name+"/"+f.format.String(), func(t *testing.T) {
				g := gateway.Config{Function: streamed(tt.content), Format: f.format, Streaming: true}
				if diff := cmp.Diff(tt.want[f.format], see(t, g, httptest.NewRequest("GET", f.base+"/", nil))); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

func TestStreamHeaders(t *testing.T) {
	const content = `{"headers":{"x-a":"1","content-length":"9","connection":"close"},"multiValueHeaders":{"X-A":["2","1"],"set-cookie":["a=1"]},"cookies":["b=2","c=3"]}` + nul
	want := map[adapter.Format]http.Header{
		adapter.RESTAPI: {"X-A": {"2", "1"}, "Set-Cookie": {"a=1", "b=2", "c=3"}, "Content-Type": {"application/json"},
			"X-Amzn-Remapped-Content-Length": {"9"}, "X-Amzn-Remapped-Connection": {"close"}},
		adapter.FunctionURL: {"X-A": {"1"}, "Set-Cookie": {"b=2", "c=3"}, "Content-Type": {"application/json"}},
	}
	for _, f := range streamFormats {
		resp := serve(gateway.Config{Function: streamed(content), Format: f.format, Streaming: true}, httptest.NewRequest("GET", f.base+"/", nil))
		for _, id := range []string{"X-Amzn-Requestid", "X-Amzn-Trace-Id", "X-Amz-Apigw-Id"} {
			resp.Header.Del(id)
		}
		if diff := cmp.Diff(want[f.format], resp.Header); diff != "" {
			t.Errorf("%v: -want +got:\n%s", f.format, diff)
		}
	}
}

// A reply for the buffered mode, and a stream of another type, is no HTTP reply
// for a Function URL, whatever it looks like.
func TestStreamOfAnotherType(t *testing.T) {
	untyped := streams(func(context.Context, json.RawMessage) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(`{"statusCode":404}` + nul + "ahoy")), nil
	})
	tests := []struct {
		name     string
		function gateway.Function
		body     string
	}{
		{"function that cannot stream", returns(okReply), okReply},
		{"prelude without its type", untyped, `{"statusCode":404}` + nul + "ahoy"},
	}
	for _, tt := range tests {
		resp := serve(gateway.Config{Function: tt.function, Format: adapter.FunctionURL, Streaming: true}, httptest.NewRequest("GET", "/", nil))
		if body := text(t, resp); resp.StatusCode != 200 || body != tt.body || resp.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("%s: %d %q %v", tt.name, resp.StatusCode, body, resp.Header)
		}
	}
	resp := serve(gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, Streaming: true}, httptest.NewRequest("GET", "/prod", nil))
	if resp.StatusCode != 502 {
		t.Errorf("a REST API passed a stream without prelude: %d", resp.StatusCode)
	}
}

func TestStreamFailuresBeforeTheBody(t *testing.T) {
	secret := errors.New("secret")
	tests := []struct {
		name  string
		open  streams
		cause string
		err   error // Record.Err
	}{
		{"error", func(context.Context, json.RawMessage) (io.ReadCloser, error) { return nil, secret }, "the function failed", secret},
		{"panic", func(context.Context, json.RawMessage) (io.ReadCloser, error) { panic("secret") }, "the function failed", nil},
		{"exit", func(context.Context, json.RawMessage) (io.ReadCloser, error) { runtime.Goexit(); return nil, nil }, "the function failed", nil},
		{"neither stream nor error", func(context.Context, json.RawMessage) (io.ReadCloser, error) { return nil, nil }, "the function failed", nil},
		{"error in the prelude", broken(`{"statusCode":`, secret), "the function failed", secret},
		{"error in the delimiter", broken(`{}`+nul[1:], secret), "the function failed", secret},
		{"panic in the prelude", func(context.Context, json.RawMessage) (io.ReadCloser, error) { return reply{panics{}}, nil }, "the function failed", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var record gateway.Record
			g := gateway.Config{Function: tt.open, Format: adapter.FunctionURL, Streaming: true,
				Observe: func(_ *http.Request, got gateway.Record) { record = got }}
			resp := serve(g, httptest.NewRequest("GET", "/", nil))
			if body := text(t, resp); resp.StatusCode != 502 || body != "Internal Server Error" {
				t.Errorf("%d %q", resp.StatusCode, body)
			}
			if string(record.Reason) != tt.cause || record.Err == nil || tt.err != nil && !errors.Is(record.Err, tt.err) {
				t.Errorf("%+v", record)
			}
		})
	}
}

// broken streams the beginning and fails then.
func broken(beginning string, err error) streams {
	return func(context.Context, json.RawMessage) (io.ReadCloser, error) {
		return reply{io.NopCloser(io.MultiReader(strings.NewReader(beginning), iotest.ErrReader(err)))}, nil
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic("secret") }
func (panics) Close() error             { return nil }

// The function has a copy of the event that stays as it is, as under
// lambda.Start.
func TestStreamFunctionMayKeepItsEvent(t *testing.T) {
	var event json.RawMessage
	fn := streams(func(_ context.Context, got json.RawMessage) (io.ReadCloser, error) {
		event = got
		return reply{io.NopCloser(bytes.NewReader([]byte(`{}` + nul)))}, nil
	})
	serve(gateway.Config{Function: fn, Format: adapter.FunctionURL, Streaming: true}, httptest.NewRequest("GET", "/hail", nil))
	if got := member(decode(t, event).(map[string]any), "rawPath"); got != "/hail" {
		t.Errorf("rawPath = %v", got)
	}
}

// Only 6 MB fit into a buffered reply.
func TestStreamIsNotLimited(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<19)
	resp := serve(gateway.Config{Function: streamed(`{}` + nul + content), Format: adapter.RESTAPI, Streaming: true}, httptest.NewRequest("GET", "/prod", nil))
	if body := text(t, resp); body != content {
		t.Errorf("%d of %d bytes arrived, or others", len(body), len(content))
	}
}

// zeros is a body of NULs, without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// counter is a client that keeps nothing.
type counter struct {
	header http.Header
	n      int
}

func (c *counter) Header() http.Header { return c.header }
func (c *counter) WriteHeader(int)     {}

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// Lambda streams no more than 200 MB.
func TestStreamEndsAtTheLimit(t *testing.T) {
	const limit = 200 << 20
	for size, ok := range map[int64]bool{limit: true, limit + 1: false, 1 << 40: false} {
		var record gateway.Record
		g := gateway.MustNew(gateway.Config{Format: adapter.FunctionURL, Streaming: true,
			Observe: func(_ *http.Request, got gateway.Record) { record = got },
			Function: streams(func(context.Context, json.RawMessage) (io.ReadCloser, error) {
				return io.NopCloser(io.LimitReader(zeros{}, size)), nil
			})})
		client := &counter{header: http.Header{}}
		aborted := func() (aborted bool) {
			defer func() { aborted = recover() == http.ErrAbortHandler }()
			g.ServeHTTP(client, httptest.NewRequest("GET", "/", nil))
			return false
		}()
		if aborted == ok || (record.Err == nil) != ok || client.n < limit || client.n > limit+1 {
			t.Errorf("%d bytes: aborted %v after %d bytes, record %+v", size, aborted, client.n, record)
		}
	}
}

func TestStreamingOnFrontsThatCannot(t *testing.T) {
	for _, f := range formats {
		_, err := gateway.New(gateway.Config{Function: streamed(""), Format: f.format, Streaming: true})
		can := f.format == adapter.RESTAPI || f.format == adapter.FunctionURL
		if (err == nil) != can {
			t.Errorf("%v: New: %v", f.format, err)
		}
	}
}
