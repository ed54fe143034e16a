package apigateway

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// gate is what a route asks for.
type gate struct {
	auth       Auth
	authorizer string
	scopes     []string // any one of them; empty: any valid token
}

// maxScopes is how many scopes a route takes ("Quotas for configuring and running
// an HTTP API in API Gateway").
const maxScopes = 10

// sameAuthorizer reports whether requests that meet both gates can share a route.
func (g gate) sameAuthorizer(h gate) bool {
	return g.auth == h.auth && g.authorizer == h.authorizer
}

// join returns the weaker of two gates of the same authorizer: what admits
// everybody whom either admits.
func (g gate) join(h gate) gate {
	if len(g.scopes) == 0 || len(h.scopes) == 0 {
		g.scopes = nil
		return g
	}
	g.scopes = slices.Concat(g.scopes, h.scopes)
	slices.Sort(g.scopes)
	g.scopes = slices.Compact(g.scopes)
	if len(g.scopes) > maxScopes {
		g.scopes = nil
	}
	return g
}

// asksMore reports whether g may refuse a caller who meets h.
func (g gate) asksMore(h gate) bool {
	if len(g.scopes) == 0 {
		return g.auth == CognitoUserPools && len(h.scopes) > 0 // for an ID token instead
	}
	return len(h.scopes) == 0 || slices.ContainsFunc(h.scopes, func(s string) bool { return !slices.Contains(g.scopes, s) })
}

func (g gate) String() string {
	text := string(g.auth)
	if g.authorizer != "" {
		text += " (" + g.authorizer + ")"
	}
	if len(g.scopes) > 0 {
		text += " with " + strings.Join(g.scopes, " or ")
	}
	return text
}

// terms are what turns the gates of a policy into those of one kind of API.
type terms struct {
	kind       Kind
	trust      claims.Trust
	authorizer string   // of rules that name no issuer
	report     bool     // the policy has a report date
	stand      []string // on a Cognito authorizer: the scopes that stand for any token
}

// auths are the authorizers that vouch for a source on each kind of API; a source
// that is not listed never comes through such an API. A client certificate is
// looked at before any route, which must then be open. What a program verifies
// itself the gateway's JWT authorizer can check first.
var auths = map[Kind]map[claims.Source]Auth{
	HTTPAPI: {
		claims.JWT: JWT, claims.Verified: JWT, claims.LambdaAuthorizer: Custom,
		claims.SigV4: IAM, claims.ClientCertificate: None,
	},
	RESTAPI: {
		claims.Cognito: CognitoUserPools, claims.NativeJWT: JWT, claims.Verified: CognitoUserPools,
		claims.LambdaAuthorizer: Custom, claims.SigV4: IAM, claims.ClientCertificate: None,
	},
}

// of returns the gate of a rule, and the problem if no route can have it; the
// gate then asks for what comes closest.
func (t terms) of(rule authz.Rule) (gate, *Problem) {
	if rule.Gate.Public {
		return gate{auth: None}, nil
	}
	g, problem := t.authorize(rule)
	if g.auth != JWT && g.auth != CognitoUserPools {
		return g, problem
	}
	if !t.report && len(rule.Gate.Scopes) <= maxScopes && t.looksForScopes() {
		g.scopes = slices.Sorted(slices.Values(rule.Gate.Scopes))
		g.scopes = slices.Compact(g.scopes)
	}
	return g, problem
}

// looksForScopes reports whether the gateway looks for scopes where the function
// does: an authorizer reads scope or scp, no other claim.
func (t terms) looksForScopes() bool {
	switch t.trust.ScopeClaim {
	case "", "scope", "scp":
		return true
	}
	return false
}

func (t terms) authorize(rule authz.Rule) (gate, *Problem) {
	kinds := t.kinds(rule.Gate)
	switch {
	case len(kinds) == 0:
		return t.floor(), &Problem{
			Rule: name(rule),
			What: fmt.Sprintf("none of the sources it admits comes through an authorizer of a %v, so that its callers cannot get in", t.kind),
			Cure: "list another source in claims.Config.Sources, or plan for the other kind of API",
		}
	case len(kinds) > 1:
		return t.floor(), &Problem{
			Rule: name(rule),
			What: "it admits callers of several kinds of authorizer (" + join(kinds) + "), and a route has one",
			Cure: "give each kind of caller a path of its own whose rule names its claims.Source with authz.Source",
		}
	case kinds[0] != JWT && kinds[0] != CognitoUserPools:
		return gate{auth: kinds[0]}, nil
	}
	g := gate{auth: kinds[0], authorizer: rule.Gate.Issuer}
	if g.authorizer != "" {
		return g, nil
	}
	g.authorizer = t.authorizer
	issuers := t.issuers()
	if len(issuers) < 2 {
		return g, nil
	}
	return g, &Problem{
		Rule: name(rule),
		What: fmt.Sprintf("it admits tokens of %d issuers, a route has one authorizer and an authorizer one issuer: the tokens of all others would be refused", len(issuers)),
		Cure: "name the issuer with authz.Issuer on a prefix of its own for each, or use a Lambda authorizer, or an open route and jwtverify",
	}
}

