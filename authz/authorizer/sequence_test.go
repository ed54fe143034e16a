package authorizer_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authorizer"
	"github.com/gatehouse-go/gatehouse/claims"
)

// simpleAPI is a policy in which each route can stand for one rule.
func simpleAPI() *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: handedOn()})
	for pattern, req := range map[string]authz.Requirement{
		"GET /notes":         authz.Scope("read"),
		"POST /notes":        authz.Scope("write"),
		"GET /notes/{id}":    authz.Scope("read"),
		"DELETE /notes/{id}": authz.Scope("admin"),
		"GET /staff":         authz.Groups("staff, all"),
	} {
		mux.HandleFunc(pattern, req, func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}

var generated = []string{"GET /notes", "HEAD /notes", "POST /notes", "GET /notes/{id}", "HEAD /notes/{id}", "DELETE /notes/{id}", "GET /staff", "HEAD /staff"}

// A setting is one way to put the authorizer before the function.
type setting struct {
	name     string
	front    adapter.Format
	routes   func() *authz.Mux
	keys     []string // of the API's routes; nil: a catch-all
	known    bool     // the authorizer's Config names TTL and sources as they are
	policies bool
	ttl      time.Duration
	sources  []string
	change   func(*gateway.LambdaAuthorizer)
	made     *authz.Mux
	widens   bool // the gateway lets pass what it should ask about: a control
}

var settings = []setting{
	{name: "HTTP API, nothing kept", front: adapter.HTTPAPIV2, routes: api},
	{name: "HTTP API 1.0, nothing kept", front: adapter.HTTPAPIV1, routes: api, policies: true, change: func(a *gateway.LambdaAuthorizer) { a.Payload = "1.0" }},
	{name: "REST API, nothing kept", front: adapter.RESTAPI, routes: api, policies: true},
	{name: "REST API, TOKEN", front: adapter.RESTAPI, routes: api, policies: true, change: func(a *gateway.LambdaAuthorizer) { a.Token = true }},
	{name: "HTTP API, the operation", front: adapter.HTTPAPIV2, routes: api, known: true, ttl: time.Minute, sources: httpSources},
	{name: "HTTP API, the operation, policies", front: adapter.HTTPAPIV2, routes: api, known: true, policies: true, ttl: time.Minute, sources: httpSources},
	{name: "HTTP API, the operation, generated routes", front: adapter.HTTPAPIV2, routes: simpleAPI, keys: generated, known: true, ttl: time.Minute, sources: httpSources},
	{name: "HTTP API, the route", front: adapter.HTTPAPIV2, routes: simpleAPI, keys: generated, known: true, ttl: time.Minute,
		sources: []string{"$request.header.Authorization", "$context.routeKey"}},
	{name: "REST API, the operation", front: adapter.RESTAPI, routes: api, known: true, policies: true, ttl: time.Minute, sources: restSources},

	// What New refuses, where the gateway is configured so behind its back.
	{name: "HTTP API, the token alone", front: adapter.HTTPAPIV2, routes: api, ttl: time.Minute, sources: httpSources[:1], widens: true},
	{name: "HTTP API, the token alone, policies", front: adapter.HTTPAPIV2, routes: api, policies: true, ttl: time.Minute, sources: httpSources[:1]},
	{name: "HTTP API, the catch-all route", front: adapter.HTTPAPIV2, routes: api, ttl: time.Minute,
		sources: []string{"$request.header.Authorization", "$context.routeKey"}, widens: true},
	{name: "REST API, the token alone", front: adapter.RESTAPI, routes: api, policies: true, ttl: time.Minute, sources: restSources[:1]},
	{name: "REST API, TOKEN with the default TTL", front: adapter.RESTAPI, routes: api, policies: true, ttl: 5 * time.Minute,
		change: func(a *gateway.LambdaAuthorizer) { a.Token = true }},
}

// A site is the gateway with authorizer and function. It counts what the function
// is asked.
type site struct {
	*gateway.Gateway
	base    string
	reached atomic.Int64
}

func (s *setting) site(t *testing.T, who authz.Identifier) *site {
	t.Helper()
	return s.fresh(t, s.authorizer(t, who))
}

// quiet options log nothing.
var quiet = &adapter.Options{Logger: slog.New(slog.DiscardHandler)}

func (s *setting) authorizer(t *testing.T, who authz.Identifier) *authorizer.Authorizer {
	t.Helper()
	c := authorizer.Config{Routes: s.routes(), Identifier: who, Adapter: quiet, Policies: s.policies}
	if s.known {
		c.TTL, c.IdentitySources = s.ttl, s.sources
		c.RouteKeys = s.keys
	}
	function, err := authorizer.New(c)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return function
}

// fresh is a gateway that has kept nothing yet.
func (s *setting) fresh(t *testing.T, function *authorizer.Authorizer) *site {
	t.Helper()
	routes := s.function()
	asked := &gateway.LambdaAuthorizer{
		Function:        function,
		IdentitySources: s.sources,
		TTL:             s.ttl,
		SimpleResponses: s.front != adapter.RESTAPI && !s.policies,
	}
	if s.change != nil {
		s.change(asked)
	}
	at := new(site)
	if s.front == adapter.RESTAPI {
		at.base = "/prod"
	}
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at.reached.Add(1)
		routes.ServeHTTP(w, r)
	}), quiet)
	config := gateway.Config{Function: h, Format: s.front, APIID: apiID, Authorizer: asked}
	for _, key := range s.keys {
		config.Routes = append(config.Routes, gateway.Route{Key: key})
	}
	var err error
	if at.Gateway, err = gateway.New(config); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return at
}

