package adapter_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// at is where a request was made: an event whose handler path is /notes/1.
func at(members, requestContext string) string {
	return `{` + members + `,"requestContext":{` + requestContext + `}}`
}

// TestBaseURL: the URL under which the client reached the handler's "/".
func TestBaseURL(t *testing.T) {
	const (
		rest  = `"httpMethod":"GET","headers":{"Host":"evil.example","X-Forwarded-Proto":"https"}`
		v2    = `"headers":{"host":"evil.example","x-forwarded-proto":"https"}`
		http2 = `"http":{"method":"GET"}`
		own   = `"domainName":"abc.execute-api.eu-west-1.amazonaws.com"`
	)
	for name, row := range map[string]struct{ event, base, url, path string }{
		"REST API on its own host":      {at(rest+`,"path":"/notes/1"`, own+`,"stage":"prod","path":"/prod/notes/1"`), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/notes/1"},
		"its root":                      {at(rest+`,"path":"/"`, own+`,"stage":"prod","path":"/prod"`), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/"},
		"its root with a slash":         {at(rest+`,"path":"/"`, own+`,"stage":"prod","path":"/prod/"`), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/"},
		"two slashes behind the stage":  {at(rest+`,"path":"/x"`, own+`,"stage":"prod","path":"/prod//x"`), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/x"},
		"REST API's mapping":            {at(rest+`,"path":"/orders/notes/1"`, `"domainName":"api.example.com","stage":"prod","path":"/orders/notes/1"`), "/orders", "https://api.example.com/orders", "/notes/1"},
		"mapping without a stage":       {at(rest+`,"path":"/orders/prod/1"`, `"domainName":"api.example.com","stage":"prod","path":"/orders/prod/1"`), "/orders/prod", "https://api.example.com/orders/prod", "/1"},
		"the console's test":            {at(rest+`,"path":"/notes/1"`, `"domainName":"testPrefix.testDomainName","stage":"test-invoke-stage","path":"/notes/1"`), "", "https://testPrefix.testDomainName", "/notes/1"},
		"a path that explains nothing":  {at(rest+`,"path":"/notes/1"`, own+`,"stage":"prod","path":"/elsewhere"`), "", "https://abc.execute-api.eu-west-1.amazonaws.com", "/notes/1"},
		"a host before the path":        {at(rest+`,"path":"/x"`, own+`,"stage":"prod","path":"//evil.example/x"`), "", "https://abc.execute-api.eu-west-1.amazonaws.com", "/x"},
		"a host with a backslash":       {at(rest+`,"path":"/x"`, own+`,"stage":"prod","path":"/\\evil.example/x"`), "", "https://abc.execute-api.eu-west-1.amazonaws.com", "/x"},
		"a stage that is a host":        {at(v2+`,"rawPath":"//evil.example/x"`, own+`,"stage":"/evil.example",`+http2), "", "https://abc.execute-api.eu-west-1.amazonaws.com", "/x"},
		"escapes in the stage's path":   {at(rest+`,"path":"/a%2Fb"`, own+`,"stage":"prod","path":"\/prod\/a%2Fb"`), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/a/b"},
		"HTTP API, $default":            {at(v2+`,"rawPath":"/notes/1"`, own+`,"stage":"$default",`+http2), "", "https://abc.execute-api.eu-west-1.amazonaws.com", "/notes/1"},
		"HTTP API, named stage":         {at(v2+`,"rawPath":"/prod/notes/1"`, own+`,"stage":"prod",`+http2), "/prod", "https://abc.execute-api.eu-west-1.amazonaws.com/prod", "/notes/1"},
		"HTTP API, named stage, domain": {at(v2+`,"rawPath":"/prod/notes/1"`, `"domainName":"api.example.com","stage":"prod",`+http2), "", "https://api.example.com", "/notes/1"},
		"HTTP API 1.0's mapping":        {at(`"version":"1.0",`+rest+`,"path":"/orders/notes/1"`, `"domainName":"api.example.com","stage":"$default","path":"/orders/notes/1"`), "/orders", "https://api.example.com/orders", "/notes/1"},
		"function URL":                  {at(v2+`,"rawPath":"/notes/1"`, `"domainName":"x.lambda-url.eu-west-1.on.aws",`+http2), "", "https://x.lambda-url.eu-west-1.on.aws", "/notes/1"},
		"an emulator without TLS":       {at(`"headers":{"x-forwarded-proto":"http"},"rawPath":"/prod/notes/1"`, `"domainName":"localhost:8080","stage":"prod",`+http2), "/prod", "http://localhost:8080/prod", "/notes/1"},
		"a domain name that is none":    {at(v2+`,"rawPath":"/notes/1"`, `"domainName":"a/b",`+http2), "", "nil", "/notes/1"},
		"no domain name":                {at(v2+`,"rawPath":"/notes/1"`, http2), "", "nil", "/notes/1"},
		"load balancer":                 {at(rest+`,"path":"/notes/1"`, `"elb":{},"domainName":"evil.example"`), "", "nil", "/notes/1"},
		"VPC Lattice":                   {at(`"method":"GET","path":"/notes/1"`, `"serviceArn":"arn","domainName":"evil.example"`), "", "nil", "/notes/1"},
	} {
		var e *adapter.Event
		var path string
		h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			e, _ = adapter.FromContext(r.Context())
			path = r.URL.Path
		}), &adapter.Options{StripStage: true, BasePaths: []string{"/orders"}})
		if _, err := h.Invoke(context.Background(), []byte(row.event)); err != nil {
			t.Fatal(err)
		}
		got := "nil"
		if u := e.BaseURL(); u != nil {
			got = u.String()
		}
		if e.BasePath() != row.base || got != row.url || path != row.path {
			t.Errorf("%s: %q, %s, path %q; want %q, %s, %q", name, e.BasePath(), got, path, row.base, row.url, row.path)
		}
	}
}

func TestWebSocketBaseURL(t *testing.T) {
	e, err := adapter.ParseEvent([]byte(`{"requestContext":{"connectionId":"c","eventType":"CONNECT","routeKey":"$connect","stage":"prod","apiId":"abc","domainName":"abc.execute-api.eu-west-1.amazonaws.com"}}`))
	if err != nil || e.BaseURL().String() != "wss://abc.execute-api.eu-west-1.amazonaws.com/prod" {
		t.Errorf("%v, %v", e.BaseURL(), err)
	}
}

func TestEventIDs(t *testing.T) {
	for event, want := range map[string]string{
		at(`"rawPath":"/"`, `"requestId":"JKJaXmPLvHcESHA=","apiId":"abc123","http":{"method":"GET"}`):     "JKJaXmPLvHcESHA= abc123",
		at(`"rawPath":"/"`, `"requestId":"a\u002fb","apiId":"x\"y","http":{"method":"GET"}`):               `a/b x"y`,
		at(`"rawPath":"/"`, `"requestId":"first","requestId":"last","apiId":null,"http":{"method":"GET"}`): "last ",
		at(`"httpMethod":"GET","path":"/","headers":{}`, `"elb":{}`):                                       " ",
		`{"method":"GET","raw_path":"/","headers":{}}`:                                                     " ",
	} {
		e, err := adapter.ParseEvent([]byte(event))
		if err != nil || e.RequestID()+" "+e.APIID() != want {
			t.Errorf("%s: %q %q (%v), want %q", event, e.RequestID(), e.APIID(), err, want)
		}
	}
}

// TestPrefixLocation: a client on a REST API's own host can follow a handler's
// redirect.
func TestPrefixLocation(t *testing.T) {
	event := at(`"httpMethod":"GET","path":"/notes"`, `"stage":"prod","path":"/prod/notes"`)
	for location, want := range map[string]string{
		"/notes/1":              "/prod/notes/1",
		"/":                     "/prod/",
		"/?a=1":                 "/prod/?a=1",
		"/production":           "/prod/production",
		"/prod/notes/1":         "/prod/notes/1", // by BasePath already
		"/prod":                 "/prod",
		"/prod?a=1":             "/prod?a=1",
		"/prod#top":             "/prod#top",
		"//e":                   "//e",
		`/\e`:                   `/\e`,
		"///e":                  "///e",
		"/%5Ce":                 "/prod/%5Ce",
		"/\te":                  "/prod/\te",
		" /notes/1":             "/prod/notes/1",
		"notes/1":               "notes/1",
		"?page=2":               "?page=2",
		"https://example.com/x": "https://example.com/x",
		"":                      "",
	} {
		for _, on := range []bool{false, true} {
			h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusSeeOther)
			}), &adapter.Options{PrefixLocation: on})
			want := want
			if !on {
				want = strings.Trim(location, " ")
			}
			if got := invoke(t, h, event).MultiValueHeaders["Location"]; fmt.Sprint(got) != fmt.Sprint([]string{want}) {
				t.Errorf("%q, on %v: %q, want %q", location, on, got, want)
			}
		}
	}
}

// TestRedirectsOfServeMux: the router's own redirects lead to the client's path.
func TestRedirectsOfServeMux(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/notes/", http.NotFoundHandler())
	h := adapter.New(mux, &adapter.Options{PrefixLocation: true})
	r := invoke(t, h, at(`"httpMethod":"GET","path":"/notes"`, `"stage":"prod","path":"/prod/notes"`))
	if got := r.MultiValueHeaders["Location"]; fmt.Sprint(got) != "[/prod/notes/]" {
		t.Errorf("Location %q", got)
	}
	out := string(streamAll(t, h, at(`"httpMethod":"GET","path":"/notes"`, `"stage":"prod","path":"/prod/notes"`)))
	if !strings.Contains(out, `"Location":["/prod/notes/"]`) {
		t.Errorf("streamed: %q", out)
	}
}
