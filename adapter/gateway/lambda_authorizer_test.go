package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// allows is a policy that allows resources.
func allows(resource string) string {
	return `"policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"` + resource + `"}]}`
}

const adaAllowed = `{"principalId":"ada","context":{"tenant":"t1","level":7,"active":true},"policyDocument":{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}}`

// decides is an authorizer whose function answers every request alike.
func decides(answer string) *gateway.LambdaAuthorizer {
	return &gateway.LambdaAuthorizer{Function: returns(answer)}
}

func TestLambdaAuthorizerData(t *testing.T) {
	flat := map[string]any{"principalId": "ada", "integrationLatency": 42.0, "tenant": "t1", "level": 7.0, "active": true}
	rest, websocket, http1, http2 := front{adapter.RESTAPI, "/prod"}, front{adapter.WebSocketAPI, "/prod"}, front{adapter.HTTPAPIV1, ""}, front{adapter.HTTPAPIV2, ""}
	for _, row := range []struct {
		name   string
		front  front
		simple bool
		answer string
		want   any
	}{
		{"REST", rest, false, adaAllowed, flat},
		{"REST, no context", rest, false, `{"principalId":"ada",` + allows("*") + `}`, map[string]any{"principalId": "ada", "integrationLatency": 42.0}},
		{"WebSocket", websocket, false, adaAllowed, flat},
		{"payload 1.0", http1, false, adaAllowed, flat},
		{"policy", http2, false, adaAllowed, map[string]any{"lambda": map[string]any{"tenant": "t1", "level": 7.0, "active": true}}},
		{"policy where simple responses are enabled", http2, true, adaAllowed, map[string]any{"lambda": map[string]any{"tenant": "t1", "level": 7.0, "active": true}}},
		{"simple, no context", http2, true, `{"isAuthorized":true}`, map[string]any{"lambda": nil}},
		{"nested", http2, true, `{"isAuthorized":true,"context":{"roles":["a b"],"n":1e3}}`, map[string]any{"lambda": map[string]any{"roles": []any{"a b"}, "n": 1000.0}}},
	} {
		a := decides(row.answer)
		a.SimpleResponses = row.simple
		g := gateway.Config{Function: returns(okReply), Format: row.front.format, Authorizer: a}
		got := member(event(t, g, httptest.NewRequest("GET", row.front.base+"/", nil)), "requestContext.authorizer")
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.name, diff)
		}
	}
}

func TestLambdaAuthorizerAnswers(t *testing.T) {
	const null, server = `{"message":null}`, `{"message":"Internal Server Error"}`
	const config = "AuthorizerConfigurationException"
	const noAnswer = "the authorizer function's answer is neither a policy nor, where they are enabled, a simple response"
	deny := `{"principalId":"ada","policyDocument":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"}]}}`
	says := func(err error) *gateway.LambdaAuthorizer {
		return &gateway.LambdaAuthorizer{Function: function(func(context.Context, []byte) ([]byte, error) { return []byte(adaAllowed), err })}
	}
	simple := func(answer string) *gateway.LambdaAuthorizer {
		return &gateway.LambdaAuthorizer{Function: returns(answer), SimpleResponses: true}
	}
	panics := &gateway.LambdaAuthorizer{Function: function(func(context.Context, []byte) ([]byte, error) { panic("overboard") })}
	const denied = "denied by the authorizer function"
	rest, http2 := adapter.RESTAPI, adapter.HTTPAPIV2
	for _, row := range []struct {
		name   string
		format adapter.Format
		a      *gateway.LambdaAuthorizer
		want   seen
	}{
		{"explicit deny on REST", rest, decides(deny),
			seen{403, `{"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}`, "AccessDeniedException", denied}},
		{"nothing allows it on REST", rest, decides(`{"principalId":"ada",` + allows("arn:aws:execute-api:*:*:*/*/POST/*") + `}`),
			seen{403, `{"Message":"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"}`, "AccessDeniedException", denied}},
		{"Unauthorized on REST", rest, says(errors.New("Unauthorized")), seen{401, `{"message":"Unauthorized"}`, "UnauthorizedException", "the authorizer function said Unauthorized"}},
		{"another error on REST", rest, says(errors.New("Unauthorized!")), seen{500, null, config, "the authorizer failed"}},
		{"no principal on REST", rest, decides(`{` + allows("*") + `}`), seen{500, null, config, "the authorizer function names no principal"}},
		{"a list on REST", rest, decides(`{"principalId":"ada","context":{"roles":["a"]},` + allows("*") + `}`),
			seen{500, null, config, "the authorizer function's context holds more than text, numbers and bools"}},
		{"null on REST", rest, decides(`{"principalId":"ada","context":{"role":null},` + allows("*") + `}`),
			seen{500, null, config, "the authorizer function's context holds more than text, numbers and bools"}},
		{"a simple response on REST", rest, decides(`{"isAuthorized":true,"principalId":"ada"}`), seen{500, null, config, noAnswer}},
		{"explicit deny", http2, decides(deny), seen{403, `{"message":"Forbidden"}`, "", denied}},
		{"simple deny", http2, simple(`{"isAuthorized":false}`), seen{403, `{"message":"Forbidden"}`, "", denied}},
		{"simple response that is not enabled", http2, decides(`{"isAuthorized":true}`), seen{500, server, "", noAnswer}},
		{"simple text", http2, simple(`{"isAuthorized":"true"}`), seen{500, server, "", noAnswer}},
		{"simple null", http2, simple(`{"isAuthorized":null}`), seen{500, server, "", noAnswer}},
		{"nothing", http2, simple(`{}`), seen{500, server, "", noAnswer}},
		{"a policy without statements", http2, decides(`{"policyDocument":{"Statement":[]}}`), seen{500, server, "", noAnswer}},
		{"not JSON", http2, decides(`yes`), seen{500, server, "", noAnswer}},
		{"Unauthorized on an HTTP API", http2, says(errors.New("Unauthorized")), seen{500, server, "", "the authorizer failed"}},
		{"a panic", http2, panics, seen{500, server, "", "the authorizer failed"}},
	} {
		g := gateway.Config{Function: returns(okReply), Format: row.format, BasePath: "/", Authorizer: row.a}
		if diff := cmp.Diff(row.want, see(t, g, httptest.NewRequest("GET", "/", nil))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.name, diff)
		}
	}
}

func TestLambdaAuthorizerHasTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &gateway.LambdaAuthorizer{Function: function(func(ctx context.Context, _ []byte) ([]byte, error) {
			<-ctx.Done()
			return []byte(adaAllowed), nil
		})}
		began := time.Now()
		got := see(t, gateway.Config{Function: returns(okReply), Authorizer: a}, httptest.NewRequest("GET", "/", nil))
		if took := time.Since(began); got.Status != 500 || took != 10*time.Second {
			t.Errorf("status %d after %v, want 500 after 10s", got.Status, took)
		}
	})
}

func TestLambdaAuthorizerIdentitySources(t *testing.T) {
	for _, row := range []struct {
		name    string
		format  adapter.Format
		sources []string
		token   bool
		pattern string
		target  string
		header  http.Header
		asked   bool
	}{
		{"none", adapter.HTTPAPIV2, nil, false, "", "/", nil, true},
		{"header there", adapter.HTTPAPIV2, []string{"$request.header.x-who"}, false, "", "/", http.Header{"X-Who": {"ada"}}, true},
		{"header missing", adapter.HTTPAPIV2, []string{"$request.header.x-who"}, false, "", "/", nil, false},
		{"header empty", adapter.HTTPAPIV2, []string{"$request.header.x-who"}, false, "", "/", http.Header{"X-Who": {""}}, false},
		{"one of two missing", adapter.HTTPAPIV2, []string{"$request.header.x-who", "$request.querystring.key"}, false, "", "/", http.Header{"X-Who": {"ada"}}, false},
		{"both", adapter.HTTPAPIV1, []string{"$request.header.x-who", "$request.querystring.key"}, false, "", "/?key=7", http.Header{"X-Who": {"ada"}}, true},
		{"stage variable", adapter.HTTPAPIV2, []string{"$stageVariables.table"}, false, "", "/", nil, true},
		{"stage variable missing", adapter.HTTPAPIV2, []string{"$stageVariables.chair"}, false, "", "/", nil, false},
		{"context", adapter.RESTAPI, []string{"context.path", "context.httpMethod", "context.resourcePath"}, false, "", "/", nil, true},
		{"REST header", adapter.RESTAPI, []string{"method.request.header.X-Who"}, false, "", "/", http.Header{"X-Who": {"ada"}}, true},
		{"REST query missing", adapter.RESTAPI, []string{"method.request.querystring.key"}, false, "", "/?kex=7", nil, false},
		{"token", adapter.RESTAPI, nil, true, "", "/", http.Header{"Authorization": {"t.o.k"}}, true},
		{"token missing", adapter.RESTAPI, nil, true, "", "/", http.Header{"X-Who": {"t.o.k"}}, false},
		{"token elsewhere", adapter.RESTAPI, []string{"method.request.header.X-Who"}, true, "", "/", http.Header{"X-Who": {"t.o.k"}}, true},
		{"token of the form", adapter.RESTAPI, nil, true, `Bearer .+`, "/", http.Header{"Authorization": {"Bearer t.o.k"}}, true},
		{"token of another form", adapter.RESTAPI, nil, true, `Bearer .+`, "/", http.Header{"Authorization": {"a Bearer t.o.k"}}, false},
		{"token of one of two forms, as a whole", adapter.RESTAPI, nil, true, `a|b`, "/", http.Header{"Authorization": {"ax"}}, false},
	} {
		asked := false
		a := &gateway.LambdaAuthorizer{IdentitySources: row.sources, Token: row.token, Validation: row.pattern,
			Function: function(func(context.Context, []byte) ([]byte, error) {
				asked = true
				return []byte(adaAllowed), nil
			})}
		r := httptest.NewRequest("GET", row.target, nil)
		r.Header = row.header
		g := gateway.Config{Function: returns(okReply), Format: row.format, BasePath: "/", Authorizer: a, StageVariables: map[string]string{"table": "notes"}}
		status := serve(g, r).StatusCode
		if asked != row.asked || (status == 200) != row.asked || !row.asked && status != 401 {
			t.Errorf("%s: status %d, asked: %v; want asked: %v", row.name, status, asked, row.asked)
		}
	}
}

