package jwtverify_test

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

const issuerURL = "https://issuer.example"

// now is one second for all tests, so that claims made twice are equal.
var now = time.Now().Unix()

// goodClaims are accepted by verifierOf at the time of day.
func goodClaims() map[string]any {
	return map[string]any{"iss": issuerURL, "sub": "ada", "aud": "api", "iat": now, "exp": now + 3600, "scope": "read write"}
}

// issuerOf accepts these keys' algorithms for the audience "api".
func issuerOf(tb testing.TB, signers ...*signer) jwtverify.Issuer {
	tb.Helper()
	i := jwtverify.Issuer{URL: issuerURL, Audiences: []string{"api"}}
	var jwks []map[string]any
	for _, s := range signers {
		i.Algorithms = append(i.Algorithms, s.alg)
		jwks = append(jwks, s.jwk())
	}
	i.JWKS = keySet(tb, jwks...)
	return i
}

// configOf is a Config for requests that come from no gateway.
func configOf(issuers ...jwtverify.Issuer) jwtverify.Config {
	return jwtverify.Config{Issuers: issuers, Binding: jwtverify.BindingNone}
}

func newVerifier(tb testing.TB, c jwtverify.Config) *jwtverify.Verifier {
	tb.Helper()
	v, err := jwtverify.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func request(authorization ...string) *http.Request {
	r := httptest.NewRequest("GET", "/", nil)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	return r
}

// identify asks for the caller with this bearer token.
func identify(v *jwtverify.Verifier, token string) (*claims.Identity, error) {
	return v.Identify(request("Bearer " + token))
}

// answer is what a Guard would answer because of err, 0 and "" for none.
func answer(tb testing.TB, err error) (status int, code string) {
	tb.Helper()
	if err == nil {
		return 0, ""
	}
	var refusal *authz.Error
	if !errors.As(err, &refusal) {
		tb.Fatalf("error %v is no *authz.Error", err)
	}
	return refusal.Status, refusal.Code
}

// wantInvalid fails unless the token was refused for being invalid, in words
// that hold none of it.
func wantInvalid(t *testing.T, token string, id *claims.Identity, err error) {
	t.Helper()
	status, code := answer(t, err)
	if id != nil || status != http.StatusUnauthorized || code != "invalid_token" || !errors.Is(err, jwtverify.ErrInvalidToken) {
		t.Fatalf("identity %v, error %v; want 401 invalid_token", id, err)
	}
	for part := range strings.SplitSeq(token, ".") {
		if len(part) > 3 && strings.Contains(err.Error(), part) {
			t.Errorf("error %q quotes the token", err)
		}
	}
}

func TestEveryAlgorithm(t *testing.T) {
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			s, other := newSigner(t, "k", alg), newSigner(t, "k", alg)
			if _, ok := s.private.(*rsa.PrivateKey); ok {
				other.private = rsaSigner(t, "k").private
			}
			id, err := identify(newVerifier(t, configOf(issuerOf(t, s))), s.token(t, goodClaims()))
			if err != nil || id == nil || id.Subject != "ada" || id.Source != claims.Verified {
				t.Fatalf("identity %+v, error %v", id, err)
			}
			_, err = identify(newVerifier(t, configOf(issuerOf(t, s))), other.token(t, goodClaims()))
			if !errors.Is(err, jwtverify.ErrInvalidToken) {
				t.Errorf("another key's signature: error %v", err)
			}
		})
	}
}

func TestIdentityKeepsTypes(t *testing.T) {
	s := rsaSigner(t, "k")
	token := s.token(t, with(goodClaims(), map[string]any{
		"cognito:groups": []string{"a b", "c"}, "email_verified": true, "score": 0.5, "jti": "1", "client_id": "app", "nothing": nil,
	}))
	id, err := identify(newVerifier(t, configOf(issuerOf(t, s))), token)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := id.List("cognito:groups")
	if err != nil || len(groups) != 2 || groups[0] != "a b" {
		t.Errorf("groups %q, error %v", groups, err)
	}
	if verified, _ := id.Claim("email_verified"); verified != true {
		t.Errorf("email_verified %v, want true", verified)
	}
	if !id.HasScope("write") || id.ClientID != "app" || id.ID != "1" || id.Issuer != issuerURL || id.Expiry.IsZero() {
		t.Errorf("got %+v", id)
	}
}

