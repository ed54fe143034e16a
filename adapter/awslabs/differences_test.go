package awslabs_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

// say is a handler that answers what f finds in the request.
func say(f func(*http.Request) any) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, f(r)) })
}

func body(reply events.APIGatewayV2HTTPResponse) string { return reply.Body }

const failed = "the invocation fails"

// The rows of the README's table that one event can show. That of the library is
// checked too: a difference that is none would be bad advice.
var differences = []struct {
	name    string
	front   adapter.Format
	event   func(string) string // changes the front's; nil: as it is
	headers []string
	handler http.Handler
	seen    func(events.APIGatewayV2HTTPResponse) string
	library string
	now     string
}{
	{name: "header with commas", front: adapter.HTTPAPIV2, headers: []string{"x-when", "Tue, 18 Jun"},
		handler: say(func(r *http.Request) any { return len(r.Header["X-When"]) }), seen: body, library: "2", now: "1"},
	{name: "Cookie", front: adapter.FunctionURL, headers: []string{"cookie", "a=1"}, event: replace(`"headers"`, `"cookies":["a=1"],"headers"`),
		handler: say(func(r *http.Request) any { return r.Header["Cookie"] }), seen: body, library: "[a=1 a=1]", now: "[a=1]"},
	{name: "query of an ALB", front: adapter.ALB, event: replace(`{"q":"b"}`, `{"q":"b%20c"}`),
		handler: say(func(r *http.Request) any { return r.FormValue("q") }), seen: body, library: "b%20c", now: "b c"},
	{name: "question mark in the path", front: adapter.HTTPAPIV2, event: replace(`"rawPath":"/notes/7"`, `"rawPath":"/notes/7?admin"`),
		handler: say(func(r *http.Request) any { return r.URL.Path }), seen: body, library: "/notes/7", now: "/notes/7?admin"},
	{name: "percent sign in the path", front: adapter.HTTPAPIV2, event: func(event string) string { return strings.ReplaceAll(event, "/notes/7", "/notes/7%") },
		handler: say(func(r *http.Request) any { return fmt.Sprint(r.URL.Path, ask(r.Context()).OK[3]) }), seen: body, library: failed, now: "/notes/7%true"},
	{name: "RemoteAddr", front: adapter.RESTAPI,
		handler: say(func(r *http.Request) any { return r.RemoteAddr }), seen: body, library: "192.0.2.1", now: "192.0.2.1:0"},
	{name: "RemoteAddr of an ALB", front: adapter.ALB,
		handler: say(func(r *http.Request) any { return r.RemoteAddr }), seen: body, library: "", now: "192.0.2.1:0"},
	{name: "URL", front: adapter.HTTPAPIV2,
		handler: say(func(r *http.Request) any { return r.URL }), seen: body, library: "https://api.example.com/notes/7?q=a&q=b", now: "/notes/7?q=a&q=b"},
	{name: "TLS", front: adapter.HTTPAPIV2, headers: []string{"x-forwarded-proto", "https"},
		handler: say(func(r *http.Request) any { return r.TLS != nil }), seen: body, library: "false", now: "true"},
	{name: "Echo's scheme", front: adapter.HTTPAPIV2, headers: []string{"x-forwarded-proto", "https"},
		handler: say(func(r *http.Request) any { return echo.New().NewContext(r, nil).Scheme() }), seen: body, library: "http", now: "https"},
	{name: "body that is not base64", front: adapter.HTTPAPIV2, event: replace(`"isBase64Encoded":false`, `"isBase64Encoded":true,"body":"!"`),
		handler: say(func(r *http.Request) any { return "" }), seen: status, library: failed, now: "400"},
	{name: "nothing written", front: adapter.HTTPAPIV2, handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		seen: status, library: failed, now: "200"},
	{name: "two statuses", front: adapter.HTTPAPIV2, handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		w.WriteHeader(http.StatusOK)
	}), seen: status, library: "200", now: "403"},
	{name: "UTF-8 of a type that is no text", front: adapter.HTTPAPIV2, handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/x-icon")
		fmt.Fprint(w, "icon")
	}), seen: func(reply events.APIGatewayV2HTTPResponse) string { return fmt.Sprint(reply.IsBase64Encoded) }, library: "false", now: "true"},
	{name: "headers for an ALB", front: adapter.ALB, handler: http.RedirectHandler("/", http.StatusFound),
		seen: func(reply events.APIGatewayV2HTTPResponse) string { return reply.Headers["Location"] }, library: "", now: "/"},
	{name: "claim that is no text", front: adapter.HTTPAPIV2, event: replace(`"http":`, `"authorizer":{"jwt":{"claims":{"sub":"a","n":1}}},"http":`),
		handler: say(func(r *http.Request) any { return ask(r.Context()).OK[3] }), seen: body, library: failed, now: "false"},
}

func replace(old, new string) func(string) string {
	return func(event string) string { return strings.Replace(event, old, new, 1) }
}

func status(reply events.APIGatewayV2HTTPResponse) string { return fmt.Sprint(reply.StatusCode) }

func TestDifferences(t *testing.T) {
	for _, row := range differences {
		t.Run(row.name, func(t *testing.T) {
			event := string(eventOf(row.front, "", row.headers...))
			if row.event != nil {
				changed := row.event(event)
				if changed == event {
					t.Fatal("the row's event is the front's own")
				}
				event = changed
			}
			see := func(f function) string {
				if _, err := f(context.Background(), []byte(event)); err != nil {
					return failed
				}
				return row.seen(run(t, f, []byte(event)))
			}
			capture(t, func() {
				if got := see(onLibrary(row.front, row.handler)); got != row.library {
					t.Errorf("on the library: %q, want %q", got, row.library)
				}
			})
			if got := see(adapter.New(awslabs.Export(row.handler), &adapter.Options{Logger: discard}).Invoke); got != row.now {
				t.Errorf("now: %q, want %q", got, row.now)
			}
		})
	}
}
