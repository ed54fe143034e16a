package apigateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// planner makes a plan.
type planner struct {
	opts      Options
	terms     terms
	oracle    *oracle
	rules     []authz.Rule
	gates     []gate // of the rules, by number
	patterns  []pattern
	exchanges []exchange
	keys      map[string]*key
	problems  []Problem
	notes     []string

	app         *appDocument // nil: none
	differences []string
}

// exchange is a request to a witness, with the rule that decides it.
type exchange struct {
	method, host, path string
	rule               int
}

// newPlanner asks the policy's router everything that there is to ask.
func newPlanner(r Router, opts *Options) (*planner, error) {
	if r == nil {
		return nil, errNoRouter
	}
	p := &planner{keys: map[string]*key{}}
	if opts != nil {
		p.opts = *opts
	}
	policy := r.Policy()
	var err error
	p.terms, err = newTerms(policy, p.opts)
	if err = errors.Join(p.opts.check(), err, checkPolicy(policy)); err != nil {
		return nil, err
	}
	p.rules = policy.Rules
	p.grade()
	p.oracle = newOracle(r, p.rules)
	p.understand()
	if err := p.ask(p.patterns); err != nil {
		return nil, err
	}
	p.propose()
	if p.opts.Document != nil {
		if p.app, err = parseDocument(p.opts.Document); err == nil {
			err = p.enter(p.app)
		}
	}
	return p, errors.Join(err, p.oracle.unknown)
}

func checkPolicy(policy authz.Policy) error {
	switch {
	case len(policy.Rules) == 0:
		return errors.New("apigateway: the policy has no rules")
	case len(policy.Trust.Sources) == 0:
		return fmt.Errorf("apigateway: the policy's Guard knows no callers (identity: %s); set Guard.Identifier, whose Trust says which authorizers count", policy.Identity)
	}
	seen := map[string]bool{}
	for _, rule := range policy.Rules {
		if seen[name(rule)] {
			return fmt.Errorf("apigateway: the policy has the rule %q twice", name(rule))
		}
		seen[name(rule)] = true
	}
	return nil
}

// grade turns the rules' gates into those of this kind of API.
func (p *planner) grade() {
	for _, rule := range p.rules {
		g, problem := p.terms.of(rule)
		p.gates = append(p.gates, g)
		if problem != nil {
			p.problems = append(p.problems, *problem)
		}
	}
	p.standIn()
}

// standIn replaces "any token" where the authorizer is Cognito's. It takes access
// tokens only where a route asks for scopes, and ID tokens only where it asks for
// none ("Control access to REST APIs using Amazon Cognito user pools"). A policy
// with scopes is for access tokens, so any of its scopes stands for any token.
func (p *planner) standIn() {
	var all gate
	for _, g := range p.gates {
		if g.auth == CognitoUserPools && len(g.scopes) > 0 {
			all.scopes = append(all.scopes, g.scopes...)
		}
	}
	slices.Sort(all.scopes)
	all.scopes = slices.Compact(all.scopes)
	if len(all.scopes) == 0 {
		return
	}
	what := "this one asks for any scope of the policy, and callers who have none are refused"
	if len(all.scopes) > maxScopes {
		all.scopes = nil
		what = fmt.Sprintf("the policy has more than the %d that a route takes, so that this one asks for none and takes ID tokens only", maxScopes)
	}
	p.terms.stand = all.scopes
	for i, g := range p.gates {
		if g.auth == CognitoUserPools && len(g.scopes) == 0 {
			p.gates[i].scopes = all.scopes
			p.warn(i, "a Cognito authorizer takes access tokens only where a route asks for scopes: "+what,
				"require a scope, or use a native JWT authorizer (claims.NativeJWT alone in claims.Config.Sources)")
		}
	}
}

// understand finds out what each pattern means to its router.
func (p *planner) understand() {
	for i, rule := range p.rules {
		parsed := parsePattern(rule.Pattern)
		for _, candidate := range []pattern{parsed, parsed.plainly(rule.Pattern)} {
			if found, ok := p.probe(i, candidate); ok {
				parsed = found
				break
			}
		}
		p.patterns = append(p.patterns, parsed)
	}
}

// probe asks the router for paths that the pattern should take.
func (p *planner) probe(rule int, candidate pattern) (pattern, bool) {
	found, ok := candidate, false
	for _, value := range samples {
		tail, takes := p.takes(rule, candidate, value)
		if takes && value == "" {
			found.tail = tail
			return found, true
		}
		if takes {
			// More than one value, because the first may be a literal of another rule.
			found.restricted = append(found.restricted, value)
		}
		if takes && !ok {
			found.tail, ok = tail, true
		}
	}
	return found, ok
}

// takes asks for the paths of a pattern whose parameters have this value, and
// returns what follows its parts.
func (p *planner) takes(rule int, candidate pattern, value string) (tail, bool) {
	base := "/" + strings.Join(candidate.sample(value), "/")
	below := strings.TrimSuffix(base, "/") + "/"
	for _, try := range []struct {
		path string
		tail tail
	}{{below + fresh(len(candidate.parts)), tailSubtree}, {below, tailSlash}, {base, tailNone}} {
		if try.tail == tailSubtree && candidate.tail == tailNone {
			continue // Echo's last parameter takes slashes too
		}
		if p.oracle.ask(sampleMethod(p.rules[rule].Method), candidate.host, escape(try.path)) != rule {
			continue
		}
		if candidate.tail == tailNone {
			return tailNone, true
		}
		return try.tail, true
	}
	return tailNone, false
}

// notFoundMethod is how Echo's RouteNotFound registers a route for every method.
const notFoundMethod = "echo_route_not_found"

// sampleMethod is a method that a rule takes.
func sampleMethod(method string) string {
	switch method {
	case "", notFoundMethod:
		return http.MethodPut
	}
	return method
}

// ask asks the router for every witness of these patterns.
func (p *planner) ask(patterns []pattern) error {
	paths, err := witnesses(patterns, p.longTail())
	if err != nil {
		return err
	}
	hosts := []string{""}
	asked := slices.Clone(methods)
	for i, rule := range p.rules {
		hosts = addNew(hosts, p.patterns[i].host)
		if rule.Method != "" && rule.Method != notFoundMethod {
			asked = addNew(asked, rule.Method)
		}
	}
	p.exchanges = nil
	for _, w := range paths {
		path := escape(w.path())
		for _, method := range asked {
			for _, host := range hosts {
				p.exchanges = append(p.exchanges, exchange{method, host, path, p.oracle.ask(method, host, path)})
			}
		}
	}
	return nil
}

// longTail reports whether any pattern has Echo's or gin's parameters.
func (p *planner) longTail() bool {
	return slices.ContainsFunc(p.rules, func(r authz.Rule) bool { return strings.Contains(r.Pattern, "/:") })
}

func addNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
