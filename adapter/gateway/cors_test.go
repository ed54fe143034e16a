package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/google/go-cmp/cmp"
)

const page1 = "https://harbour.example.com"

// corsHeader is the part of a header that browsers ask about CORS.
func corsHeader(h http.Header) http.Header {
	some := http.Header{}
	for name, values := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			some[name] = values
		}
	}
	return some
}

func asks(method, origin, leave string) *http.Request {
	r := httptest.NewRequest(method, "/notes", nil)
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	if leave != "" {
		r.Header.Set("Access-Control-Request-Method", leave)
	}
	return r
}

func TestPreflight(t *testing.T) {
	settings := &cors.Config{AllowOrigins: []string{page1}, AllowMethods: []string{"GET", "PUT"}, AllowHeaders: []string{"authorization", "x-tide"},
		ExposeHeaders: []string{"x-depth"}, AllowCredentials: true, MaxAge: 300}
	granted := http.Header{"Access-Control-Allow-Origin": {page1}, "Access-Control-Allow-Credentials": {"true"}, "Access-Control-Expose-Headers": {"x-depth"},
		"Access-Control-Allow-Methods": {"GET,PUT"}, "Access-Control-Allow-Headers": {"authorization,x-tide"}, "Access-Control-Max-Age": {"300"}}
	star := http.Header{"Access-Control-Allow-Origin": {"*"}}
	denies := gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return nil, &gateway.Refusal{Status: 401, Reason: "no token"}
	})
	tests := []struct {
		name       string
		format     adapter.Format
		settings   *cors.Config
		authorizer gateway.Authorizer
		routes     []gateway.Route
		r          *http.Request
		status     int
		want       http.Header
		called     bool // the function
	}{
		{"granted", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"granted at a URL", adapter.FunctionURL, settings, nil, nil, asks("OPTIONS", page1, "PUT"), 200, granted, false},
		{"at a guarded ANY route", adapter.HTTPAPIV1, settings, denies, nil, asks("OPTIONS", page1, "PUT"), 401, nil, false},
		{"at a guarded ANY route of its own", adapter.HTTPAPIV2, settings, denies, routes("ANY /notes"), asks("OPTIONS", page1, "PUT"), 401, nil, false},
		{"at an ANY route whose authorizer lets it pass", adapter.HTTPAPIV2, settings, gives(nil), routes("ANY /notes"), asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"with an open route beside the guarded ANY route", adapter.HTTPAPIV2, settings, denies,
			append(routes("ANY /{proxy+}"), gateway.Route{Key: "OPTIONS /{proxy+}", Open: true}), asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"without a route for OPTIONS", adapter.HTTPAPIV2, settings, denies, routes("GET /notes"), asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"without any route", adapter.HTTPAPIV2, settings, nil, routes("GET /boats"), asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"whatever method it asks for", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", page1, "DELETE"), 204, granted, false},
		{"at an open $default", adapter.HTTPAPIV2, settings, nil, routes("$default"), asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"at a guarded $default", adapter.HTTPAPIV2, settings, denies, routes("$default"), asks("OPTIONS", page1, "PUT"), 401, nil, false},
		{"with an open route beside it", adapter.HTTPAPIV2, settings, denies, append(routes("$default"), gateway.Route{Key: "OPTIONS /{proxy+}", Open: true}),
			asks("OPTIONS", page1, "PUT"), 204, granted, false},
		{"from another origin", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", "https://pirates.example", "PUT"), 204, nil, false},
		{"from another port", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", page1+":8443", "PUT"), 204, nil, false},
		{"from anywhere", adapter.HTTPAPIV2, &cors.Config{AllowOrigins: []string{"*"}}, nil, nil, asks("OPTIONS", page1, "PUT"), 204, star, false},
		{"from anywhere on https", adapter.HTTPAPIV2, &cors.Config{AllowOrigins: []string{"https://*"}}, nil, nil, asks("OPTIONS", page1, "PUT"), 204,
			http.Header{"Access-Control-Allow-Origin": {page1}}, false},
		{"not on http", adapter.HTTPAPIV2, &cors.Config{AllowOrigins: []string{"https://*"}}, nil, nil, asks("OPTIONS", "http://harbour.example.com", "PUT"), 204, nil, false},
		{"without Origin", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", "", "PUT"), 200, nil, true},
		{"without method", adapter.HTTPAPIV2, settings, nil, nil, asks("OPTIONS", page1, ""), 200,
			http.Header{"Access-Control-Allow-Origin": {page1}, "Access-Control-Allow-Credentials": {"true"}, "Access-Control-Expose-Headers": {"x-depth"}}, true},
		{"without settings", adapter.HTTPAPIV2, nil, nil, nil, asks("OPTIONS", page1, "PUT"), 200, nil, true},
		{"without settings at a URL", adapter.FunctionURL, nil, nil, nil, asks("OPTIONS", page1, "PUT"), 200, nil, true},
		{"without settings, guarded", adapter.HTTPAPIV2, nil, denies, nil, asks("OPTIONS", page1, "PUT"), 401, nil, false},
		{"without settings, an open route", adapter.HTTPAPIV2, nil, denies, append(routes("ANY /{proxy+}"), gateway.Route{Key: "OPTIONS /{proxy+}", Open: true}),
			asks("OPTIONS", page1, "PUT"), 200, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fn := &socket{replies: []string{okReply}}
			resp := serve(gateway.Config{Function: fn, Format: tt.format, CORS: tt.settings, Authorizer: tt.authorizer, Routes: tt.routes}, tt.r)
			if resp.StatusCode != tt.status || (len(fn.events) > 0) != tt.called {
				t.Errorf("status %d after %d events, want %d, called: %v", resp.StatusCode, len(fn.events), tt.status, tt.called)
			}
			if tt.want == nil {
				tt.want = http.Header{}
			}
			if diff := cmp.Diff(tt.want, corsHeader(resp.Header)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if !tt.called && tt.status < 300 && (resp.Header.Get("Content-Type") != "" || text(t, resp) != "") {
				t.Errorf("a body with type %q", resp.Header.Get("Content-Type"))
			}
		})
	}
}

func TestObserveOfAPreflight(t *testing.T) {
	var record gateway.Record
	g := gateway.Config{Function: returns(okReply), CORS: &cors.Config{AllowOrigins: []string{page1}},
		Observe: func(_ *http.Request, got gateway.Record) { record = got }}
	serve(g, asks("OPTIONS", page1, "PUT"))
	record.Duration = 0
	want := gateway.Record{Status: 204, RefusedBy: "gateway", Reason: "a preflight, answered by the gateway"}
	if diff := cmp.Diff(want, record); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What becomes of a function's own headers.
func TestCORSOfReplies(t *testing.T) {
	const reply = `{"statusCode":404,"headers":{"Access-Control-Allow-Origin":"https://pirates.example","access-control-max-age":"7","x-depth":"3"}}`
	settings := &cors.Config{AllowOrigins: []string{page1}, AllowCredentials: true}
	own := http.Header{"Access-Control-Allow-Origin": {page1}, "Access-Control-Allow-Credentials": {"true"}}
	functions := http.Header{"Access-Control-Allow-Origin": {"https://pirates.example"}, "Access-Control-Max-Age": {"7"}}
	both := http.Header{"Access-Control-Allow-Origin": {"https://pirates.example", page1}, "Access-Control-Max-Age": {"7"}, "Access-Control-Allow-Credentials": {"true"}}
	tests := []struct {
		name     string
		format   adapter.Format
		settings *cors.Config
		origin   string
		want     http.Header
	}{
		{"HTTP API", adapter.HTTPAPIV2, settings, page1, own},
		{"HTTP API 1.0", adapter.HTTPAPIV1, settings, page1, own},
		{"HTTP API, another origin", adapter.HTTPAPIV2, settings, "https://pirates.example", http.Header{}},
		{"HTTP API, no origin", adapter.HTTPAPIV2, settings, "", http.Header{}},
		{"HTTP API without settings", adapter.HTTPAPIV2, nil, page1, functions},
		{"Function URL", adapter.FunctionURL, settings, page1, both},
		{"Function URL, another origin", adapter.FunctionURL, settings, "https://pirates.example", functions},
		{"Function URL without settings", adapter.FunctionURL, nil, page1, functions},
		{"ALB", adapter.ALB, nil, page1, functions},
	}
	for _, tt := range tests {
		var record gateway.Record
		g := gateway.Config{Function: returns(reply), Format: tt.format, CORS: tt.settings,
			Observe: func(_ *http.Request, got gateway.Record) { record = got }}
		resp := serve(g, asks("GET", tt.origin, ""))
		if diff := cmp.Diff(tt.want, corsHeader(resp.Header)); diff != "" || resp.Header.Get("X-Depth") != "3" {
			t.Errorf("%s: -want +got:\n%s%v", tt.name, diff, resp.Header)
		}
		if diff := cmp.Diff(functions, corsHeader(record.FunctionHeader)); diff != "" {
			t.Errorf("%s: FunctionHeader: -want +got:\n%s", tt.name, diff)
		}
	}
}

func TestCORSOfAStream(t *testing.T) {
	resp := serve(gateway.Config{Function: streamed(`{"headers":{"access-control-allow-origin":"*"}}` + nul + "ahoy"), Format: adapter.FunctionURL,
		Streaming: true, CORS: &cors.Config{AllowOrigins: []string{page1}}}, asks("GET", page1, ""))
	if diff := cmp.Diff([]string{"*", page1}, resp.Header["Access-Control-Allow-Origin"]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The fronts' own errors, which a page can read only where a REST API's
// gateway responses allow it.
func TestCORSOfOwnErrors(t *testing.T) {
	settings := &cors.Config{AllowOrigins: []string{page1}}
	responses := gateway.Responses{
		Default4XX: http.Header{"access-control-allow-origin": {"*"}, "x-from": {"4XX"}},
		Default5XX: http.Header{"Access-Control-Allow-Origin": {page1}},
	}
	deny := gateway.AuthorizerFunc(func(*http.Request, gateway.Route) (*gateway.Authorization, error) {
		return nil, &gateway.Refusal{Status: 403, Reason: "no oars"}
	})
	large := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", 7<<20)))
	tests := []struct {
		name   string
		g      gateway.Config
		r      *http.Request
		status int
		want   string // Access-Control-Allow-Origin
	}{
		{"HTTP API with settings", gateway.Config{CORS: settings, Authorizer: deny}, asks("GET", page1, ""), 403, ""},
		{"HTTP API whose function failed", gateway.Config{CORS: settings}, asks("GET", page1, ""), 500, ""},
		{"REST API", gateway.Config{Format: adapter.RESTAPI, Authorizer: deny}, asks("GET", page1, ""), 403, ""},
		{"REST API with responses", gateway.Config{Format: adapter.RESTAPI, Authorizer: deny, Responses: responses}, asks("GET", page1, ""), 403, "*"},
		{"no route", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{}, Responses: responses}, asks("GET", page1, ""), 403, "*"},
		{"failed function", gateway.Config{Format: adapter.RESTAPI, Responses: responses}, asks("GET", page1, ""), 502, page1},
		{"too large", gateway.Config{Format: adapter.RESTAPI, Responses: responses}, large, 413, ""},
	}
	for _, tt := range tests {
		tt.g.Function, tt.g.BasePath = &socket{replies: []string{""}}, "/"
		resp := serve(tt.g, tt.r)
		if got := strings.Join(resp.Header.Values("Access-Control-Allow-Origin"), "|"); resp.StatusCode != tt.status || got != tt.want {
			t.Errorf("%s: %d, Access-Control-Allow-Origin %q; want %d, %q", tt.name, resp.StatusCode, got, tt.status, tt.want)
		}
	}
	ok := serve(gateway.Config{Function: returns(`{"statusCode":403}`), Format: adapter.RESTAPI, BasePath: "/", Responses: responses}, asks("GET", page1, ""))
	if len(corsHeader(ok.Header)) > 0 {
		t.Errorf("the function's own 403 has %v", ok.Header)
	}
}

func TestCheckCORS(t *testing.T) {
	origins := func(list ...string) *cors.Config { return &cors.Config{AllowOrigins: list} }
	tests := []struct {
		name string
		g    gateway.Config
		want string // a part of the error, "" for none
	}{
		{"HTTP API", gateway.Config{CORS: origins(page1, "http://*", "https://*", "*")}, ""},
		{"Function URL", gateway.Config{CORS: origins(page1), Format: adapter.FunctionURL}, ""},
		{"REST API", gateway.Config{CORS: origins(page1), Format: adapter.RESTAPI}, "REST API"},
		{"ALB", gateway.Config{CORS: origins(page1), Format: adapter.ALB}, "ALB"},
		{"subdomains", gateway.Config{CORS: origins("https://*.example.com")}, `"https://*.example.com"`},
		{"ports", gateway.Config{CORS: origins("http://localhost:*")}, `"http://localhost:*"`},
		{"two stars", gateway.Config{CORS: origins("**")}, `"**"`},
		{"star with credentials", gateway.Config{CORS: &cors.Config{AllowOrigins: []string{"*"}, AllowCredentials: true}}, "AllowCredentials"},
		{"responses", gateway.Config{Responses: gateway.Responses{Default4XX: http.Header{}}, Format: adapter.RESTAPI}, ""},
		{"responses of an HTTP API", gateway.Config{Responses: gateway.Responses{Default5XX: http.Header{}}}, "Responses"},
	}
	for _, tt := range tests {
		tt.g.Function = returns(okReply)
		_, err := gateway.New(tt.g)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: New: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A preflight of another origin gets 204 as well, which says nothing: the reason does.
func TestPreflightOfAnotherOrigin(t *testing.T) {
	var got gateway.Record
	g := gateway.MustNew(gateway.Config{
		Function: returns(okReply),
		Routes:   []gateway.Route{{Key: "GET /notes"}},
		CORS:     &cors.Config{AllowOrigins: []string{"https://app.example.com"}},
		Observe:  func(_ *http.Request, r gateway.Record) { got = r },
	})
	r := httptest.NewRequest("OPTIONS", "/notes", nil)
	r.Header.Set("Origin", "https://other.example.com")
	r.Header.Set("Access-Control-Request-Method", "GET")
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("status %d, header %v", w.Code, w.Header())
	}
	if want := adapter.Reason("a preflight, answered by the gateway, whose CORS settings do not allow the origin"); got.Reason != want {
		t.Errorf("reason %q, want %q", got.Reason, want)
	}
}