// function is the setting's policy, made once: it keeps nothing.
func (s *setting) function() *authz.Mux {
	if s.made == nil {
		s.made = s.routes()
	}
	return s.made
}

// A request is a method, a path as a client may write it, and a token.
type request struct{ method, path string }

// ask returns the client's answer and whether the gateway let the request pass.
func (s *site) ask(r request, authorization ...string) (status int, passed bool) {
	before := s.reached.Load()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.to(s.base, authorization...))
	return w.Code, s.reached.Load() > before
}

func (r request) to(base string, authorization ...string) *http.Request {
	u, err := url.ParseRequestURI(base + r.path)
	if err != nil {
		panic(err)
	}
	return &http.Request{
		Method: r.method, URL: u, RequestURI: base + r.path, Host: "api.example.com", RemoteAddr: "192.0.2.1:1",
		Header: http.Header{"Authorization": authorization}, Body: http.NoBody, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

var requests = []request{
	{"GET", "/hello"}, {"GET", "/notes"}, {"HEAD", "/notes"}, {"POST", "/notes"}, {"PUT", "/notes"}, {"GET", "/notes/"}, {"GET", "//notes"},
	{"GET", "/notes/1"}, {"DELETE", "/notes/1"}, {"GET", "/notes/2"}, {"GET", "/notes/export"}, {"GET", "/notes/%65xport"}, {"GET", "/notes/EXPORT"},
	{"GET", "/notes/1/secret"}, {"GET", "/notes/1%2Fsecret"}, {"GET", "/notes/1%252Fsecret"}, {"GET", "/notes/1/"}, {"GET", "/notes/x/../export"},
	{"GET", "/notes/*"}, {"GET", "/notes/%2A"}, {"GET", "/notes/%252A"}, {"GET", "/notes/a%3Fb"}, {"GET", "/notes/?"}, {"GET", "/notes/$%7Baws:username%7D"},
	{"GET", "/*"}, {"GET", "/%2a"}, {"GET", "/staff"}, {"GET", "/nothing"},
}

// granted are the requests that the function grants this token by itself, without
// an authorizer before it.
func (s *setting) granted(t *testing.T, token string) map[request]bool {
	t.Helper()
	direct := authz.NewMux(&authz.Guard{Identifier: hourly})
	for _, rule := range s.function().Policy().Rules {
		_, req, _ := s.function().Find(request{rule.Method, strings.NewReplacer("{id}", "1").Replace(rule.Pattern)}.to("", token))
		direct.HandleFunc(rule.Method+" "+rule.Pattern, req, func(http.ResponseWriter, *http.Request) {})
	}
	granted := map[request]bool{}
	at := s.site(t, hourly)
	at.Gateway = gateway.MustNew(gateway.Config{Function: adapter.New(direct, quiet), Format: s.front, APIID: apiID})
	for _, r := range requests {
		status, _ := at.ask(r, token)
		granted[r] = status < 400
	}
	return granted
}

// Two requests under one token: what the second is granted because of an answer
// that was kept, it would be granted alone. GATEHOUSE_FULL=1 runs all pairs of
// requests, otherwise every seventh is.
func TestKeptAnswersGrantNothingMore(t *testing.T) {
	sequences, passes, step := 0, 0, 7
	if os.Getenv("GATEHOUSE_FULL") != "" {
		step = 1
	}
	for _, s := range settings {
		t.Run(s.name, func(t *testing.T) {
			widened, function := 0, s.authorizer(t, hourly)
			for _, token := range []string{"", "Bearer reader", "Bearer writer", "Bearer admin", "Bearer nobody"} {
				alone, granted := map[request]bool{}, s.granted(t, token)
				for _, r := range requests {
					_, alone[r] = s.fresh(t, function).ask(r, token)
				}
				for i, first := range requests {
					for j, second := range requests {
						if (i+j)%step != 0 {
							continue
						}
						at := s.fresh(t, function)
						at.ask(first, token)
						status, passed := at.ask(second, token)
						sequences++
						if passed {
							passes++
						}
						if passed && !alone[second] {
							widened++
						}
						if passed && !alone[second] && !s.widens {
							t.Errorf("%q: %v passed the gateway after %v, and not alone", token, second, first)
						}
						if status < 400 && !granted[second] {
							t.Errorf("%q: %v after %v: status %d, and the function alone refuses", token, second, first, status)
						}
					}
				}
			}
			if s.widens != (widened > 0) {
				t.Errorf("%d requests passed the gateway because of another's answer, control %t", widened, s.widens)
			}
		})
	}
	t.Logf("%d sequences in %d settings; the second request passed the gateway in %d", sequences, len(settings), passes)
}

// The function enforces the expiry that a kept answer would outlive.
func TestKeptAnswersEndWithTheToken(t *testing.T) {
	for _, s := range settings {
		if !s.known {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			s := s
			s.ttl = 10 * time.Minute
			at := s.site(t, tokens(time.Now().Add(time.Minute)))
			note := request{"GET", "/notes/1"}
			if status, _ := at.ask(note, "Bearer reader"); status != 200 {
				t.Fatalf("%s: status %d", s.name, status)
			}
			time.Sleep(3 * time.Minute)
			if status, passed := at.ask(note, "Bearer reader"); status != 401 || !passed {
				t.Errorf("%s: status %d, passed %t; want the function's 401", s.name, status, passed)
			}
		})
	}
}

// Keys that cannot be had are a 500 that nobody keeps.
func TestFailuresAreNotKept(t *testing.T) {
	for _, s := range settings {
		down := true
		who := authz.IdentifierFunc("sometimes", trust, func(r *http.Request) (*claims.Identity, error) {
			if down {
				return nil, &authz.Error{Status: 503, Err: context.DeadlineExceeded}
			}
			return hourly.Identify(r)
		})
		at, note := s.site(t, who), request{"GET", "/notes"}
		if status, passed := at.ask(note, "Bearer reader"); status != 500 || passed {
			t.Errorf("%s: status %d, passed %t, want 500", s.name, status, passed)
		}
		down = false
		if status, _ := at.ask(note, "Bearer reader"); status != 200 {
			t.Errorf("%s: status %d once the keys are there", s.name, status)
		}
	}
}

// Two Authorization headers are refused, by the function at the latest.
func TestTwoHeaders(t *testing.T) {
	for _, s := range settings {
		at := s.site(t, hourly)
		at.ask(request{"GET", "/notes"}, "Bearer admin")
		for _, values := range [][]string{{"Bearer admin", "Bearer reader"}, {"Bearer reader", "Bearer admin"}, {"Bearer admin,Bearer reader"}} {
			if status, _ := at.ask(request{"GET", "/notes"}, values...); status < 400 {
				t.Errorf("%s: %q: status %d", s.name, values, status)
			}
		}
	}
}

func TestWebSocketConnect(t *testing.T) {
	routes := api()
	quiet := &adapter.Options{Logger: slog.New(slog.DiscardHandler), Formats: []adapter.Format{adapter.WebSocketAPI}}
	function := authorizer.MustNew(authorizer.Config{
		Routes: routes, Identifier: hourly, Adapter: quiet, TTL: time.Minute, IdentitySources: []string{"route.request.header.Authorization"},
	})
	g := gateway.MustNew(gateway.Config{
		Function: adapter.New(routes, quiet), Format: adapter.WebSocketAPI, APIID: apiID,
		Authorizer: &gateway.LambdaAuthorizer{Function: function, TTL: time.Minute, IdentitySources: []string{"route.request.header.Authorization"}},
	})
	for token, ok := range map[string]bool{"Bearer reader": true, "Bearer nobody": false, "": false, "Bearer down": false} {
		for range 2 {
			r := httptest.NewRequest("GET", "/", nil)
			if token != "" {
				r.Header.Set("Authorization", token)
			}
			if _, err := g.Connect(r); (err == nil) != ok {
				t.Errorf("%q: %v", token, err)
			}
		}
	}
}
