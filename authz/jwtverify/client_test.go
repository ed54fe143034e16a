package jwtverify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

// A Cognito access token names its client, and since resource binding (RFC 8707)
// also an audience, if its client asked for one.
func TestClientAndAudience(t *testing.T) {
	s := rsaSigner(t, "k")
	const api = "https://notes.example.com"
	pool := func(clients []string, audiences ...string) jwtverify.Issuer {
		i := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", clients...)
		i.JWKSURL, i.JWKS, i.Audiences = "", keySet(t, s.jwk()), audiences
		return i
	}
	app := []string{"app"}
	for _, row := range []struct {
		name   string
		issuer jwtverify.Issuer
		claims map[string]any
		reason string // "": accepted
	}{
		{"client alone", pool(app), map[string]any{"client_id": "app"}, ""},
		{"another client", pool(app), map[string]any{"client_id": "other"}, "Clients"},
		{"no client", pool(app), nil, "Clients"},
		{"a client that is a list", pool(app), map[string]any{"client_id": []string{"app"}}, "Clients"},
		{"aud, none configured", pool(app), map[string]any{"client_id": "app", "aud": api}, "no Audiences"},
		{"the client as aud, none configured", pool(app), map[string]any{"client_id": "app", "aud": "app"}, "no Audiences"},
		{"null aud, none configured", pool(app), map[string]any{"client_id": "app", "aud": jsonNull{}}, "no Audiences"},
		{"both", pool(app, api), map[string]any{"client_id": "app", "aud": api}, ""},
		{"both, a list", pool(app, api), map[string]any{"client_id": "app", "aud": []string{api}}, ""},
		{"no aud where one is configured", pool(app, api), map[string]any{"client_id": "app"}, ""},
		{"another aud", pool(app, api), map[string]any{"client_id": "app", "aud": "https://other.example.com"}, "audience"},
		{"another aud, the client's list", pool(app, api), map[string]any{"client_id": "app", "aud": []string{"app"}}, "audience"},
		{"another client's aud", pool(app, api), map[string]any{"client_id": "other", "aud": api}, "Clients"},
		{"aud without a client", pool(app, api), map[string]any{"aud": api}, "Clients"},
		{"any client", pool(nil, api), map[string]any{"client_id": "other", "aud": api}, ""},
		{"azp", pool(app, api), map[string]any{"azp": "app", "aud": api}, ""},
		{"another azp", pool(app, api), map[string]any{"azp": "other", "aud": api}, "Clients"},
		{"azp beside another client_id", pool(app, api), map[string]any{"client_id": "other", "azp": "app", "aud": api}, "Clients"},
	} {
		t.Run(row.name, func(t *testing.T) {
			members := with(goodClaims(), map[string]any{"iss": row.issuer.URL, "aud": nil, "token_use": "access"})
			id, err := identify(newVerifier(t, configOf(row.issuer)), s.token(t, with(members, row.claims)))
			if (id != nil) != (row.reason == "") {
				t.Fatalf("identity %v, error %v", id, err)
			}
			if err != nil && !strings.Contains(err.Error(), row.reason) {
				t.Errorf("error %q does not say %q", err, row.reason)
			}
		})
	}
}

// The type of a header that was verified tells an access token (RFC 9068
// section 2.1), unless the token says otherwise.
func TestVerifiedTypeOfAccessTokens(t *testing.T) {
	s := rsaSigner(t, "k")
	v := newVerifier(t, configOf(issuerOf(t, s)))
	for _, row := range []struct {
		typ    any
		claims map[string]any
		want   bool
	}{
		{"at+jwt", nil, true},
		{"AT+JWT", nil, true},
		{"application/at+jwt", nil, true},
		{"JWT", nil, false},
		{nil, nil, false},
		{"JWT", map[string]any{"token_use": "access"}, true},
		{"at+jwt", map[string]any{"token_use": "id"}, false},
	} {
		token := s.raw(t, header(t, map[string]any{"typ": row.typ}), text(t, with(goodClaims(), row.claims)))
		id, err := identify(v, token)
		if err != nil {
			t.Fatal(err)
		}
		if got := id.IsAccessToken(); got != row.want {
			t.Errorf("typ %v, claims %v: access token %t, want %t", row.typ, row.claims, got, row.want)
		}
	}
}

// What Auth0 calls the client is azp; the API's audience is not a client.
func TestClientIDOfAuth0(t *testing.T) {
	s := rsaSigner(t, "k")
	token := with(goodClaims(), map[string]any{"azp": "spa1", "aud": []string{"api", "https://tenant.example/userinfo"}})
	id, err := identify(newVerifier(t, configOf(issuerOf(t, s))), s.token(t, token))
	if err != nil {
		t.Fatal(err)
	}
	if id.ClientID != "spa1" || !slices.Equal(id.Audience, []string{"api", "https://tenant.example/userinfo"}) {
		t.Errorf("client %q, audience %q", id.ClientID, id.Audience)
	}
	id, _ = identify(newVerifier(t, configOf(issuerOf(t, s))), s.token(t, goodClaims()))
	if id == nil || id.ClientID != "" {
		t.Errorf("without azp: %+v, want no client", id)
	}
}
