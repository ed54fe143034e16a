package authz_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestOneDecisionPerRequest(t *testing.T) {
	known := caller(t, "read")
	stale := identity(t, map[string]any{"exp": time.Now().Add(-time.Hour).Unix()})
	tests := []struct {
		name   string
		id     *claims.Identity
		err    error
		method string
		path   string
		want   authz.Decision
		status int // of the *Error; 0: no error
	}{
		{"a public route, nobody", nil, nil, "GET", "/hello", authz.Decision{
			Route: "GET /hello", Method: "GET", Requirement: "public", Result: authz.Granted}, 0},
		{"a public route, known", known, nil, "HEAD", "/hello", authz.Decision{
			Route: "GET /hello", Method: "HEAD", Requirement: "public", Source: claims.JWT, Result: authz.Granted}, 0},
		{"granted", known, nil, "GET", "/notes/1", authz.Decision{
			Route: "GET /notes/{id}", Method: "GET", Requirement: "scope read", Source: claims.JWT, Result: authz.Granted}, 0},
		{"nobody", nil, nil, "GET", "/notes/1", authz.Decision{
			Route: "GET /notes/{id}", Method: "GET", Requirement: "scope read", Result: authz.Refused}, 401},
		{"an error", nil, errors.New("x"), "GET", "/notes/1", authz.Decision{
			Route: "GET /notes/{id}", Method: "GET", Requirement: "scope read", Result: authz.Refused}, 401},
		{"expired", stale, nil, "GET", "/notes/1", authz.Decision{
			Route: "GET /notes/{id}", Method: "GET", Requirement: "scope read", Result: authz.Refused, Code: "invalid_token"}, 401},
		{"not granted", known, nil, "POST", "/notes", authz.Decision{
			Route: "POST /notes", Method: "POST", Requirement: "scope write", Source: claims.JWT, Result: authz.Refused, Code: "insufficient_scope"}, 403},
		{"no route, nobody", nil, nil, "GET", "/nowhere", authz.Decision{
			Method: "GET", Requirement: "no route", Result: authz.Refused}, 401},
		{"no route, known", known, nil, "GET", "/nowhere", authz.Decision{
			Method: "GET", Requirement: "no route", Source: claims.JWT, Result: authz.NoRoute}, 0},
		{"another method, known", known, nil, "DELETE", "/notes", authz.Decision{
			Method: "DELETE", Requirement: "no route", Source: claims.JWT, Result: authz.NoRoute}, 0},
		{"a redirect, known", known, nil, "GET", "//hello", authz.Decision{
			Method: "GET", Requirement: "no route", Source: claims.JWT, Result: authz.NoRoute}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := &spy{}
			var got []authz.Decision
			mux := authz.NewMux(&authz.Guard{
				Identifier: by(func(*http.Request) (*claims.Identity, error) { return test.id, test.err }),
				OnDecision: func(_ *http.Request, d authz.Decision) {
					if h.ran {
						t.Error("the handler ran before its decision was told")
					}
					got = append(got, d)
				},
			})
			mux.Handle("GET /hello", authz.Public(), h)
			mux.Handle("GET /notes/{id}", authz.Scope("read"), h)
			mux.Handle("POST /notes", authz.Scope("write"), h)
			r := request(test.method, test.path)
			r.Pattern = "/outer/" // as an outer ServeMux leaves it
			serve(mux, r)

			test.want.Enforced = true
			ignore := cmp.Options{cmpopts.IgnoreUnexported(authz.Decision{}), cmpopts.IgnoreFields(authz.Decision{}, "Err")}
			if diff := cmp.Diff([]authz.Decision{test.want}, got, ignore); diff != "" {
				t.Fatalf("decisions (-want +got):\n%s", diff)
			}
			var refusal *authz.Error
			if errors.As(got[0].Err, &refusal) != (test.status != 0) || refusal != nil && refusal.Status != test.status {
				t.Errorf("Err = %v, want status %d", got[0].Err, test.status)
			}
			if test.err != nil && !errors.Is(got[0].Err, test.err) {
				t.Errorf("Err = %v, want it to wrap Identify's", got[0].Err)
			}
			if granted := test.want.Result == authz.Granted; h.ran != granted {
				t.Errorf("handler ran: %t", h.ran)
			}
		})
	}
}

// Why an identity did not count is worth a line also where it did not matter.
func TestPublicDecisionTellsWhyAnIdentityDidNotCount(t *testing.T) {
	cause := errors.New("issuer not pinned")
	var got authz.Decision
	g := &authz.Guard{Identifier: failing(cause), OnDecision: func(_ *http.Request, d authz.Decision) { got = d }}
	if _, err := g.Check(request("GET", "/"), authz.Public()); err != nil {
		t.Fatal(err)
	}
	if got.Result != authz.Granted || !errors.Is(got.Err, cause) {
		t.Errorf("got %v with %v, want granted with Identify's error", got.Result, got.Err)
	}
}

func TestDecisionNamesTheEvent(t *testing.T) {
	const (
		httpAPI = `{"version":"2.0","routeKey":"$default","rawPath":"/x","rawQueryString":"","headers":{},` +
			`"requestContext":{"accountId":"123456789012","apiId":"a1b2c3","domainName":"a1b2c3.execute-api.eu-west-1.amazonaws.com",` +
			`"http":{"method":"GET","path":"/x","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":""},` +
			`"nested":{"apiId":"other"},"APIID":"other","requestId":"JKJaXmPLvHcESHA=","routeKey":"$default","stage":"$default","timeEpoch":1},` +
			`"isBase64Encoded":false}`
		alb = `{"requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/1"}},` +
			`"httpMethod":"GET","path":"/x","queryStringParameters":{},"headers":{},"body":"","isBase64Encoded":false}`
	)
	tests := []struct {
		name  string
		event string
		want  authz.Decision
	}{
		{"an HTTP API", httpAPI, authz.Decision{Format: adapter.HTTPAPIV2, APIID: "a1b2c3", RequestID: "JKJaXmPLvHcESHA="}},
		{"a load balancer, which has no ids", alb, authz.Decision{Format: adapter.ALB}},
		{"no event", "", authz.Decision{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request("GET", "/x")
			if test.event != "" {
				event, err := adapter.ParseEvent([]byte(test.event))
				if err != nil {
					t.Fatal(err)
				}
				r = r.WithContext(adapter.NewContext(r.Context(), event))
			}
			var d authz.Decision
			g := &authz.Guard{Identifier: always(nil), OnDecision: func(_ *http.Request, told authz.Decision) { d = told }}
			g.Check(r, authz.Public())
			got := authz.Decision{Format: d.Format, APIID: d.APIID, RequestID: d.RequestID}
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(authz.Decision{})); diff != "" {
				t.Errorf("decision (-want +got):\n%s", diff)
			}
		})
	}
}
