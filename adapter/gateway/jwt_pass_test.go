package gateway_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

func TestJWTAuthorizerPasses(t *testing.T) {
	tests := []struct {
		name   string
		claims map[string]any
		scopes []string
		want   any // scopes in the event
	}{
		{"route without scopes", claims(nil), nil, nil},
		{"one scope of several, all of the token's in the event", claims(nil), []string{"x", "notes/write"}, []any{"notes/read", "notes/write"}},
		{"scp as a list", claims(map[string]any{"scp": []string{"x", "y"}}), []string{"y"}, []any{"x", "y"}},
		{"scp as text", claims(map[string]any{"scp": "x y"}), []string{"y"}, []any{"x", "y"}},
		{"one of several audiences", claims(map[string]any{"aud": []string{"x", "notes-api"}}), nil, nil},
		{"client instead of audience", claims(map[string]any{"aud": nil, "client_id": "notes-api"}), nil, nil},
		{"fractions of seconds", claims(map[string]any{"exp": 4102444800.5, "nbf": 1.5}), nil, nil},
		{"no issue date", claims(map[string]any{"iat": nil}), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, Verify: verified(tt.claims)}
			g := gateway.Config{Authorizer: a, Routes: []gateway.Route{{Key: "GET /notes", Scopes: tt.scopes}}}
			got := event(t, g, bearer("Bearer t.o.k"))
			if diff := cmp.Diff(tt.want, member(got, "requestContext.authorizer.jwt.scopes")); diff != "" {
				t.Errorf("scopes: -want +got:\n%s", diff)
			}
			if sub := member(got, "requestContext.authorizer.jwt.claims.sub"); sub != "buoy-7" {
				t.Errorf("sub = %v", sub)
			}
		})
	}
}

func TestJWTAuthorizerOnEachFront(t *testing.T) {
	a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, Verify: verified(claims(map[string]any{"exp": 4102444800, "iat": 1700000000}))}
	data := map[string]any{
		"claims": map[string]any{"iss": issuer, "sub": "buoy-7", "aud": "notes-api", "scope": "notes/read notes/write",
			"exp": "4102444800", "iat": "1700000000", "groups": "[crew pilot]", "active": "true"},
		"scopes": nil,
	}
	want := map[adapter.Format]any{adapter.HTTPAPIV1: data, adapter.HTTPAPIV2: map[string]any{"jwt": data}}
	for _, f := range formats {
		g := gateway.Config{Function: returns(okReply), Format: f.format, BasePath: "/", Authorizer: a}
		if want[f.format] == nil {
			if _, err := gateway.New(g); err == nil {
				t.Errorf("%v, which has no such authorizer: no error", f.format)
			}
			continue
		}
		if diff := cmp.Diff(want[f.format], member(event(t, g, bearer("t.o.k")), "requestContext.authorizer")); diff != "" {
			t.Errorf("%v: -want +got:\n%s", f.format, diff)
		}
	}
}

func TestIdentitySource(t *testing.T) {
	tests := []struct {
		source, target string
		header         http.Header
		status         int
	}{
		{"", "/", http.Header{"Authorization": {"t.o.k"}}, 200},
		{"", "/", http.Header{"Authorization": {"bearer t.o.k"}}, 200},
		{"", "/", http.Header{"Authorization": {"BEARER  t.o.k"}}, 200},
		{"", "/", http.Header{"Authorization": {"t.o.k", "t.o.k"}}, 401},
		{"", "/", http.Header{"Authorization": {"Basic t.o.k"}}, 401},
		{"$request.header.Authorization", "/", http.Header{"Authorization": {"t.o.k"}}, 200},
		{"$request.header.x-token", "/", http.Header{"X-Token": {"t.o.k"}}, 200},
		{"$request.header.x-token", "/", http.Header{"Authorization": {"t.o.k"}}, 401},
		{"$request.querystring.token", "/?token=t.o.k", nil, 200},
		{"$request.querystring.token", "/?token=Bearer+t.o.k", nil, 200},
		{"$request.querystring.token", "/?token=t.o.k&token=t.o.k", nil, 401},
		{"$request.querystring.token", "/?Token=t.o.k", nil, 401},
	}
	for _, tt := range tests {
		a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, IdentitySource: tt.source, Verify: verified(claims(nil))}
		r := httptest.NewRequest("GET", tt.target, nil)
		maps.Copy(r.Header, tt.header)
		if resp := serve(gateway.Config{Function: returns(okReply), Authorizer: a}, r); resp.StatusCode != tt.status {
			t.Errorf("source %q, %s, %v: status %d, want %d", tt.source, tt.target, tt.header, resp.StatusCode, tt.status)
		}
	}
}
