package gateway_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// signedWith is a token whose header says so; the rest is Verify's affair.
func signedWith(alg string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"typ":"JWT","alg":"`+alg+`"}`)) + ".claims.signature"
}

func nativeJWT(claims map[string]any) *gateway.NativeJWTAuthorizer {
	return &gateway.NativeJWTAuthorizer{
		Issuers: []gateway.JWTIssuer{
			{Issuer: "https://staff.example/", Audiences: []string{"notes", "boats"}, Claims: []gateway.JWTClaim{
				{Name: "role", Format: "single-string", Values: []string{"pilot", "crew"}, Required: true},
				{Name: "groups", Format: "string-array", Values: []string{"deck"}},
				{Name: "may", Format: "space-separated-values", Values: []string{"sail"}},
			}},
			{Issuer: "https://partners.example", Audiences: []string{"notes"}},
		},
		Algorithms: []string{"RS256", "ES256"},
		Verify:     func(context.Context, string) (json.RawMessage, error) { return json.Marshal(claims) },
	}
}

func TestNativeJWT(t *testing.T) {
	now := time.Now().Unix()
	staff := func(name string, value any) map[string]any {
		claims := map[string]any{"iss": "https://staff.example/", "aud": "notes", "role": "pilot", "exp": now + 60, "scope": "notes/read"}
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
		return claims
	}
	partner := func(name string, value any) map[string]any {
		return map[string]any{"iss": "https://partners.example", "aud": []string{"x", "notes"}, "exp": now + 60, "scope": "notes/read", name: value}
	}
	for _, row := range []struct {
		name   string
		claims map[string]any
		token  string
		scopes []string
		status int
		reason adapter.Reason
	}{
		{"one issuer", staff("sub", "ada"), signedWith("RS256"), nil, 200, ""},
		{"another", partner("sub", "ada"), signedWith("ES256"), nil, 200, ""},
		{"the other issuer's audience", partner("aud", "boats"), signedWith("RS256"), nil, 401, "wrong audience"},
		{"no audience but a client", partner("client_id", "notes"), signedWith("RS256"), nil, 200, ""},
		{"a client alone", map[string]any{"iss": "https://partners.example", "client_id": "notes", "exp": now + 60}, signedWith("RS256"), nil, 401, "wrong audience"},
		{"without the slash", staff("iss", "https://staff.example"), signedWith("RS256"), nil, 401, "wrong issuer"},
		{"a third issuer", staff("iss", "https://pirates.example"), signedWith("RS256"), nil, 401, "wrong issuer"},
		{"another algorithm", staff("sub", "ada"), signedWith("HS256"), nil, 401, "algorithm not allowed"},
		{"no algorithm", staff("sub", "ada"), "t.o.k", nil, 401, "algorithm not allowed"},
		{"no token", staff("sub", "ada"), "", nil, 401, "no token"},
		{"expired", staff("exp", now-1), signedWith("RS256"), nil, 401, "token expired"},
		{"required claim missing", staff("role", nil), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"required claim with another value", staff("role", "cook"), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"required claim of another type", staff("role", []string{"pilot"}), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"one of a list", staff("groups", []string{"galley", "deck"}), signedWith("RS256"), nil, 200, ""},
		{"none of a list", staff("groups", []string{"galley"}), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"a list that is text", staff("groups", "deck"), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"one of the words", staff("may", "swim sail"), signedWith("RS256"), nil, 200, ""},
		{"none of the words", staff("may", "swim"), signedWith("RS256"), nil, 401, "claim missing or with another value"},
		{"a scope of the route's", staff("scope", "notes/read"), signedWith("RS256"), []string{"notes/write", "notes/read"}, 200, ""},
		{"scp", staff("scp", []string{"notes/write"}), signedWith("RS256"), []string{"notes/write"}, 200, ""},
		{"no scope of the route's", staff("scope", "notes/read"), signedWith("RS256"), []string{"notes/write"}, 403, "scope missing"},
	} {
		_, got := authorize(t, nativeJWT(row.claims), bearer(row.token), row.scopes...)
		if row.status == 200 {
			row.status = 0
		}
		if diff := cmp.Diff(challenge{Status: row.status, Reason: string(row.reason)}, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.name, diff)
		}
	}
	if _, got := authorize(t, new(gateway.NativeJWTAuthorizer), bearer(signedWith("RS256"))); got.Status != 401 {
		t.Errorf("the zero authorizer: %+v", got)
	}
}

// The event has the claims with their JSON types, which no other authorizer keeps.
func TestNativeJWTEvent(t *testing.T) {
	claims := map[string]any{"iss": "https://partners.example", "aud": []string{"notes"}, "exp": 4102444800, "age": "42", "years": 42,
		"roles": []string{"user", "editor"}, "address": map[string]any{"city": "Hafen"}, "active": true, "name": `Döe, "Jane"`}
	g := gateway.Config{Format: adapter.RESTAPI, Authorizer: nativeJWT(claims)}
	r := httptest.NewRequest("GET", "/prod/", nil)
	r.Header.Set("Authorization", "Bearer "+signedWith("RS256"))
	want := map[string]any{"claims": map[string]any{"iss": "https://partners.example", "aud": []any{"notes"}, "exp": 4102444800.0, "age": "42", "years": 42.0,
		"roles": []any{"user", "editor"}, "address": map[string]any{"city": "Hafen"}, "active": true, "name": `Döe, "Jane"`}}
	if diff := cmp.Diff(want, member(event(t, g, r), "requestContext.authorizer")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