func TestAuthorization(t *testing.T) {
	s := rsaSigner(t, "k")
	v := newVerifier(t, configOf(issuerOf(t, s)))
	token := s.token(t, goodClaims())
	part := strings.Split(token, ".")
	flattened := fmt.Sprintf(`{"payload":%q,"protected":%q,"signature":%q}`, part[1], part[0], part[2])
	general := fmt.Sprintf(`{"payload":%q,"signatures":[{"protected":%q,"signature":%q}]}`, part[1], part[0], part[2])
	const nobody, ada = "", "ada"
	for _, row := range []struct {
		name   string
		values []string
		who    string
		status int
		code   string
	}{
		{"none", nil, nobody, 0, ""},
		{"empty", []string{""}, nobody, 0, ""},
		{"blank", []string{"  "}, nobody, 0, ""},
		{"bearer", []string{"Bearer " + token}, ada, 0, ""},
		{"the scheme in another case", []string{"bEARER " + token}, ada, 0, ""},
		{"several blanks", []string{" Bearer   " + token + " "}, ada, 0, ""},
		{"bare", []string{token}, ada, 0, ""},
		{"another scheme", []string{"Basic " + token}, nobody, 0, ""},
		{"another scheme with parameters", []string{`Digest username="a", realm="b"`}, nobody, 0, ""},
		{"the scheme alone", []string{"Bearer"}, nobody, 401, "invalid_token"},
		{"a bare word that is no token", []string{"hello"}, nobody, 401, "invalid_token"},
		{"two tokens after the scheme", []string{"Bearer " + token + " " + token}, nobody, 401, "invalid_token"},
		{"two lines", []string{"Bearer " + token, "Bearer " + token}, nobody, 400, "invalid_request"},
		{"two lines, one of another scheme", []string{"Basic YTpi", "Bearer " + token}, nobody, 400, "invalid_request"},
		{"two empty lines", []string{"", ""}, nobody, 400, "invalid_request"},
		{"joined by a comma", []string{"Bearer " + token + ",Bearer " + token}, nobody, 400, "invalid_request"},
		{"joined by a comma behind another scheme", []string{"Basic YTpi, Bearer " + token}, nobody, 400, "invalid_request"},
		{"JWS JSON serialization, flattened", []string{"Bearer " + flattened}, nobody, 400, "invalid_request"},
		{"JWS JSON serialization, general", []string{"Bearer " + general}, nobody, 400, "invalid_request"},
		{"bare, joined by a comma", []string{token + "," + token}, nobody, 400, "invalid_request"},
	} {
		t.Run(row.name, func(t *testing.T) {
			id, err := v.Identify(request(row.values...))
			status, code := answer(t, err)
			who := ""
			if id != nil {
				who = id.Subject
			}
			if who != row.who || status != row.status || code != row.code {
				t.Errorf("caller %q, %d %q; want %q, %d %q", who, status, code, row.who, row.status, row.code)
			}
			// The Guard that Identify is for counts credentials in the same way.
			g := &authz.Guard{Identifier: v}
			_, err = g.Check(request(row.values...), authz.Authenticated())
			if got, _ := answer(t, err); (got == 400) != (row.status == 400) || (got == 0) != (row.who == ada) {
				t.Errorf("the Guard answers %d", got)
			}
		})
	}
}

func TestSeveralIssuers(t *testing.T) {
	a, b := rsaSigner(t, "k"), newSigner(t, "k", "RS256")
	issuerA, issuerB := issuerOf(t, a), issuerOf(t, b)
	issuerB.URL, issuerB.Audiences = "https://b.example", []string{"b"}
	v := newVerifier(t, configOf(issuerA, issuerB))
	claimsB := with(goodClaims(), map[string]any{"iss": issuerB.URL, "aud": "b"})

	for name, token := range map[string]string{"a": a.token(t, goodClaims()), "b": b.token(t, claimsB)} {
		if id, err := identify(v, token); id == nil {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for name, token := range map[string]string{
		"key of b under a":      b.token(t, goodClaims()),
		"key of a under b":      a.token(t, claimsB),
		"audience of b under a": a.token(t, with(goodClaims(), map[string]any{"aud": "b"})),
	} {
		t.Run(name, func(t *testing.T) {
			id, err := identify(v, token)
			wantInvalid(t, token, id, err)
		})
	}
}
