package jwtverify_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Adding the Verifier to an API that had an Extractor must not widen anybody's
// rights: the rules for claims are the Extractor's.
func TestClaimRulesApplyToVerifiedTokens(t *testing.T) {
	s := rsaSigner(t, "k")
	rules := claims.Config{
		Issuers:      []string{issuerURL},
		IssuerNames:  map[string]string{"staff": issuerURL},
		ScopeClaim:   "permissions",
		SubjectClaim: "employee",
		Lists:        []string{"permissions"},
	}
	token := map[string]any{
		"sub": "ada", "employee": "4711", "scope": "read delete:users", "scp": "delete:users", "permissions": []string{"read"},
	}
	c := configOf(issuerOf(t, s))
	c.Claims = claims.MustNew(rules)
	unbound := newVerifier(t, c)
	rules.APIs = []string{"a"} // as in the events of fronts
	who := claims.MustNew(rules)
	c.Claims, c.Binding = who, jwtverify.BindingRequired
	bound := newVerifier(t, c)

	said := with(goodClaims(), token)
	for _, f := range fronts {
		r := f.request(t, said, s.token(t, said))
		for name, v := range map[string]authz.Identifier{"the gateway's claims": who, "verified": unbound, "verified and bound": bound} {
			id, err := v.Identify(r)
			if err != nil || id == nil {
				t.Fatalf("%s, %s: identity %v, error %v", f.name, name, id, err)
			}
			if id.Subject != "4711" || !slices.Equal(id.Scopes, []string{"read"}) || !id.IssuedBy("staff") {
				t.Errorf("%s, %s: subject %q, scopes %q, staff %t", f.name, name, id.Subject, id.Scopes, id.IssuedBy("staff"))
			}
		}
	}
}

// The pins of Claims hold for what the gateway says beside the token.
func TestPinsOfTheGateway(t *testing.T) {
	s := rsaSigner(t, "k")
	for api, ok := range map[string]bool{"a": true, "b": false} {
		c := configOf(issuerOf(t, s))
		c.Binding = jwtverify.BindingRequired
		c.Claims = claims.MustNew(claims.Config{Issuers: []string{issuerURL}, APIs: []string{api}})
		v := newVerifier(t, c)
		for _, f := range fronts {
			id, err := v.Identify(f.request(t, tokenClaims(), s.token(t, tokenClaims())))
			if (id != nil) != ok || !ok && !errors.Is(err, jwtverify.ErrBinding) {
				t.Errorf("%s, pinned to %s: identity %v, error %v", f.name, api, id, err)
			}
		}
	}
}