// Every answer is remembered by the values at the identity sources alone: it then
// decides about other routes, too.
func TestLambdaAuthorizerRemembers(t *testing.T) {
	const header, routeKey, path = "$request.header.authorization", "$context.routeKey", "$context.path"
	type request struct {
		after time.Duration
		path  string
		token string
		asked bool
		want  int
	}
	const arn = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/$default/GET"
	for _, row := range []struct {
		name     string
		ttl      time.Duration
		sources  []string
		answer   string
		requests []request
	}{
		{"without TTL", 0, []string{header}, `{"isAuthorized":true}`, []request{{0, "/a", "t", true, 200}, {0, "/a", "t", true, 200}}},
		{"simple, by token", time.Minute, []string{header}, `{"isAuthorized":true}`, []request{{0, "/a", "t", true, 200}, {0, "/b", "t", false, 200},
			{0, "/b", "u", true, 200}, {59 * time.Second, "/a", "t", false, 200}, {time.Second, "/a", "t", true, 200}}},
		{"a denial", time.Minute, []string{header}, `{"isAuthorized":false}`, []request{{0, "/a", "t", true, 403}, {0, "/a", "t", false, 403}}},
		{"by token and route", time.Minute, []string{header, routeKey}, `{"isAuthorized":true}`, []request{{0, "/a", "t", true, 200}, {0, "/b", "t", true, 200}, {0, "/a", "t", false, 200}}},
		{"by token and path", time.Minute, []string{header, path}, `{"isAuthorized":true}`, []request{{0, "/x/1", "t", true, 200}, {0, "/x/2", "t", true, 200}, {0, "/x/1", "t", false, 200}}},
		{"a policy for one path", time.Minute, []string{header}, `{` + allows(arn+"/a") + `}`, []request{{0, "/a", "t", true, 200}, {0, "/b", "t", false, 403}, {0, "/a", "t", false, 200}}},
		{"a policy with a wildcard", time.Minute, []string{header}, `{` + allows(arn+"/*") + `}`, []request{{0, "/a", "t", true, 200}, {0, "/b", "t", false, 200}}},
		{"a failure is not remembered", time.Minute, []string{header}, `nonsense`, []request{{0, "/a", "t", true, 500}, {0, "/a", "t", true, 500}}},
		{"nor are two values one", time.Minute, []string{header, "$request.header.x"}, `{"isAuthorized":true}`, []request{{0, "/a", "t", true, 200}, {0, "/a", "t,", true, 200}}},
	} {
		synctest.Test(t, func(t *testing.T) {
			asked := false
			a := &gateway.LambdaAuthorizer{TTL: row.ttl, IdentitySources: row.sources, SimpleResponses: true,
				Function: function(func(context.Context, []byte) ([]byte, error) {
					asked = true
					return []byte(row.answer), nil
				})}
			g := gateway.MustNew(gateway.Config{Function: returns(okReply), Authorizer: a, Routes: routes("GET /a", "GET /b", "GET /x/{id}")})
			for i, request := range row.requests {
				time.Sleep(request.after)
				r := httptest.NewRequest("GET", request.path, nil)
				r.Header.Set("Authorization", request.token)
				r.Header.Set("X", "x")
				asked = false
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if w.Code != request.want || asked != request.asked {
					t.Errorf("%s: request %d: status %d, asked: %v; want %d, %v", row.name, i, w.Code, asked, request.want, request.asked)
				}
			}
		})
	}
}

// Two gateways that share an authorizer are two APIs.
func TestLambdaAuthorizerRemembersForEachGateway(t *testing.T) {
	var asked atomic.Int32
	a := &gateway.LambdaAuthorizer{TTL: time.Minute, IdentitySources: []string{"$request.header.authorization"}, SimpleResponses: true,
		Function: function(func(context.Context, []byte) ([]byte, error) {
			asked.Add(1)
			return []byte(`{"isAuthorized":true}`), nil
		})}
	for range 2 {
		g := gateway.MustNew(gateway.Config{Function: returns(okReply), Authorizer: a})
		for range 2 {
			g.ServeHTTP(httptest.NewRecorder(), bearer("t.o.k"))
		}
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times, want twice", asked.Load())
	}
}

func TestLambdaAuthorizerOutsideAGateway(t *testing.T) {
	if _, err := decides(adaAllowed).Authorize(httptest.NewRequest("GET", "/", nil), gateway.Route{}); err == nil {
		t.Error("no error")
	}
}
