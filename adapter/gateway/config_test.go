package gateway_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

func TestNew(t *testing.T) {
	fn := returns(okReply)
	two := map[string]gateway.Authorizer{"staff": gives(nil), "partners": gives(nil)}
	tests := []struct {
		name string
		g    gateway.Config
		want []string // parts of the error, none for nil
	}{
		{"only a function", gateway.Config{Function: fn}, nil},
		{"every kind of route", gateway.Config{Function: fn, Routes: routes("$default", "GET /", "ANY /a/{b}/b/{c+}")}, nil},
		{"format without front", gateway.Config{Function: fn, Format: 99}, []string{"Format(99)"}},
		{"several problems", gateway.Config{Function: fn, Stage: "a/b", Timeout: -1, Scheme: "ftp"}, []string{`"a/b"`, "-1ns", `"ftp"`}},
		{"route without path", gateway.Config{Function: fn, Routes: routes("GET")}, []string{`"GET"`}},
		{"route with an odd method", gateway.Config{Function: fn, Routes: routes("get /")}, []string{`"get /"`}},
		{"greedy parameter in the middle", gateway.Config{Function: fn, Routes: routes("GET /{a+}/b")}, []string{"last segment"}},
		{"brace within a segment", gateway.Config{Function: fn, Routes: routes("GET /a{b}")}, []string{"brace"}},
		{"parameter without name", gateway.Config{Function: fn, Routes: routes("GET /{}/x")}, []string{"empty"}},
		{"lone parameter without name", gateway.Config{Function: fn, Routes: routes("GET /{}")}, []string{"empty"}},
		{"empty segment", gateway.Config{Function: fn, Routes: routes("GET /a/")}, []string{"empty"}},
		{"one name for two parameters", gateway.Config{Function: fn, Routes: routes("GET /{a}/{a}")}, []string{"same name"}},
		{"a name beyond ASCII", gateway.Config{Function: fn, Routes: routes("GET /{ä}")}, []string{"letters"}},
		{"route twice", gateway.Config{Function: fn, Routes: routes("GET /a", "GET /a")}, []string{"twice"}},
		{"authorizers by name", gateway.Config{Authorizers: two, Routes: []gateway.Route{{Key: "GET /", Authorizer: "staff"}, {Key: "GET /a", Open: true}}}, nil},
		{"authorizers by name and one for the rest", gateway.Config{Authorizer: gives(nil), Authorizers: two, Routes: []gateway.Route{{Key: "GET /", Authorizer: "staff"}, {Key: "GET /a"}}}, nil},
		{"a name that Authorizers lacks", gateway.Config{Authorizers: two, Routes: []gateway.Route{{Key: "GET /", Authorizer: "stuff"}}}, []string{`"GET /"`, `"stuff"`}},
		{"Open and an authorizer", gateway.Config{Authorizers: two, Routes: []gateway.Route{{Key: "GET /", Authorizer: "staff", Open: true}}}, []string{`"GET /"`, "Open"}},
		{"neither Open nor an authorizer", gateway.Config{Authorizers: two, Routes: routes("GET /")}, []string{`"GET /"`, "set Authorizer"}},
		{"no routes to name authorizers", gateway.Config{Authorizers: two}, []string{`"ANY /{proxy+}"`, "set Authorizer"}},
		{"authorizers of a Function URL", gateway.Config{Authorizers: two, Format: adapter.FunctionURL}, []string{"Authorizers", "Function URL"}},
		{"a nil authorizer", gateway.Config{Authorizer: gives(nil), Authorizers: map[string]gateway.Authorizer{"staff": nil}}, []string{`Authorizers["staff"]`}},
		{"mutual TLS of an ALB", gateway.Config{MutualTLS: true, Format: adapter.ALB}, []string{"MutualTLS"}},
		{"scopes without an authorizer", gateway.Config{Routes: []gateway.Route{{Key: "GET /", Scopes: []string{"a"}}}}, []string{`"GET /"`, "Scopes"}},
		{"scopes of an open route", gateway.Config{Authorizer: gives(nil), Routes: []gateway.Route{{Key: "GET /", Open: true, Scopes: []string{"a"}}}}, []string{`"GET /"`, "Scopes"}},
		{"scopes of a signed route", gateway.Config{Authorizer: signedBy(user), Routes: []gateway.Route{{Key: "GET /", Scopes: []string{"a"}}}}, []string{`"GET /"`, "Scopes"}},
		{"signatures with payload 1.0", gateway.Config{Authorizer: signedBy(user), Format: adapter.HTTPAPIV1}, []string{"IAMAuthorizer", "payload 1.0"}},
		{"an identity source that is none", gateway.Config{Authorizer: &gateway.JWTAuthorizer{IdentitySource: "$request.body.token"}}, []string{`"$request.body.token"`, `"$request.header.Authorization"`}},
		{"an identity source without a token", gateway.Config{Authorizer: &gateway.JWTAuthorizer{IdentitySource: "$context.path"}}, []string{`"$context.path"`}},
		{"an authorizer by name on the wrong front", gateway.Config{Authorizers: map[string]gateway.Authorizer{"staff": &gateway.CognitoAuthorizer{}}, Routes: []gateway.Route{{Key: "GET /", Authorizer: "staff"}}},
			[]string{`Authorizers["staff"]`, "CognitoAuthorizer"}},
		{"native JWT on an HTTP API", gateway.Config{Authorizer: &gateway.NativeJWTAuthorizer{}}, []string{"NativeJWTAuthorizer"}},
		{"native JWT with an unknown format", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.NativeJWTAuthorizer{Issuers: []gateway.JWTIssuer{{Claims: []gateway.JWTClaim{{Name: "role", Format: "csv"}}}}}},
			[]string{`"role"`, `"csv"`}},
		{"Lambda authorizer without a function", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{}}, []string{"Function is nil"}},
		{"Lambda authorizer of a Function URL", gateway.Config{Format: adapter.FunctionURL, Authorizer: &gateway.LambdaAuthorizer{Function: fn}}, []string{"LambdaAuthorizer", "Function URL"}},
		{"TTL without identity sources", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, TTL: time.Second}}, []string{"1s", "IdentitySources"}},
		{"TTL beyond an hour", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, TTL: 61 * time.Minute, IdentitySources: []string{"$context.path"}}}, []string{"1h1m0s"}},
		{"a payload version that is none", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, Payload: "3.0"}}, []string{`"3.0"`}},
		{"a payload version on REST", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, Payload: "2.0"}}, []string{`"2.0"`}},
		{"simple responses with payload 1.0", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, Payload: "1.0", SimpleResponses: true}}, []string{"SimpleResponses"}},
		{"simple responses on REST", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, SimpleResponses: true}}, []string{"SimpleResponses"}},
		{"Token on an HTTP API", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, Token: true, IdentitySources: []string{"$request.header.a"}}}, []string{"Token"}},
		{"Token with two sources", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, Token: true,
			IdentitySources: []string{"method.request.header.a", "method.request.querystring.b"}}}, []string{"one identity source", "is a header"}},
		{"Validation without Token", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, Validation: "a"}}, []string{"Validation"}},
		{"Validation that is none", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, Token: true, Validation: "("}}, []string{"Validation"}},
		{"sources of an HTTP API on REST", gateway.Config{Format: adapter.RESTAPI, Authorizer: &gateway.LambdaAuthorizer{Function: fn, IdentitySources: []string{"$request.header.a"}}},
			[]string{`"$request.header.a"`, `"method.request.header.Authorization"`}},
		{"a context variable that is unknown", gateway.Config{Authorizer: &gateway.LambdaAuthorizer{Function: fn, IdentitySources: []string{"$context.requestId"}}}, []string{`"$context.requestId"`, "routeKey"}},
		{"an API key on an HTTP API", gateway.Config{Routes: []gateway.Route{{Key: "GET /", APIKey: true}}, UsagePlans: []gateway.UsagePlan{{}}}, []string{"only a REST API"}},
		{"an API key without a plan", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /", APIKey: true}}}, []string{"UsagePlans"}},
		{"a key in two plans", gateway.Config{Format: adapter.RESTAPI, UsagePlans: []gateway.UsagePlan{{Keys: map[string]string{"s3cr3t": "a"}}, {Keys: map[string]string{"s3cr3t": "b"}}}}, []string{"UsagePlans[1]"}},
		{"an empty key", gateway.Config{Format: adapter.RESTAPI, UsagePlans: []gateway.UsagePlan{{Keys: map[string]string{"": "a"}}}}, []string{"UsagePlans[0]"}},
		{"plans below zero", gateway.Config{Format: adapter.RESTAPI, UsagePlans: []gateway.UsagePlan{{Rate: -1}, {Burst: -1}, {Quota: -1}}}, []string{"UsagePlans[0]", "UsagePlans[1]", "UsagePlans[2]"}},
		{"a rate without burst", gateway.Config{Format: adapter.RESTAPI, UsagePlans: []gateway.UsagePlan{{Rate: 2}}}, []string{"Burst"}},
		{"a period that is none", gateway.Config{Format: adapter.RESTAPI, UsagePlans: []gateway.UsagePlan{{Quota: 1, Period: "YEAR"}}}, []string{`"YEAR"`}},
		{"a cache", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /{a}/{b+}", CacheTTL: time.Hour,
			CacheKey: []string{"method.request.path.a", "method.request.path.b", "method.request.header.x", "method.request.querystring.y"}}}}, nil},
		{"a cache on an HTTP API", gateway.Config{Routes: []gateway.Route{{Key: "GET /", CacheTTL: time.Second}}}, []string{`"GET /"`, "REST API"}},
		{"a cache of streams", gateway.Config{Format: adapter.RESTAPI, Streaming: true, Routes: []gateway.Route{{Key: "GET /", CacheTTL: time.Second}}}, []string{`"GET /"`, "stream"}},
		{"a cache for longer than AWS keeps anything", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /", CacheTTL: 2 * time.Hour}}}, []string{"2h0m0s"}},
		{"a key without a cache", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /", CacheKey: []string{"method.request.header.x"}}}}, []string{"CacheTTL 0s"}},
		{"a cache key of a parameter that the path lacks", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /{a}", CacheTTL: time.Second, CacheKey: []string{"method.request.path.b"}}}},
			[]string{`"method.request.path.b"`}},
		{"a cache key of the context", gateway.Config{Format: adapter.RESTAPI, Routes: []gateway.Route{{Key: "GET /", CacheTTL: time.Second, CacheKey: []string{"context.path"}}}}, []string{`"context.path"`}},
		{"$default on REST", gateway.Config{Function: fn, Format: adapter.RESTAPI, Routes: routes("$default")}, []string{"REST API"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := gateway.New(tt.g)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("New: %v, want %q", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "s3cr3t") {
				t.Errorf("New: %v: quotes an API key", err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("New: %v: does not say %q", err, part)
				}
			}
		})
	}
}

func TestAccountID(t *testing.T) {
	for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		for given, want := range map[string]string{"": "123456789012", "210987654321": "210987654321"} {
			g := gateway.Config{Format: format, BasePath: "/", AccountID: given}
			got := event(t, g, httptest.NewRequest("GET", "/", nil))
			if id := member(got, "requestContext.accountId"); id != want {
				t.Errorf("%v: account %v, want %s", format, id, want)
			}
		}
	}
}

func TestWithoutFunction(t *testing.T) {
	g := gateway.Config{}
	if got := event(t, g, httptest.NewRequest("GET", "/", nil)); member(got, "rawPath") != "/" {
		t.Errorf("event %v", got)
	}
	if got := see(t, g, httptest.NewRequest("GET", "/", nil)); got.Status != 500 || got.Cause != "Config.Function is nil" {
		t.Errorf("%+v, want a 500 that names Function", got)
	}
}
