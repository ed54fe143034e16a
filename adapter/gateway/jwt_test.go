package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

const issuer = "https://issuer.example.com/pool"

// claims are those of a token that passes, changed by the pairs; nil deletes.
func claims(changes map[string]any) map[string]any {
	now := time.Now().Unix()
	c := map[string]any{
		"iss": issuer, "sub": "buoy-7", "aud": "notes-api", "scope": "notes/read notes/write",
		"exp": now + 600, "iat": now - 60, "groups": []string{"crew", "pilot"}, "active": true,
	}
	for name, value := range changes {
		c[name] = value
		if value == nil {
			delete(c, name)
		}
	}
	return c
}

// verified takes every token but "forged" and gives it these claims.
func verified(claims any) func(context.Context, string) (json.RawMessage, error) {
	return func(_ context.Context, token string) (json.RawMessage, error) {
		if token != "t.o.k" {
			return nil, errors.New("signature does not match " + token)
		}
		return json.Marshal(claims)
	}
}

func bearer(token string) *http.Request {
	r := httptest.NewRequest("GET", "/notes", nil)
	r.Header.Set("Authorization", token)
	return r
}

type challenge struct {
	Status        int
	Reason, Offer string // Offer is WWW-Authenticate
}

func authorize(t testing.TB, a gateway.Authorizer, r *http.Request, scopes ...string) (*gateway.Authorization, challenge) {
	t.Helper()
	auth, err := a.Authorize(r, gateway.Route{Key: "GET /notes", Scopes: scopes})
	var refusal *gateway.Refusal
	if err != nil && !errors.As(err, &refusal) {
		t.Fatalf("Authorize: %v", err)
	}
	if (auth == nil) == (refusal == nil) {
		t.Fatalf("authorization %v and refusal %v", auth, refusal)
	}
	if refusal == nil {
		return auth, challenge{}
	}
	return nil, challenge{refusal.Status, string(refusal.Reason), refusal.Header.Get("WWW-Authenticate")}
}

func TestJWTAuthorizerRefuses(t *testing.T) {
	now := time.Now().Unix()
	with := func(name string, value any) map[string]any { return claims(map[string]any{name: value}) }
	tests := []struct {
		name   string
		token  string
		claims any
		want   string
	}{
		{"no token", "", claims(nil), "no token"},
		{"scheme without token", "Bearer ", claims(nil), "no token"},
		{"scheme alone", "Bearer", claims(nil), "no token"},
		{"signature that does not match", "Bearer forged", claims(nil), "token not verified"},
		{"two schemes", "Bearer Bearer t.o.k", claims(nil), "token not verified"},
		{"claims that are no object", "t.o.k", []string{"iss"}, "claims malformed"},
		{"claims that are null", "t.o.k", nil, "claims malformed"},
		{"another issuer", "t.o.k", with("iss", issuer+"/"), "wrong issuer"},
		{"no issuer", "t.o.k", with("iss", nil), "wrong issuer"},
		{"list of issuers", "t.o.k", with("iss", []string{issuer}), "wrong issuer"},
		{"another audience", "t.o.k", with("aud", "boats-api"), "wrong audience"},
		{"no audience and no client", "t.o.k", with("aud", nil), "wrong audience"},
		{"client stands in for an absent aud alone", "t.o.k", claims(map[string]any{"aud": "", "client_id": "notes-api"}), "wrong audience"},
		{"null aud is not absent", "t.o.k", claims(map[string]any{"aud": json.RawMessage("null"), "client_id": "notes-api"}), "wrong audience"},
		{"client that is no audience", "t.o.k", claims(map[string]any{"aud": nil, "client_id": "other"}), "wrong audience"},
		{"empty client", "t.o.k", claims(map[string]any{"aud": nil, "client_id": ""}), "wrong audience"},
		{"expired", "t.o.k", with("exp", now-1), "token expired"},
		{"no expiry", "t.o.k", with("exp", nil), "token without expiry"},
		{"expiry as text", "t.o.k", with("exp", "9999999999"), "claims malformed"},
		{"expiry beyond every number", "t.o.k", with("exp", json.RawMessage("1e999")), "claims malformed"},
		{"not yet", "t.o.k", with("nbf", now+600), "token not yet valid"},
		{"nbf as text", "t.o.k", with("nbf", "0"), "claims malformed"},
		{"from the future", "t.o.k", with("iat", now+600), "token issued in the future"},
		{"no scope of the route's", "t.o.k", with("scope", "notes/list"), "scope missing"},
		{"no scope", "t.o.k", with("scope", nil), "scope missing"},
		{"a longer scope", "t.o.k", with("scope", "notes/write2"), "scope missing"},
		{"a no-break space does not separate", "t.o.k", with("scope", "notes/write\u00a0x"), "scope missing"},
		{"a tab does not separate", "t.o.k", with("scope", "notes/write\tx"), "scope missing"},
		{"another case", "t.o.k", with("scope", "Notes/Write"), "scope missing"},
		{"an element with a blank is one scope", "t.o.k", with("scp", []string{"notes/write x"}), "scope missing"},
		{"scp hides scope", "t.o.k", claims(map[string]any{"scp": "a", "scope": "notes/write"}), "scope missing"},
		{"scope as number", "t.o.k", with("scope", 7), "scope missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, Verify: verified(tt.claims)}
			_, got := authorize(t, a, bearer(tt.token), "notes/write", "notes/admin")
			want := challenge{401, tt.want, got.Offer}
			if tt.want == "scope missing" {
				want.Status = 403
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if strings.Contains(got.Offer, "t.o.k") || !strings.HasPrefix(got.Offer, "Bearer") {
				t.Errorf("WWW-Authenticate: %s", got.Offer)
			}
		})
	}
}

