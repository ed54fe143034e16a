package jwtverify_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// found collects findings.
type found []jwtverify.Finding

func boundVerifier(tb testing.TB, s *signer, b jwtverify.Binding) (*jwtverify.Verifier, *found) {
	tb.Helper()
	findings := new(found)
	c := configOf(issuerOf(tb, s))
	c.Binding = b
	c.OnFinding = func(_ *http.Request, f jwtverify.Finding) { *findings = append(*findings, f) }
	return newVerifier(tb, c), findings
}

// tokenClaims have one of every kind.
func tokenClaims() map[string]any {
	return with(goodClaims(), map[string]any{
		"exp": now + 3600, "iat": now - 60, "auth_time": now - 60, "jti": "1", "client_id": "app", "token_use": "access",
		"cognito:groups": []string{"admin", "poweruser"}, "groups": []string{"x"}, "email_verified": true, "version": int64(2), "name": "Ada",
	})
}

func TestBindingHolds(t *testing.T) {
	s := rsaSigner(t, "k")
	token := s.token(t, tokenClaims())
	for _, f := range fronts {
		t.Run(f.name, func(t *testing.T) {
			v, findings := boundVerifier(t, s, jwtverify.BindingRequired)
			id, err := v.Identify(f.request(t, tokenClaims(), token))
			if err != nil || id.Source != claims.Verified || len(*findings) != 0 {
				t.Fatalf("identity %v, error %v, findings %+v", id, err, *findings)
			}
			if groups, err := id.List("cognito:groups"); len(groups) != 2 || err != nil {
				t.Errorf("groups %q, error %v: want those of the token", groups, err)
			}
			if id, err := v.Identify(f.request(t, nil, "")); id != nil || err != nil {
				t.Errorf("neither token nor claims: identity %v, error %v", id, err)
			}
		})
	}
}

func TestBindingFinds(t *testing.T) {
	s := rsaSigner(t, "k")
	token := s.token(t, tokenClaims())
	for _, f := range fronts {
		for name, row := range map[string]struct {
			members map[string]any
			counts  bool
		}{
			"iss":            {map[string]any{"iss": "https://other.example"}, true},
			"sub":            {map[string]any{"sub": "bob"}, true},
			"aud":            {map[string]any{"aud": "other"}, true},
			"client_id":      {map[string]any{"client_id": "other"}, true},
			"exp":            {map[string]any{"exp": now + 7200}, true},
			"iat":            {map[string]any{"iat": now - 61}, true},
			"jti":            {map[string]any{"jti": "2"}, true},
			"scope":          {map[string]any{"scope": "read write admin"}, true},
			"scp":            {map[string]any{"scp": "admin"}, true},
			"token_use":      {map[string]any{"token_use": "id"}, true},
			"cognito:groups": {map[string]any{"cognito:groups": []string{"admin"}}, true},
			"groups":         {map[string]any{"groups": []string{"root"}}, true},
			"name":           {map[string]any{"name": "Bob"}, false},
			"more":           {map[string]any{"role": "admin"}, false},
			"no jti":         {map[string]any{"jti": nil}, true},
			"no iat":         {map[string]any{"iat": nil}, true},
			"no name":        {map[string]any{"name": nil}, false},
		} {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				v, findings := boundVerifier(t, s, jwtverify.BindingRequired)
				id, err := v.Identify(f.request(t, with(tokenClaims(), row.members), token))
				if (err != nil) != row.counts || (id == nil) != row.counts {
					t.Fatalf("identity %v, error %v", id, err)
				}
				if status, code := answer(t, err); row.counts && (status != 401 || code != "invalid_token" || !errors.Is(err, jwtverify.ErrBinding)) {
					t.Errorf("error %v, want 401 invalid_token", err)
				}
				var want []string
				for claim := range row.members {
					want = append(want, claim)
				}
				if len(*findings) != 1 {
					t.Fatalf("findings %+v, want one", *findings)
				}
				got := (*findings)[0]
				if diff := cmp.Diff(want, got.Claims); diff != "" || got.Refused != row.counts || (got.Err != nil) != row.counts {
					t.Errorf("finding %+v; claims -want +got:\n%s", got, diff)
				}
				if row.counts && !slices.ContainsFunc(want, func(name string) bool { return strings.Contains(got.Err.Error(), name) }) {
					t.Errorf("error %q names none of %q", got.Err, want)
				}
			})
		}
	}
}

