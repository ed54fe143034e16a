package gateway_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// decides is an authorizer function that answers every request alike.
func decides(d gateway.LambdaDecision) *gateway.LambdaAuthorizer {
	return &gateway.LambdaAuthorizer{Decide: func(*http.Request, gateway.Route) (gateway.LambdaDecision, error) { return d, nil }}
}

func TestLambdaAuthorizerEvent(t *testing.T) {
	context := map[string]any{"tenant": "t1", "level": 7, "active": true}
	flat := map[string]any{"principalId": "ada", "integrationLatency": 42.0, "tenant": "t1", "level": 7.0, "active": true}
	lambda := map[string]any{"lambda": map[string]any{"tenant": "t1", "level": 7.0, "active": true}}
	for _, row := range []struct {
		name     string
		front    front
		decision gateway.LambdaDecision
		want     any
	}{
		{"REST", front{adapter.RESTAPI, "/prod"}, gateway.LambdaDecision{Allow: true, PrincipalID: "ada", Context: context}, flat},
		{"REST, no context", front{adapter.RESTAPI, "/prod"}, gateway.LambdaDecision{Allow: true, PrincipalID: "ada"},
			map[string]any{"principalId": "ada", "integrationLatency": 42.0}},
		{"WebSocket", front{adapter.WebSocketAPI, "/prod"}, gateway.LambdaDecision{Allow: true, PrincipalID: "ada", Context: context}, flat},
		{"payload 1.0", front{adapter.HTTPAPIV1, ""}, gateway.LambdaDecision{Allow: true, PrincipalID: "ada", Context: context}, flat},
		{"policy", front{adapter.HTTPAPIV2, ""}, gateway.LambdaDecision{Allow: true, PrincipalID: "ada", Context: context}, lambda},
		{"simple", front{adapter.HTTPAPIV2, ""}, gateway.LambdaDecision{Allow: true, Context: context}, lambda},
		{"simple, no context", front{adapter.HTTPAPIV2, ""}, gateway.LambdaDecision{Allow: true}, map[string]any{"lambda": nil}},
		{"nested", front{adapter.HTTPAPIV2, ""}, gateway.LambdaDecision{Allow: true, Context: map[string]any{"roles": []string{"a b"}}},
			map[string]any{"lambda": map[string]any{"roles": []any{"a b"}}}},
	} {
		g := gateway.Config{Function: returns(okReply), Format: row.front.format, Authorizer: decides(row.decision)}
		got := member(event(t, g, httptest.NewRequest("GET", row.front.base+"/", nil)), "requestContext.authorizer")
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.name, diff)
		}
	}
}

// What an authorizer function answers that the front does not take is 500.
func TestLambdaAuthorizerRefuses(t *testing.T) {
	rest, http2 := front{adapter.RESTAPI, "/prod"}, front{adapter.HTTPAPIV2, ""}
	list := gateway.LambdaDecision{Allow: true, PrincipalID: "ada", Context: map[string]any{"roles": []string{"a"}}}
	failing := &gateway.LambdaAuthorizer{Decide: func(*http.Request, gateway.Route) (gateway.LambdaDecision, error) {
		return gateway.LambdaDecision{Allow: true}, errors.New("broken")
	}}
	for name, row := range map[string]struct {
		front  front
		a      *gateway.LambdaAuthorizer
		status int
	}{
		"allowed":                     {http2, decides(gateway.LambdaDecision{Allow: true}), 200},
		"denied":                      {http2, decides(gateway.LambdaDecision{PrincipalID: "ada"}), 403},
		"denied on REST":              {rest, decides(gateway.LambdaDecision{PrincipalID: "ada"}), 403},
		"failed":                      {http2, failing, 500},
		"zero":                        {http2, new(gateway.LambdaAuthorizer), 403},
		"no principal on REST":        {rest, decides(gateway.LambdaDecision{Allow: true}), 500},
		"a list on REST":              {rest, decides(list), 500},
		"a list on an HTTP API":       {http2, decides(list), 200},
		"Function URL":                {front{adapter.FunctionURL, ""}, decides(list), 500},
		"identity source missing":     {http2, &gateway.LambdaAuthorizer{Headers: []string{"Authorization"}, Decide: decides(list).Decide}, 401},
		"one identity source missing": {http2, &gateway.LambdaAuthorizer{Headers: []string{"X-Who", "Authorization"}, Decide: decides(list).Decide}, 401},
		"identity source there":       {http2, &gateway.LambdaAuthorizer{Headers: []string{"X-Who"}, Decide: decides(list).Decide}, 200},
		"nobody decides":              {http2, &gateway.LambdaAuthorizer{Headers: []string{"X-Who"}}, 403},
	} {
		r := httptest.NewRequest("GET", row.front.base+"/", nil)
		r.Header.Set("X-Who", "ada")
		g := gateway.Config{Function: returns(okReply), Format: row.front.format, Authorizer: row.a}
		if got := serve(g, r).StatusCode; got != row.status {
			t.Errorf("%s: status %d, want %d", name, got, row.status)
		}
	}
	r := httptest.NewRequest("GET", "/prod/", nil)
	got := see(t, gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, Authorizer: decides(list)}, r)
	want := seen{500, `{"message":null}`, "AuthorizerConfigurationException", "the authorizer function's context holds more than text, numbers and bools"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