// issuers are those whose tokens the function takes.
func (t terms) issuers() []string {
	all := slices.Concat(t.trust.Issuers, slices.Collect(maps.Values(t.trust.IssuerNames)))
	slices.Sort(all)
	return slices.Compact(all)
}

// kinds returns the authorizers that may have vouched for a caller whom the rule
// admits. Only tokens and Lambda authorizers carry scopes.
func (t terms) kinds(g authz.Gate) []Auth {
	sources := g.Sources
	if len(sources) == 0 {
		sources = t.trust.Sources
	}
	var kinds []Auth
	for _, s := range sources {
		kind, ok := auths[t.kind][s]
		if kind == CognitoUserPools && s == claims.Verified && !t.pools() {
			kind = JWT
		}
		if !ok || !slices.Contains(t.trust.Sources, s) || slices.Contains(kinds, kind) {
			continue
		}
		if (kind == IAM || kind == None) && len(g.Scopes)+len(g.Issuer) > 0 {
			continue
		}
		kinds = append(kinds, kind)
	}
	if len(kinds) == 2 && slices.Contains(kinds, JWT) && slices.Contains(kinds, CognitoUserPools) {
		if t.pools() {
			return []Auth{CognitoUserPools} // both take the same tokens; this one needs no audience
		}
		return []Auth{JWT}
	}
	return kinds
}

// pools reports whether the issuers may be user pools: a Cognito authorizer takes no
// other's tokens. Issuers of a laptop and placeholders may stand for pools.
func (t terms) pools() bool {
	return !slices.ContainsFunc(t.issuers(), func(issuer string) bool {
		return strings.HasPrefix(issuer, "https://") && !strings.HasPrefix(issuer, "https://cognito-idp.") && !isPlaceholder(issuer)
	})
}

// isPlaceholder reports whether an issuer's name says that it is none: it ends in
// .invalid (RFC 2606 section 2).
func isPlaceholder(issuer string) bool {
	return strings.HasSuffix(strings.TrimRight(issuer, "/"), ".invalid")
}

// floor is the gate of unknown routes: whatever most callers can show.
func (t terms) floor() gate {
	for _, kind := range t.kinds(authz.Gate{}) {
		switch kind {
		case JWT, CognitoUserPools:
			return gate{auth: kind, authorizer: t.authorizer, scopes: t.stand}
		}
	}
	for _, kind := range t.kinds(authz.Gate{}) {
		return gate{auth: kind}
	}
	return gate{auth: IAM} // nobody is known, so nobody should get in
}

// newTerms finds the authorizer of rules that name no issuer.
func newTerms(policy authz.Policy, opts Options) (terms, error) {
	t := terms{kind: opts.Kind, trust: policy.Trust, authorizer: opts.Authorizer, report: !policy.ReportUntil.IsZero()}
	names := slices.Sorted(maps.Keys(policy.Trust.IssuerNames))
	for _, name := range addNew(slices.Clone(names), cmp.Or(opts.Authorizer, "default")) {
		if !nameOfIssuer.MatchString(name) || name == schemeIAM || name == schemeCustom {
			return t, fmt.Errorf("apigateway: claims.Config.IssuerNames: %q cannot name an authorizer; use letters, digits, dots, dashes and underscores, and neither %s nor %s", name, schemeIAM, schemeCustom)
		}
	}
	if t.authorizer == "" && len(names) == 1 {
		t.authorizer = names[0]
	}
	if t.authorizer == "" && len(names) > 1 {
		return t, fmt.Errorf("apigateway: Options.Authorizer: the policy has %d issuers (%s); name the one whose tokens are asked for where no rule decides", len(names), strings.Join(names, ", "))
	}
	if t.authorizer != "" && len(names) > 0 && !slices.Contains(names, t.authorizer) {
		return t, fmt.Errorf("apigateway: Options.Authorizer: %q is not in claims.Config.IssuerNames", t.authorizer)
	}
	return t, nil
}

// name is a rule's method, if any, and pattern.
func name(rule authz.Rule) string {
	return strings.TrimSpace(rule.Method + " " + rule.Pattern)
}

func join(kinds []Auth) string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return strings.Join(texts, ", ")
}
