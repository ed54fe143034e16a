package awslabs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

// onProxy serves h as a program does that wraps typed events.
func onProxy(front adapter.Format, h http.Handler, opts *adapter.Options) function {
	switch front {
	case adapter.HTTPAPIV2, adapter.FunctionURL:
		return typed(awslabs.NewV2(h, opts).ProxyWithContext)
	case adapter.ALB:
		return typed(awslabs.NewALB(h, opts).ProxyWithContext)
	}
	return typed(awslabs.New(h, opts).ProxyWithContext)
}

// The typed way must end where the straight one does, as far as handlers and
// clients can tell: request, caller, library's context, reply.
func TestProxyWithContext(t *testing.T) {
	for _, row := range authorizers {
		t.Run(row.name, func(t *testing.T) {
			type seen struct {
				Line, Host, Addr string
				Header           http.Header
				Format           adapter.Format
				Accessors        answers
				Caller           extracted
			}
			look := func(into *seen) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					event, _ := adapter.FromContext(r.Context())
					*into = seen{r.Method + " " + r.RequestURI, r.Host, r.RemoteAddr, r.Header, event.Format(), ask(r.Context()), extracted{}}
					extracting(&into.Caller).ServeHTTP(w, r)
				})
			}
			var want, got seen
			event := eventOf(row.front, row.json, "x-tag", "a, b")
			wantReply := run(t, exported(look(&want)), event)
			gotReply := run(t, onProxy(row.front, look(&got), nil), event)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the handler sees something else (-straight +typed):\n%s", diff)
			}
			if diff := cmp.Diff(wantReply, gotReply); diff != "" {
				t.Errorf("the reply is another (-straight +typed):\n%s", diff)
			}
		})
	}
}

func TestProxyReply(t *testing.T) {
	each(t, func(t *testing.T, front adapter.Format) {
		h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
			w.Header().Set("Content-Type", "image/png")
			w.WriteHeader(http.StatusCreated)
			w.Write([]byte{0x89, 'P'})
		})
		event := eventOf(front, "")
		if front == adapter.ALB { // only a target group with lists takes two cookies
			event = []byte(albWithLists)
		}
		reply := run(t, onProxy(front, h, nil), event)
		if reply.StatusCode != 201 || !reply.IsBase64Encoded || reply.Body != "iVA=" {
			t.Errorf("reply = %+v, want 201 with the body in base64", reply)
		}
		cookies := append(reply.Cookies, reply.MultiValueHeaders["Set-Cookie"]...)
		if diff := cmp.Diff([]string{"a=1", "b=2"}, cookies); diff != "" {
			t.Errorf("cookies (-want +got):\n%s", diff)
		}
	})
}

const albWithLists = `{"requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/notes/1"}},
	"httpMethod":"GET","path":"/notes/7","multiValueQueryStringParameters":{},
	"multiValueHeaders":{"host":["api.example.com"],"x-forwarded-for":["192.0.2.1"]},"body":"","isBase64Encoded":false}`

// Programs' tests write events with the few members that the library needs.
func TestProxySparseEvents(t *testing.T) {
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", r.Method, r.RequestURI)
	})
	v2 := events.APIGatewayV2HTTPRequest{QueryStringParameters: map[string]string{"b": "2 3", "a": "1"}}
	v2.RequestContext.HTTP.Method, v2.RequestContext.HTTP.Path = "PUT", "/ping"
	gotV2, err := awslabs.NewV2(echo, nil).ProxyWithContext(context.Background(), v2)
	if want := "PUT /ping?a=1&b=2+3"; err != nil || gotV2.Body != want {
		t.Errorf("V2: %q, %v, want %q", gotV2.Body, err, want)
	}
	v1 := events.APIGatewayProxyRequest{HTTPMethod: "PUT", Path: "/ping", QueryStringParameters: map[string]string{"a": "1"}}
	gotV1, err := awslabs.New(echo, nil).ProxyWithContext(context.Background(), v1)
	if want := "PUT /ping?a=1"; err != nil || gotV1.Body != want {
		t.Errorf("V1: %q, %v, want %q", gotV1.Body, err, want)
	}
	alb := events.ALBTargetGroupRequest{HTTPMethod: "PUT", Path: "/ping"}
	gotALB, err := awslabs.NewALB(echo, nil).ProxyWithContext(context.Background(), alb)
	if want := "PUT /ping"; err != nil || gotALB.Body != want || !strings.Contains(gotALB.StatusDescription, "OK") {
		t.Errorf("ALB: %+v, %v, want %q", gotALB, err, want)
	}
}

