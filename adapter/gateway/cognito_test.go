package gateway_test

import (
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestCognitoAuthorizer(t *testing.T) {
	now := time.Now().Unix()
	access := map[string]any{"token_use": "access"}
	id := map[string]any{"token_use": "id"}
	both := func(a map[string]any, name string, value any) map[string]any {
		out := maps.Clone(a)
		out[name] = value
		return out
	}
	tests := []struct {
		name   string
		change map[string]any
		scopes []string
		status int
		reason string
	}{
		{"ID token, no scopes", id, nil, 200, ""},
		{"ID token of any client", both(id, "aud", "another"), nil, 200, ""},
		{"access token, no scopes", access, nil, 401, "not an ID token"},
		{"access token with a scope of the route's", access, []string{"x", "notes/write"}, 200, ""},
		{"access token without", access, []string{"x"}, 403, "scope missing"},
		{"ID token on a route with scopes", id, []string{"notes/write"}, 401, "not an access token"},
		{"neither kind", both(id, "token_use", nil), nil, 401, "not an ID token"},
		{"expired", both(id, "exp", now-1), nil, 401, "token expired"},
		{"another pool", both(id, "iss", "https://other.example.com"), nil, 401, "wrong issuer"},
	}
	bodies := map[int]string{200: "ok", 401: `{"message":"Unauthorized"}`, 403: `{"Message":"User is not authorized to access this resource"}`}
	kinds := map[int]string{401: "UnauthorizedException", 403: "AccessDeniedException"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &gateway.CognitoAuthorizer{Issuers: []string{"https://first.example.com", issuer}, Verify: verified(claims(tt.change))}
			g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, BasePath: "/",
				Authorizer: a, Routes: []gateway.Route{{Key: "GET /notes", Scopes: tt.scopes}}}
			want := seen{tt.status, bodies[tt.status], kinds[tt.status], tt.reason}
			if diff := cmp.Diff(want, see(t, g, bearer("t.o.k"))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCognitoEvent(t *testing.T) {
	token := map[string]any{"iss": issuer, "sub": "buoy-7", "token_use": "id", "exp": 4102444800, "iat": 1718636404,
		"auth_time": 1718636404, "cognito:groups": []string{"crew", "pilot"}, "email_verified": true}
	a := &gateway.CognitoAuthorizer{Issuers: []string{issuer}, Header: "X-Token", Verify: verified(token)}
	g := gateway.Config{Function: returns(okReply), Format: adapter.RESTAPI, BasePath: "/", Authorizer: a}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Token", "t.o.k")
	want := map[string]any{"claims": map[string]any{"iss": issuer, "sub": "buoy-7", "token_use": "id",
		"exp": "Fri Jan  1 00:00:00 UTC 2100", "iat": "Mon Jun 17 15:00:04 UTC 2024",
		"auth_time": "1718636404", "cognito:groups": "crew,pilot", "email_verified": "true"}}
	if diff := cmp.Diff(want, member(event(t, g, r), "requestContext.authorizer")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	g.Format = adapter.HTTPAPIV2
	if _, err := gateway.New(g); err == nil {
		t.Error("no error for an HTTP API, which has no such authorizer")
	}
}

// No refusal may quote what the token or the request holds.
func TestRefusalsHoldNoValues(t *testing.T) {
	secret := "s3cr3t"
	for _, name := range []string{"iss", "aud", "scope", "exp", "nbf", "iat"} {
		a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, Verify: verified(claims(map[string]any{name: secret}))}
		_, err := a.Authorize(bearer("t.o.k"), gateway.Route{Scopes: []string{"x"}})
		if got := fmt.Sprintf("%v %+v", err, err); err == nil || strings.Contains(got, secret) {
			t.Errorf("%s: %s", name, got)
		}
	}
}
