package authz

import (
	"slices"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Gate is what a gateway can ask of a caller before it invokes the function. It
// never asks for more than the rule requires, and often for less. The zero Gate
// asks for any valid token.
type Gate struct {
	// Public reports that nothing may be asked: the rule admits everybody.
	Public bool
	// Scopes are a list of scopes; every admitted caller holds at least one of
	// them. Empty: no such list is known. There are at most ten, as many as a
	// route of an HTTP API takes
	// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
	Scopes []string
	// Sources are kinds of authorizer; every admitted caller came through one of
	// them. Empty: any that the Identifier accepts.
	Sources []claims.Source
	// Issuer is the logical name of the issuer that issued every admitted caller's
	// token, as in claims.Config.IssuerNames. Empty: any that the Identifier
	// accepts.
	Issuer string
}

// Rule returns the Rule of a route that requires req, with its Gate, for routers
// that keep their own list. method and pattern are only printed. It panics where
// Require does.
func (g *Guard) Rule(method, pattern string, req Requirement) Rule {
	g.mustBeRoute("Rule", req)
	return Rule{
		Method:      method,
		Pattern:     pattern,
		Requirement: req.String(),
		Gate:        g.gate(req),
		Claims:      g.claims(req),
		ByIdentity:  byIdentity(req) && (req == Public() || g.Every == nil || byIdentity(g.Every)),
	}
}

// claims returns the names of the claims that req and g.Every look at.
func (g *Guard) claims(req Requirement) []string {
	names := claimsOf(req)
	if g.Every != nil && req != Public() {
		names = append(names, claimsOf(g.Every)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func claimsOf(req Requirement) (names []string) {
	switch req := req.(type) {
	case *oneOf:
		if req.claim != "" {
			names = append(names, req.claim)
		}
	case *combination:
		for _, part := range req.parts {
			names = append(names, claimsOf(part)...)
		}
	}
	return names
}

// byIdentity reports whether req looks at nothing but the Identity.
func byIdentity(req Requirement) bool {
	switch req := req.(type) {
	case builtin:
		return true
	case *combination:
		return !slices.ContainsFunc(req.parts, func(part Requirement) bool { return !byIdentity(part) })
	}
	return false
}

// gate derives the strictest Gate that refuses nobody whom req and g.Every
// admit. In conjunctive normal form every clause must hold by itself, so any one
// of them may be asked for and the others dropped.
func (g *Guard) gate(req Requirement) Gate {
	if req == Public() {
		return Gate{Public: true}
	}
	all, ok := normalize(req)
	if g.Every != nil {
		every, okEvery := normalize(g.Every)
		all, ok = append(all, every...), ok && okEvery
	}
	if !ok || len(all) > maxClauses {
		return Gate{}
	}
	var gate Gate
	for _, a := range shortest(all, func(a atom) bool { return a.source != 0 }) {
		gate.Sources = append(gate.Sources, a.source)
	}
	if issuer := shortest(all, func(a atom) bool { return a.issuer != "" }); len(issuer) == 1 {
		gate.Issuer = issuer[0].issuer
	}
	if !g.scopesAreForTheGateway() {
		return gate
	}
	scopes := shortest(all, func(a atom) bool { return a.scope != "" })
	if len(scopes) > maxGateScopes {
		return gate
	}
	for _, a := range scopes {
		gate.Scopes = append(gate.Scopes, a.scope)
	}
	return gate
}

// scopesAreForTheGateway reports whether a gateway would look for scopes where
// this Guard does, and whether a missing one refuses. A report date counts
// whatever the clock says, so that a policy's Gates depend on the policy alone.
// Whose scopes a Guard without an Identifier sees is unknown.
func (g *Guard) scopesAreForTheGateway() bool {
	if g.Identifier == nil || !g.ReportUntil.IsZero() {
		return false
	}
	switch g.Identifier.Trust().ScopeClaim {
	case "", "scope", "scp":
		return true
	}
	return false
}

const (
	maxClauses    = 64
	maxGateScopes = 10
)

// An atom is an alternative of a clause: a scope, a source or an issuer. The
// zero atom is any other requirement.
type atom struct {
	scope  string
	source claims.Source
	issuer string
}

// A clause holds if one of its atoms does.
type clause []atom

// normalize returns req in conjunctive normal form, no clause for what every
// caller meets, and false if there would be more than maxClauses.
func normalize(req Requirement) ([]clause, bool) {
	switch req := req.(type) {
	case authenticated:
		return nil, true
	case *scope:
		return []clause{{{scope: req.name}}}, true
	case *source:
		alternatives := clause{}
		for _, s := range req.any {
			alternatives = alternatives.or(clause{{source: s}})
		}
		return []clause{alternatives}, true
	case *issuer:
		return []clause{{{issuer: req.name}}}, true
	case *combination:
		if req.any {
			return normalizeAny(req.parts)
		}
		return normalizeAll(req.parts)
	}
	return []clause{{{}}}, true
}

func normalizeAll(parts []Requirement) ([]clause, bool) {
	var all []clause
	for _, part := range parts {
		clauses, ok := normalize(part)
		if !ok || len(all)+len(clauses) > maxClauses {
			return nil, false
		}
		all = append(all, clauses...)
	}
	return all, true
}

// normalizeAny multiplies out: a or (b and c) is (a or b) and (a or c).
func normalizeAny(parts []Requirement) ([]clause, bool) {
	product := []clause{{}}
	for _, part := range parts {
		clauses, ok := normalize(part)
		if !ok || len(product)*len(clauses) > maxClauses {
			return nil, false
		}
		var next []clause
		for _, p := range product {
			for _, c := range clauses {
				next = append(next, p.or(c))
			}
		}
		product = next
	}
	return product, true
}

// or returns a clause with the atoms of both, each once.
func (c clause) or(other clause) clause {
	both := slices.Clone(c)
	for _, a := range other {
		if !slices.Contains(both, a) {
			both = append(both, a)
		}
	}
	return both
}

// shortest returns the first of the shortest clauses whose atoms are all of one
// kind, nil if there is none.
func shortest(clauses []clause, is func(atom) bool) clause {
	var best clause
	for _, c := range clauses {
		if slices.ContainsFunc(c, func(a atom) bool { return !is(a) }) {
			continue
		}
		if best == nil || len(c) < len(best) {
			best = c
		}
	}
	return best
}