func TestJWTAuthorizerChallenges(t *testing.T) {
	tests := []struct {
		name, token string
		claims      map[string]any
		scopes      []string
		want        challenge
	}{
		{"nothing offered", "", nil, nil, challenge{401, "no token", "Bearer"}},
		{"audience, documented", "t.o.k", claims(map[string]any{"aud": "x"}), nil, challenge{401, "wrong audience",
			`Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"`}},
		{"expired", "t.o.k", claims(map[string]any{"exp": 1}), []string{"a", "b"}, challenge{401, "token expired",
			`Bearer scope="a b" error="invalid_token" error_description="the token has expired"`}},
		{"scope", "t.o.k", claims(nil), []string{"a", "b"}, challenge{403, "scope missing",
			`Bearer scope="a b" error="insufficient_scope" error_description="expected scopes: [a b]"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}, Verify: verified(tt.claims)}
			_, got := authorize(t, a, bearer(tt.token), tt.scopes...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			g := gateway.Config{Function: returns(okReply), Authorizer: a, Routes: []gateway.Route{{Key: "GET /notes", Scopes: tt.scopes}}}
			resp := serve(g, bearer(tt.token))
			want := map[int]string{401: `{"message":"Unauthorized"}`, 403: `{"message":"Forbidden"}`}[tt.want.Status]
			if body := text(t, resp); resp.StatusCode != tt.want.Status || body != want || resp.Header.Get("WWW-Authenticate") != tt.want.Offer {
				t.Errorf("the client sees %d %s %v", resp.StatusCode, body, resp.Header)
			}
			if resp.Header.Get("Apigw-Requestid") == "" {
				t.Error("the answer has no request id")
			}
		})
	}
}

// An HTTP API takes RSA alone, whatever Verify takes.
func TestJWTAuthorizerTakesRSA(t *testing.T) {
	a := &gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"},
		Verify: func(context.Context, string) (json.RawMessage, error) { return json.Marshal(claims(nil)) }}
	for alg, want := range map[string]string{"RS256": "", "RS512": "", "PS256": "", "ES256": "algorithm not allowed", "EdDSA": "algorithm not allowed", "HS256": "algorithm not allowed", "none": "algorithm not allowed"} {
		if _, got := authorize(t, a, bearer(signedWith(alg))); got.Reason != want {
			t.Errorf("%s: %+v, want %q", alg, got, want)
		}
	}
}

func TestZeroAuthorizersRefuse(t *testing.T) {
	tests := map[string]gateway.Authorizer{
		"zero JWT":             new(gateway.JWTAuthorizer),
		"no issuer":            (&gateway.JWTAuthorizer{Audience: []string{"notes-api"}, Verify: verified(claims(map[string]any{"iss": ""}))}),
		"no audience":          (&gateway.JWTAuthorizer{Issuer: issuer, Verify: verified(claims(nil))}),
		"no verification":      (&gateway.JWTAuthorizer{Issuer: issuer, Audience: []string{"notes-api"}}),
		"zero Cognito":         new(gateway.CognitoAuthorizer),
		"Cognito without pool": (&gateway.CognitoAuthorizer{Verify: verified(claims(map[string]any{"iss": "", "token_use": "id"}))}),
	}
	for name, a := range tests {
		if _, got := authorize(t, a, bearer("t.o.k")); got.Status != 401 {
			t.Errorf("%s: status %d, want 401", name, got.Status)
		}
	}
}
