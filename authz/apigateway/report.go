package apigateway

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// report turns what is still wrong into problems, and adds what the reviewer of a
// plan should know.
func (p *planner) report(t table, keys []*key) {
	warned := map[int]bool{}
	for _, f := range p.judge(t) {
		warned[f.rule] = true
		p.problems = append(p.problems, p.problem(f))
	}
	for i, rule := range p.rules {
		q := p.patterns[i]
		if q.host != "" {
			p.warn(i, "the gateway does not look at the host, so that its routes ask for whatever the rules of all hosts with this path have in common", "give each host an API of its own, or paths of its own")
		}
		if q.tail == tailSlash && len(q.parts) > 0 && !warned[i] {
			p.warn(i, "whether a request for this path reaches its route depends on what the gateway makes of the slash at the end", "register the path without the slash")
		}
		if !q.expressible() && !rule.Gate.Public {
			p.notes = append(p.notes, name(rule)+": no route key can say this path; a more general route takes it and asks for any token")
		}
	}
	if p.opts.Kind == RESTAPI && slices.ContainsFunc(keys, func(k *key) bool { return k.gate.auth == JWT }) {
		p.notes = append(p.notes, "how OpenAPI spells a REST API's JWT authorizer is unconfirmed: compare the authorizer that an import makes, or write it in the template")
	}
	p.reportCORS(keys)
	p.reportQuota(keys)
}

func (p *planner) problem(f fault) Problem {
	return Problem{Rule: name(p.rules[f.rule]), What: f.what(), Cure: p.cure(f), Warning: !f.always}
}

func (p *planner) warn(rule int, what, cure string) {
	p.problems = append(p.problems, Problem{name(p.rules[rule]), what, cure, true})
}

// what says what would happen.
func (f fault) what() string {
	request := f.sample.method + " " + f.sample.path
	if f.sample.host != "" {
		request += " on " + f.sample.host
	}
	if f.entry == nil {
		return "no route takes " + request + ", so that the gateway refuses it"
	}
	route := f.entry.String()
	switch f.kind {
	case opens:
		return fmt.Sprintf("%s would reach the function without a token, by the open route %s", request, route)
	case asks:
		return fmt.Sprintf("%s would be refused without a token, by the route %s", request, route)
	case shadowed:
		return fmt.Sprintf("%s would not reach the function, but what is behind the route %s", request, route)
	case elsewhere:
		return fmt.Sprintf("%s would be asked by the route %s, whose authorizer is another: %v", request, route, f.entry.gate)
	}
	return fmt.Sprintf("%s would be refused without one of the scopes of the route %s: %v", request, route, f.entry.gate)
}

func (k *key) String() string { return k.method + " " + k.path.String() }

func (e *entry) String() string {
	if e.last {
		return defaultKey
	}
	return e.method + " " + e.path.String()
}

// cure says what to change.
func (p *planner) cure(f fault) string {
	q := p.patterns[f.rule]
	method := p.rules[f.rule].Method
	switch {
	case !q.expressible():
		return "use a path whose segments are parameters or made of letters, digits, dots, dashes and underscores"
	case method != "" && method != notFoundMethod && !slices.Contains(methods, method):
		return "use a method that a route key can name: " + strings.Join(methods, ", ")
	case q.host != "" || slices.ContainsFunc(p.patterns, func(q pattern) bool { return q.host == f.sample.host && q.host != "" }):
		return "give each host paths of its own"
	case strings.HasSuffix(f.sample.path, "/"):
		return "register a path that differs in more than a slash at the end"
	}
	return "give this rule a path that no other rule's pattern takes"
}

func (p *planner) reportCORS(keys []*key) {
	if p.opts.Kind == RESTAPI && p.opts.preflights() == front && !p.opts.mocks() {
		p.notes = append(p.notes, "each path needs an OPTIONS method with a mock integration, which the documents have only for one allowed origin")
	}
	if p.opts.preflights() == front {
		p.notes = append(p.notes, "the gateway answers preflights, so that there are no ANY routes: OPTIONS, and methods other than "+strings.Join(p.everyMethod(), ", ")+", never reach the function")
	}
	if p.opts.preflights() != function {
		return
	}
	var open []string
	for _, k := range keys {
		switch {
		case k.method == anyMethod && k.gate.auth != None && !k.isFloor():
			open = append(open, k.path.String())
		case k.method == http.MethodOptions && k.gate.auth != None:
			p.problems = append(p.problems, Problem{k.String(), "preflights for this path carry no token and would be refused", "make the rule public, or remove it: package cors answers preflights", true})
		}
	}
	if len(open) > 0 {
		p.notes = append(p.notes, "OPTIONS is open at the gateway, as preflights carry no token, also where a rule without a method protects it: "+strings.Join(open, ", ")+"; the function still decides")
	}
}

func (p *planner) reportQuota(keys []*key) {
	count, what := len(keys), "routes"
	if p.opts.Kind == RESTAPI {
		count, what = resources(keys), "resources"
	}
	if count > quota {
		p.problems = append(p.problems, Problem{
			What: fmt.Sprintf("the plan has %d %s, and an API has at most %d by default", count, what, quota),
			Cure: "let rules without a gate of their own share a prefix, split the API, or ask AWS for a higher quota and leave this check out",
		})
	}
	authorizers := map[string]bool{}
	for _, k := range keys {
		authorizers[k.gate.authorizer] = true
	}
	if len(authorizers) > 10 {
		p.problems = append(p.problems, Problem{
			What: fmt.Sprintf("the plan has %d authorizers, and an API has at most 10", len(authorizers)),
			Cure: "split the API",
		})
	}
}

// resources counts the resources of a REST API: each path and all above it.
func resources(keys []*key) int {
	seen := map[string]bool{}
	for _, k := range keys {
		for i := range len(k.path) + 1 {
			seen[k.path[:i].shape()] = true
		}
	}
	return len(seen)
}

// finish returns the plan in its stable order.
func (p *planner) finish(keys []*key) *Plan {
	plan := &Plan{Kind: p.opts.Kind, Problems: p.problems, Notes: p.notes, Differences: p.differences, opts: p.opts, trust: p.terms.trust, app: p.app}
	for _, k := range keys {
		plan.Routes = append(plan.Routes, Route{
			Key:        k.String(),
			Auth:       k.gate.auth,
			Authorizer: k.gate.authorizer,
			Scopes:     k.gate.scopes,
		})
	}
	if len(plan.Authorizers()) == 1 {
		for i := range plan.Routes {
			plan.Routes[i].Authorizer = ""
		}
	}
	slices.SortFunc(plan.Routes, compareRoutes)
	slices.SortStableFunc(plan.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.What, b.What))
	})
	return plan
}

// compareRoutes orders routes by path, then method.
func compareRoutes(a, b Route) int {
	am, ap, _ := strings.Cut(a.Key, " ")
	bm, bp, _ := strings.Cut(b.Key, " ")
	return cmp.Or(cmp.Compare(ap, bp), cmp.Compare(am, bm))
}