// Whether an authorizer pads the day of the month by a zero or by a blank makes
// no difference.
func TestBindingOnTheFifthOfAMonth(t *testing.T) {
	s := rsaSigner(t, "k")
	now := time.Date(2027, time.January, 5, 12, 0, 0, 0, time.UTC)
	v := verifierAt(t, s, now, func(c *jwtverify.Config) { c.Binding = jwtverify.BindingRequired })
	said := with(tokenClaims(), map[string]any{"exp": now.Unix() + 3600, "iat": now.Unix(), "auth_time": now.Unix()})
	for _, f := range fronts {
		if id, err := v.Identify(f.request(t, said, s.token(t, said))); id == nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

func TestTokenAndGatewayGoTogether(t *testing.T) {
	s := rsaSigner(t, "k")
	token := s.token(t, tokenClaims())
	lambda := strings.Replace(fronts[0].event, `"jwt":{"claims":CLAIMS,"scopes":null}`, `"lambda":{"sub":"ada"}`, 1)
	twice := strings.Replace(fronts[0].event, `"jwt":{"claims":CLAIMS,"scopes":null}`, `"jwt":{"claims":{"sub":"ada","sub":"bob"}}`, 1)
	for _, row := range []struct {
		name    string
		request *http.Request
		code    string
	}{
		{"a token, no event", request("Bearer " + token), "invalid_token"},
		{"a token, no authorizer", fronts[0].request(t, nil, token), "invalid_token"},
		{"a token, a Lambda authorizer", eventRequest(t, lambda, token), "invalid_token"},
		{"a token, malformed claims", eventRequest(t, twice, token), "invalid_token"},
		{"claims, no token", fronts[0].request(t, tokenClaims(), ""), ""},
		{"malformed claims, no token", eventRequest(t, twice, ""), ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			v, findings := boundVerifier(t, s, jwtverify.BindingRequired)
			id, err := v.Identify(row.request)
			status, code := answer(t, err)
			if id != nil || status != 401 || code != row.code || !errors.Is(err, jwtverify.ErrBinding) {
				t.Errorf("identity %v, error %v; want 401 %q", id, err, row.code)
			}
			if len(*findings) != 1 || !(*findings)[0].Refused || (*findings)[0].Claims != nil {
				t.Errorf("findings %+v", *findings)
			}

			reporting, findings := boundVerifier(t, s, jwtverify.BindingReported)
			_, err = reporting.Identify(row.request)
			if err != nil || len(*findings) != 1 || (*findings)[0].Refused || (*findings)[0].Err == nil {
				t.Errorf("reported only: error %v, findings %+v", err, *findings)
			}

			loose, findings := boundVerifier(t, s, jwtverify.BindingNone)
			id, err = loose.Identify(row.request)
			if err != nil || len(*findings) != 0 || (id == nil) != (row.code == "") {
				t.Errorf("no binding: identity %v, error %v, findings %+v", id, err, *findings)
			}
		})
	}
}

// An event that its invoker's Cognito identity shows to be a client's own does
// not vouch for the token in it.
func TestInvokersOwnEvent(t *testing.T) {
	s := rsaSigner(t, "k")
	v, _ := boundVerifier(t, s, jwtverify.BindingRequired)
	r := fronts[0].request(t, tokenClaims(), s.token(t, tokenClaims()))
	r = r.WithContext(lambdacontext.NewContext(r.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:1"},
	}))
	if id, err := v.Identify(r); id != nil || !errors.Is(err, jwtverify.ErrBinding) {
		t.Errorf("identity %v, error %v", id, err)
	}
}

// The gateway's word is no substitute for a token that does not pass.
func TestNoFallBack(t *testing.T) {
	s := rsaSigner(t, "k")
	for _, b := range []jwtverify.Binding{jwtverify.BindingRequired, jwtverify.BindingReported, jwtverify.BindingNone} {
		v, _ := boundVerifier(t, s, b)
		expired := with(tokenClaims(), map[string]any{"exp": time.Now().Unix() - 3600})
		token := s.token(t, expired)
		id, err := v.Identify(fronts[0].request(t, tokenClaims(), token))
		wantInvalid(t, token, id, err)
		if id, _ := v.Identify(fronts[0].request(t, tokenClaims(), "")); id != nil {
			t.Errorf("binding %v: identity %v without a token", b, id)
		}
	}
}

// A finding refuses everywhere but on Public routes, where it makes the caller
// nobody.
func TestFindingsBehindAGuard(t *testing.T) {
	s := rsaSigner(t, "k")
	v, _ := boundVerifier(t, s, jwtverify.BindingRequired)
	g := &authz.Guard{Identifier: v}
	r := fronts[0].request(t, with(tokenClaims(), map[string]any{"sub": "bob"}), s.token(t, tokenClaims()))
	if got, err := g.Check(r, authz.Public()); err != nil {
		t.Errorf("public: error %v", err)
	} else if id, ok := claims.FromContext(got.Context()); ok {
		t.Errorf("public: identity of %q, want nobody", id.Subject)
	}
	if _, err := g.Check(r, authz.Authenticated()); !errors.Is(err, jwtverify.ErrBinding) {
		t.Errorf("authenticated: error %v", err)
	}
	r = fronts[0].request(t, tokenClaims(), s.token(t, tokenClaims()))
	if got, err := g.Check(r, authz.Scope("write")); err != nil {
		t.Errorf("scope: error %v", err)
	} else if _, ok := claims.FromContext(got.Context()); !ok {
		t.Error("scope: nobody, want the token's subject")
	}
}

func TestBindingString(t *testing.T) {
	for b, want := range map[jwtverify.Binding]string{
		jwtverify.BindingRequired: "required", jwtverify.BindingReported: "reported", jwtverify.BindingNone: "none", 9: "Binding(9)",
	} {
		if got := b.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
