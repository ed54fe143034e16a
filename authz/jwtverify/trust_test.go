package jwtverify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

var _ authz.Identifier = (*jwtverify.Verifier)(nil)

func TestTrust(t *testing.T) {
	pool := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh")
	pool.Audiences = []string{"https://notes.example.com"}
	rules := claims.MustNew(claims.Config{
		Issuers:     []string{pool.URL, issuerURL},
		IssuerNames: map[string]string{"staff": issuerURL},
		APIs:        []string{"a1b2c3d4"},
		ScopeClaim:  "permissions",
	})
	v := newVerifier(t, jwtverify.Config{
		Issuers: []jwtverify.Issuer{pool, jwtverify.OIDC(issuerURL, "https://notes.example.com")},
		Claims:  rules,
	})
	want := claims.Trust{
		Sources:     []claims.Source{claims.Verified},
		Issuers:     []string{pool.URL, issuerURL},
		Audiences:   []string{"7abc1d2ef3gh", "https://notes.example.com"},
		APIs:        []string{"a1b2c3d4"},
		IssuerNames: map[string]string{"staff": issuerURL},
		ScopeClaim:  "permissions",
		Reads:       []string{"header Authorization", "event requestContext.authorizer"},
	}
	if diff := cmp.Diff(want, v.Trust()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	text := "verified token; issuer " + pool.URL + ", " + issuerURL + " (staff); audience 7abc1d2ef3gh, https://notes.example.com; API a1b2c3d4; binding required"
	if got := v.String(); got != text {
		t.Errorf("%q, want %q", got, text)
	}

	v = newVerifier(t, configOf(jwtverify.OIDC(issuerURL, "api")))
	want = claims.Trust{
		Sources:   []claims.Source{claims.Verified},
		Issuers:   []string{issuerURL},
		Audiences: []string{"api"},
		Reads:     []string{"header Authorization"},
	}
	if diff := cmp.Diff(want, v.Trust()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A nil Verifier knows nobody, and a Guard does not begin to work with one.
func TestNilVerifier(t *testing.T) {
	var v *jwtverify.Verifier
	id, err := v.Identify(request("Bearer " + rsaSigner(t, "k").token(t, goodClaims())))
	if id != nil || err != nil {
		t.Errorf("identity %v, error %v", id, err)
	}
	if diff := cmp.Diff(claims.Trust{}, v.Trust()); diff != "" || v.String() != "nobody" || v.Preload(t.Context()) != nil {
		t.Errorf("%q; -want +got:\n%s", v, diff)
	}
	defer func() {
		if recover() == nil {
			t.Error("a Mux was made with a nil Verifier")
		}
	}()
	authz.NewMux(&authz.Guard{Identifier: v})
}
