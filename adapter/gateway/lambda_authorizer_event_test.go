package gateway_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestLambdaAuthorizerEvents(t *testing.T) {
	const api = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/"
	const header = "$request.header.authorization"
	noBody := map[string]any{"body": absent, "isBase64Encoded": absent, "requestContext.authorizer": absent}
	for _, row := range []struct {
		name   string
		config gateway.Config
		a      *gateway.LambdaAuthorizer
		target string
		want   map[string]any
	}{
		{"TOKEN", gateway.Config{Format: adapter.RESTAPI}, &gateway.LambdaAuthorizer{Token: true}, "/prod/a%20b?c=d",
			map[string]any{"": map[string]any{"type": "TOKEN", "authorizationToken": "Bearer t.o.k", "methodArn": api + "prod/POST/a%20b"}}},
		{"REQUEST", gateway.Config{Format: adapter.RESTAPI}, &gateway.LambdaAuthorizer{}, "/prod/a%20b?c=d", map[string]any{
			"type": "REQUEST", "methodArn": api + "prod/POST/a%20b", "version": absent, "identitySource": absent, "authorizationToken": absent,
			"resource": "/{proxy+}", "path": "/a%20b", "httpMethod": "POST", "headers.Authorization": "Bearer t.o.k", "queryStringParameters.c": "d",
			"pathParameters.proxy": "a%20b", "requestContext.path": "/prod/a%20b", "requestContext.resourcePath": "/{proxy+}"}},
		{"REQUEST at the root of a custom domain", gateway.Config{Format: adapter.RESTAPI, BasePath: "v1", Stage: "live"}, &gateway.LambdaAuthorizer{}, "/v1", map[string]any{
			"methodArn": api + "live/POST/", "path": "/v1"}},
		{"2.0", gateway.Config{Stage: "dev"}, &gateway.LambdaAuthorizer{IdentitySources: []string{header, "$context.routeKey"}}, "/dev/a%20b?c=d", map[string]any{
			"version": "2.0", "type": "REQUEST", "routeArn": api + "dev/POST/a b", "identitySource": []any{"Bearer t.o.k", "ANY /{proxy+}"}, "methodArn": absent,
			"routeKey": "ANY /{proxy+}", "rawPath": "/dev/a b", "rawQueryString": "c=d", "headers.authorization": "Bearer t.o.k",
			"pathParameters.proxy": "a b", "requestContext.http.method": "POST", "requestContext.http.path": "/dev/a b"}},
		{"another account and API", gateway.Config{AccountID: "210987654321", APIID: "x1"}, &gateway.LambdaAuthorizer{}, "/a", map[string]any{
			"routeArn": "arn:aws:execute-api:us-east-1:210987654321:x1/$default/POST/a"}},
		{"2.0 without identity sources", gateway.Config{}, &gateway.LambdaAuthorizer{}, "/", map[string]any{"identitySource": nil, "routeArn": api + "$default/POST/"}},
		{"1.0", gateway.Config{Format: adapter.HTTPAPIV1}, &gateway.LambdaAuthorizer{Payload: "1.0", IdentitySources: []string{header, "$request.querystring.c"}}, "/a?c=d", map[string]any{
			"version": "1.0", "type": "REQUEST", "methodArn": api + "$default/POST/a", "identitySource": "Bearer t.o.k,d", "authorizationToken": "Bearer t.o.k,d",
			"resource": "/{proxy+}", "path": "/a", "httpMethod": "POST", "headers.Authorization": "Bearer t.o.k", "pathParameters.proxy": "a"}},
		{"1.0 before an integration with 2.0", gateway.Config{BasePath: "v1", Stage: "dev"}, &gateway.LambdaAuthorizer{Payload: "1.0"}, "/v1/a%20b", map[string]any{
			"version": "1.0", "path": "/v1/a%20b", "requestContext.path": "/dev/a b", "rawPath": absent}},
		{"2.0 before an integration with 1.0", gateway.Config{Format: adapter.HTTPAPIV1, BasePath: "v1", Stage: "dev"}, &gateway.LambdaAuthorizer{}, "/v1/a%20b", map[string]any{
			"version": "2.0", "rawPath": "/dev/a b", "path": absent}},
	} {
		var got map[string]any
		row.a.Function = function(func(_ context.Context, event []byte) ([]byte, error) {
			got = decode(t, event).(map[string]any)
			return []byte(adaAllowed), nil
		})
		row.config.Function, row.config.Authorizer = returns(okReply), row.a
		r := httptest.NewRequest("POST", row.target, strings.NewReader("not for the authorizer"))
		r.Header.Set("Authorization", "Bearer t.o.k")
		r.Header.Set("Content-Type", "text/plain")
		if resp := serve(row.config, r); resp.StatusCode != 200 {
			t.Errorf("%s: status %d", row.name, resp.StatusCode)
		}
		compareMembers(t, row.name, got, row.want)
		compareMembers(t, row.name, got, noBody)
	}
}

func compareMembers(t *testing.T, name string, got, want map[string]any) {
	t.Helper()
	for path, value := range want {
		here := any(got)
		if path != "" {
			here = member(got, path)
		}
		if !cmp.Equal(value, here) {
			t.Errorf("%s: %q = %v, want %v", name, path, here, value)
		}
	}
}

// A WebSocket API asks about the handshake; everything that the events of the
// connection have of its authorizer is of then.
func TestLambdaAuthorizerOfAWebSocket(t *testing.T) {
	var asked []map[string]any
	a := &gateway.LambdaAuthorizer{IdentitySources: []string{"route.request.querystring.ticket"}, Function: function(func(_ context.Context, event []byte) ([]byte, error) {
		asked = append(asked, decode(t, event).(map[string]any))
		return []byte(`{"principalId":"ada",` + allows("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/$connect") + `}`), nil
	})}
	fn := &socket{replies: []string{`{"statusCode":200}`, `{"statusCode":200}`}}
	g := gateway.MustNew(gateway.Config{Function: fn, Format: adapter.WebSocketAPI, Authorizer: a})
	n, err := g.Connect(httptest.NewRequest("GET", "/?ticket=7", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Message("ahoy"); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 1 {
		t.Fatalf("asked %d times", len(asked))
	}
	compareMembers(t, "$connect", asked[0], map[string]any{
		"type": "REQUEST", "methodArn": "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/prod/$connect",
		"queryStringParameters.ticket": "7", "requestContext.eventType": "CONNECT", "requestContext.connectionId": n.ID,
		"requestContext.authorizer": absent, "body": absent, "isBase64Encoded": absent,
	})
	if _, err := g.Connect(httptest.NewRequest("GET", "/", nil)); err == nil || len(asked) != 1 {
		t.Errorf("without a ticket: error %v, asked %d times", err, len(asked))
	}
}