// What a program is likely to do around ProxyWithContext: change the event, then
// the response.
func TestProxyWrapped(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		variables, _ := core.GetStageVarsFromContextV2(r.Context())
		fmt.Fprintf(w, "%s %s", r.URL.Path, variables["table"])
	})
	proxy := awslabs.NewV2(h, nil)
	f := typed(func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		event.RawPath = strings.TrimPrefix(event.RawPath, "/notes")
		event.StageVariables["table"] = "notes-test"
		response, err := proxy.ProxyWithContext(ctx, event)
		response.Headers["X-Wrapped"] = "yes"
		return response, err
	})
	reply := run(t, f, eventOf(adapter.HTTPAPIV2, ""))
	if reply.Body != "/7 notes-test" || reply.Headers["X-Wrapped"] != "yes" {
		t.Errorf("reply = %+v, want what the wrapper made of it", reply)
	}
}

func TestProxyErrors(t *testing.T) {
	unwritable := events.APIGatewayProxyRequest{HTTPMethod: "GET"}
	unwritable.RequestContext.Authorizer = map[string]any{"secret": func() {}}
	_, err := awslabs.New(http.NotFoundHandler(), nil).ProxyWithContext(context.Background(), unwritable)
	if err == nil || err.Error() != "awslabs: the event cannot be written as JSON" {
		t.Errorf("an event that is no JSON: %v", err)
	}
	_, err = awslabs.NewV2(http.NotFoundHandler(), &adapter.Options{Formats: []adapter.Format{adapter.RESTAPI}}).
		ProxyWithContext(context.Background(), events.APIGatewayV2HTTPRequest{})
	var refused *adapter.EventError
	if !errors.As(err, &refused) || refused.Format != adapter.HTTPAPIV2 {
		t.Errorf("an event of a format that Options leaves out: %v, want an *adapter.EventError", err)
	}
	for name, build := range map[string]func(){
		"New":    func() { awslabs.New(nil, nil) },
		"NewV2":  func() { awslabs.NewV2(nil, nil) },
		"NewALB": func() { awslabs.NewALB(nil, nil) },
	} {
		if got := panicOf(build); !strings.Contains(got, "nil handler") {
			t.Errorf("%s(nil, nil) panicked with %q, want it to name the nil handler", name, got)
		}
	}
}

// The property: whatever can be a typed event gets a response or an error, and
// never the library's 504.
func FuzzProxyWithContext(f *testing.F) {
	for front := range fronts {
		f.Add(eventOf(front, ""))
	}
	f.Add(eventOf(adapter.RESTAPI, lambdaREST, "Cookie", "a=1"))
	proxy := awslabs.New(http.NotFoundHandler(), &adapter.Options{Logger: discard})
	proxyV2 := awslabs.NewV2(http.NotFoundHandler(), &adapter.Options{Logger: discard})
	f.Fuzz(func(t *testing.T, data []byte) {
		var v1 events.APIGatewayProxyRequest
		if json.Unmarshal(data, &v1) == nil {
			reply, err := proxy.ProxyWithContext(context.Background(), v1)
			if err == nil && reply.StatusCode != 404 && reply.StatusCode != 400 {
				t.Errorf("V1: status %d", reply.StatusCode)
			}
		}
		var v2 events.APIGatewayV2HTTPRequest
		if json.Unmarshal(data, &v2) == nil {
			reply, err := proxyV2.ProxyWithContext(context.Background(), v2)
			if err == nil && reply.StatusCode != 404 && reply.StatusCode != 400 {
				t.Errorf("V2: status %d", reply.StatusCode)
			}
		}
	})
}
