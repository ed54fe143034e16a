package browser_test

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// rest is a REST API whose OPTIONS requests reach the function. /hello has no
// OPTIONS method of its own, so that preflights of it are left to the catch-all's.
// Invocations that panic fail, for the alarms.
func rest(s *scene) *front {
	cognito := &gateway.CognitoAuthorizer{Issuers: []string{s.issuer.URL()}, Verify: s.issuer.Verify}
	return &front{Config: gateway.Config{
		Function: adapter.New(api(s.vouched, s.config()), &adapter.Options{Fail: func(_ context.Context, o *adapter.Outcome) error {
			if o.Panic != nil {
				return errors.New("the handler panicked")
			}
			return nil
		}}),
		Format:     adapter.RESTAPI,
		BasePath:   "/",
		Authorizer: cognito,
		Routes: []gateway.Route{
			{Key: "OPTIONS /{proxy+}", Open: true},
			{Key: "ANY /{proxy+}", Scopes: []string{notes.ReadScope, notes.WriteScope}},
			{Key: "GET /hello", Open: true},
			{Key: "GET /profile", Open: true}, // by mistake: the function has to refuse
			{Key: "OPTIONS /profile", Open: true},
		},
	}}
}

// restResponses is rest with headers in its gateway responses.
func restResponses(s *scene) *front {
	f := rest(s)
	readable := http.Header{"Access-Control-Allow-Origin": {"*"}}
	f.Responses = gateway.Responses{Default4XX: readable, Default5XX: readable}
	return f
}

// restMock is rest with MOCK integrations for OPTIONS: they answer preflights,
// and the function the rest.
func restMock(s *scene) *front {
	f := rest(s)
	config := s.config()
	config.Owner = cors.OwnerGatewayPreflight
	f.Function = adapter.New(api(s.vouched, config), nil)
	f.mock = http.Header{
		"Access-Control-Allow-Origin":  {"*"},
		"Access-Control-Allow-Headers": {"Authorization,Content-Type"},
		"Access-Control-Allow-Methods": {"GET,POST,OPTIONS"},
	}
	return f
}

// restImpatient is rest with a function that does not wait for its handler.
func restImpatient(s *scene) *front {
	f := rest(s)
	f.Function = adapter.New(api(s.vouched, s.config()), &adapter.Options{Timeout: time.Second})
	return f
}

var restAPI = []suite{
	{"REST API", rest, []check{
		{name: "simple request", path: "/hello", status: 200, says: "Hello", seen: "GET 200"},
		{name: "simple request from localhost", page: "localhost", path: "/hello", status: 200, seen: "GET 200"},
		{name: "simple request of a stranger", page: "stranger", path: "/hello", blocked: "MissingAllowOriginHeader", seen: "GET 200"},
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, says: `"notes":[]`, seen: "OPTIONS 204, GET 200"},
		{name: "preflighted request of a stranger", page: "stranger", path: "/notes", token: "reader",
			blocked: "PreflightMissingAllowOriginHeader", seen: "OPTIONS 403"},
		{name: "JSON posted", method: "POST", path: "/notes", token: "writer", header: map[string]string{"Content-Type": "application/json"},
			body: `{"title":"x"}`, status: 201, says: "Note created", seen: "OPTIONS 204, POST 201"},
		{name: "function's 401, its challenge renamed", path: "/profile", status: 401,
			reads: map[string]string{"x-amzn-remapped-www-authenticate": `Bearer realm="notes"`, "www-authenticate": ""}, seen: "GET 401"},
		{name: "function's 403", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, says: "insufficient_scope", seen: "OPTIONS 204, POST 403"},
		{name: "function's 400", path: "/notes?limit=0", token: "reader", status: 400, says: "limit is a number", seen: "OPTIONS 204, GET 400"},
		{name: "function's 404", path: "/notes/7", token: "reader", status: 404, says: "no such note", seen: "OPTIONS 204, GET 404"},
		{name: "function's 500", path: "/notes/lost", token: "reader", status: 500, says: `"status":500`, seen: "OPTIONS 204, GET 500"},
		{name: "gateway's 401 for no token", path: "/notes", blocked: "MissingAllowOriginHeader", seen: "GET 401 by gateway"},
		{name: "gateway's 401 for an expired token", path: "/notes", token: "expired", blocked: "MissingAllowOriginHeader", seen: "OPTIONS 204, GET 401 by gateway"},
		{name: "gateway's 502 for a failed invocation", path: "/notes/cursed", token: "reader",
			blocked: "MissingAllowOriginHeader", seen: "OPTIONS 204, GET 502 by gateway"},
		{name: "resource without its OPTIONS method", path: "/hello", token: "reader", status: 200, seen: "OPTIONS 204, GET 200"},
	}},
	{"REST API with gateway responses", restResponses, []check{
		{name: "gateway's 401 for no token", path: "/notes", status: 401, says: "Unauthorized", seen: "GET 401 by gateway"},
		{name: "gateway's 401 for an expired token", path: "/notes", token: "expired", status: 401, says: "Unauthorized", seen: "OPTIONS 204, GET 401 by gateway"},
		{name: "gateway's 502 for a failed invocation", path: "/notes/cursed", token: "reader", status: 502, seen: "OPTIONS 204, GET 502 by gateway"},
		{name: "function's 403 is still its own", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, seen: "OPTIONS 204, POST 403"},
	}},
	{"REST API with MOCK for OPTIONS", restMock, []check{
		{name: "preflighted request", path: "/notes", token: "reader", status: 200, seen: "OPTIONS 200 by mock, GET 200"},
		{name: "function's 403", method: "POST", path: "/notes", token: "reader", body: `{}`, status: 403, seen: "OPTIONS 200 by mock, POST 403"},
		{name: "preflighted request of a stranger", page: "stranger", path: "/notes", token: "reader",
			blocked: "MissingAllowOriginHeader", seen: "OPTIONS 200 by mock, GET 200"},
	}},
	{"REST API, slow handler", restImpatient, []check{
		{name: "adapter's 504", path: "/notes/late", token: "reader", status: 504, says: "Gateway Timeout", seen: "OPTIONS 204, GET 504"},
	}},
}
