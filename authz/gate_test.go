package authz_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// scopes returns n scopes with a prefix.
func scopes(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(prefix, i)
	}
	return names
}

// pairs returns Any of n requirements of two scopes each: 2^n clauses.
func pairs(n int) authz.Requirement {
	each := make([]authz.Requirement, n)
	for i := range each {
		each[i] = authz.AllScopes(fmt.Sprint("a", i), fmt.Sprint("b", i))
	}
	return authz.Any(each...)
}

func TestGate(t *testing.T) {
	a, b, c := authz.Scope("a"), authz.Scope("b"), authz.Scope("c")
	groups, claim := authz.Groups("g"), authz.Claim("tenant", "x")
	fn := authz.Func("f", func(*http.Request, *claims.Identity) error { return nil })
	iam, jwt := authz.Source(claims.SigV4), authz.Source(claims.JWT, claims.Verified)
	staff, guests := authz.Issuer("staff"), authz.Issuer("guests")
	anyToken := authz.Gate{}
	tests := []struct {
		name string
		req  authz.Requirement
		want authz.Gate
	}{
		{"public", authz.Public(), authz.Gate{Public: true}},
		{"authenticated", authz.Authenticated(), anyToken},
		{"a scope", a, authz.Gate{Scopes: []string{"a"}}},
		{"all of two", authz.AllScopes("a", "b"), authz.Gate{Scopes: []string{"a"}}},
		{"any of two", authz.AnyScope("a", "b"), authz.Gate{Scopes: []string{"a", "b"}}},
		{"any of two, and a third", authz.All(authz.AnyScope("a", "b"), c), authz.Gate{Scopes: []string{"c"}}},
		{"a group and a scope", authz.All(groups, c), authz.Gate{Scopes: []string{"c"}}},
		{"a scope or a group", authz.Any(a, groups), anyToken},
		{"a scope or authenticated", authz.Any(a, authz.Authenticated()), anyToken},
		{"a scope and authenticated", authz.All(a, authz.Authenticated()), authz.Gate{Scopes: []string{"a"}}},
		{"a Func", fn, anyToken},
		{"groups", groups, anyToken},
		{"a claim", claim, anyToken},
		{"a claim path", authz.ClaimPath([]string{"x", "y"}, "z"), anyToken},
		{"a token use", authz.TokenUse("access"), anyToken},
		{"an access token", authz.AccessToken(), anyToken},
		{"somebody's own requirement", strict{t}, anyToken},
		{"both of two, or a third", authz.Any(authz.All(a, b), c), authz.Gate{Scopes: []string{"a", "c"}}},
		{"a scope that is in both", authz.Any(authz.All(a, b), authz.All(a, c)), authz.Gate{Scopes: []string{"a"}}},
		{"a Func beside each scope", authz.Any(authz.All(a, fn), authz.All(b, fn)), authz.Gate{Scopes: []string{"a", "b"}}},
		{"a scope three deep", authz.All(fn, authz.All(groups, authz.All(claim, a))), authz.Gate{Scopes: []string{"a"}}},

		{"an issuer", staff, authz.Gate{Issuer: "staff"}},
		{"an issuer and a scope", authz.All(staff, a), authz.Gate{Issuer: "staff", Scopes: []string{"a"}}},
		{"an issuer or a scope", authz.Any(staff, a), anyToken},
		{"one of two issuers", authz.Any(staff, guests), anyToken},
		{"an issuer beside each scope", authz.Any(authz.All(staff, a), authz.All(staff, b)), authz.Gate{Issuer: "staff", Scopes: []string{"a", "b"}}},
		{"an issuer beside each scope, each its own", authz.Any(authz.All(staff, a), authz.All(guests, b)), authz.Gate{Scopes: []string{"a", "b"}}},

		{"a source", iam, authz.Gate{Sources: []claims.Source{claims.SigV4}}},
		{"one of two sources", jwt, authz.Gate{Sources: []claims.Source{claims.JWT, claims.Verified}}},
		{"one source of these or another", authz.Any(jwt, iam), authz.Gate{Sources: []claims.Source{claims.JWT, claims.Verified, claims.SigV4}}},
		{"a source and a scope", authz.All(iam, a), authz.Gate{Sources: []claims.Source{claims.SigV4}, Scopes: []string{"a"}}},
		{"a source or a scope", authz.Any(iam, a), anyToken},

		{"ten scopes", authz.AnyScope(scopes("s", 10)...), authz.Gate{Scopes: scopes("s", 10)}},
		{"eleven scopes", authz.AnyScope(scopes("s", 11)...), anyToken},
		{"eleven scopes, one of them twice", authz.AnyScope(append(scopes("s", 10), "s3")...), authz.Gate{Scopes: scopes("s", 10)}},
		{"eleven scopes, and one", authz.All(authz.AnyScope(scopes("s", 11)...), a), authz.Gate{Scopes: []string{"a"}}},
		{"64 clauses", pairs(6), authz.Gate{Scopes: []string{"a0", "a1", "a2", "a3", "a4", "a5"}}},
		{"128 clauses", pairs(7), anyToken},
		{"128 clauses, and one", authz.All(pairs(7), a), anyToken},
		{"64 clauses, and one", authz.All(pairs(6), a), anyToken},
	}
	g := &authz.Guard{Identifier: naming(map[string]string{"staff": "https://staff.example", "guests": "https://guests.example"})}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := g.Rule("GET", "/x", test.req)
			want := authz.Rule{Method: "GET", Pattern: "/x", Requirement: test.req.String(), Gate: test.want, ByIdentity: got.ByIdentity, Claims: got.Claims}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("rule (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRuleClaims(t *testing.T) {
	g := &authz.Guard{Every: authz.Claim("tenant", "t1")}
	req := authz.All(authz.Scope("a"), authz.Any(authz.Groups("g"), authz.ClaimPath([]string{"realm_access", "roles"}, "r")),
		authz.Claim("tenant", "t2"), authz.TokenUse("access"))
	want := []string{"cognito:groups", "realm_access", "tenant"}
	if diff := cmp.Diff(want, g.Rule("GET", "/x", req).Claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	if got := g.Rule("GET", "/x", authz.Public()).Claims; got != nil {
		t.Errorf("a public rule looks at %q", got)
	}
}

func TestRuleByIdentity(t *testing.T) {
	owner := authz.Func("owner", func(*http.Request, *claims.Identity) error { return nil })
	for _, test := range []struct {
		every, req authz.Requirement
		want       bool
	}{
		{nil, authz.Public(), true},
		{nil, authz.Authenticated(), true},
		{nil, authz.Scope("a"), true},
		{nil, authz.All(authz.Scope("a"), authz.Any(authz.Groups("g"), authz.AccessToken())), true},
		{nil, owner, false},
		{nil, authz.All(authz.Scope("a"), authz.Any(authz.Groups("g"), owner)), false},
		{authz.AccessToken(), authz.Scope("a"), true},
		{owner, authz.Scope("a"), false},
		{owner, authz.Public(), true}, // Every is not asked
	} {
		g := &authz.Guard{Every: test.every}
		if got := g.Rule("GET", "/x", test.req).ByIdentity; got != test.want {
			t.Errorf("every %v, %v: %t, want %t", test.every, test.req, got, test.want)
		}
	}
}

// naming is an Identifier that trusts issuers by these names.
func naming(issuers map[string]string) authz.Identifier {
	return trusting(claims.Trust{Sources: []claims.Source{claims.JWT}, IssuerNames: issuers})
}

func trusting(trust claims.Trust) authz.Identifier {
	return authz.IdentifierFunc("test", trust, func(*http.Request) (*claims.Identity, error) { return nil, nil })
}

// What the Guard itself adds to a rule's Gate, or takes from it.
func TestGateOfTheGuard(t *testing.T) {
	a := authz.Scope("a")
	known := trusting(claims.Trust{})
	told := func(*http.Request, authz.Decision) {}
	tests := []struct {
		name  string
		guard *authz.Guard
		req   authz.Requirement
		want  authz.Gate
	}{
		{"Every, where the rule has no scope", &authz.Guard{Identifier: known, Every: authz.Scope("api")}, authz.Authenticated(), authz.Gate{Scopes: []string{"api"}}},
		{"Every beside as short a clause", &authz.Guard{Identifier: known, Every: authz.Scope("api")}, a, authz.Gate{Scopes: []string{"a"}}},
		{"Every that is shorter", &authz.Guard{Identifier: known, Every: authz.Scope("api")}, authz.AnyScope("a", "b"), authz.Gate{Scopes: []string{"api"}}},
		{"Every, where the rule is public", &authz.Guard{Identifier: known, Every: authz.Scope("api")}, authz.Public(), authz.Gate{Public: true}},
		{"Every that is a source", &authz.Guard{Identifier: known, Every: authz.Source(claims.JWT)}, a, authz.Gate{Scopes: []string{"a"}, Sources: []claims.Source{claims.JWT}}},
		{"Every beyond the limit", &authz.Guard{Identifier: known, Every: pairs(7)}, a, authz.Gate{}},
		{"Every and the rule beyond the limit together", &authz.Guard{Identifier: known, Every: pairs(6)}, a, authz.Gate{}},

		{"a report date to come", &authz.Guard{Identifier: known, OnDecision: told, ReportUntil: time.Now().Add(time.Hour)}, a, authz.Gate{}},
		{"a report date gone by", &authz.Guard{Identifier: known, OnDecision: told, ReportUntil: time.Unix(1, 0)}, a, authz.Gate{}},
		{"a source under a report date, enforced", &authz.Guard{Identifier: known, OnDecision: told, ReportUntil: time.Unix(1, 0)},
			authz.All(a, authz.Source(claims.JWT)), authz.Gate{Sources: []claims.Source{claims.JWT}}},

		{"scopes in scope", &authz.Guard{Identifier: trusting(claims.Trust{ScopeClaim: "scope"})}, a, authz.Gate{Scopes: []string{"a"}}},
		{"scopes in scp", &authz.Guard{Identifier: trusting(claims.Trust{ScopeClaim: "scp"})}, a, authz.Gate{Scopes: []string{"a"}}},
		{"scopes in another claim", &authz.Guard{Identifier: trusting(claims.Trust{ScopeClaim: "permissions"})}, a, authz.Gate{}},
		{"no Identifier, whose scope claim is unknown", &authz.Guard{}, a, authz.Gate{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.guard.Rule("", "/", test.req).Gate); diff != "" {
				t.Errorf("gate (-want +got):\n%s", diff)
			}
		})
	}
}
