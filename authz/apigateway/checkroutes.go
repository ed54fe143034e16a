package apigateway

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// lookAtRoutes asks code and gateway about the same requests, for each set of
// routes that counts as deployed.
func (c *checker) lookAtRoutes() error {
	var err error
	planned, err := c.planned.plan().table(c.terms.authorizer)
	if err != nil {
		return err
	}
	for _, set := range c.deployment.sets {
		t := c.tableOf(set)
		if err := c.askAbout(t); err != nil {
			return err
		}
		c.compareRules(t, set)
		c.lookForStrays(t)
		c.lookForWeakness(t, planned)
		c.lookAtPreflights(t)
	}
	return nil
}

// tableOf is a set of routes as the comparison takes it.
func (c *checker) tableOf(set routeSet) table {
	var t table
	for i, r := range set.routes {
		e := r.entry
		e.route = i
		e.foreign = !c.isOurs(r.function)
		if e.gate.auth == JWT || e.gate.auth == CognitoUserPools {
			e.gate.authorizer = c.terms.authorizer
			if a, ok := c.deployment.authorizers[r.authorizer]; ok {
				e.gate.authorizer = c.nameOf(a)
			} // else its file is missing, and that is said
		}
		preflight := e.method == http.MethodOptions && c.opts.preflights() == front
		if e.foreign && !preflight {
			c.report.Foreign = addNew(c.report.Foreign, r.key+" → "+cmp.Or(r.function, r.target))
		}
		t = append(t, e)
	}
	return t
}

// otherIssuer is the logical name of authorizers whose issuer the environment does
// not have.
const otherIssuer = "an issuer that the environment does not have"

// nameOf is the logical name of a deployed authorizer, by its issuer.
func (c *checker) nameOf(a authorizer) string {
	for _, g := range append(slices.Clone(c.gates), c.terms.floor()) {
		if i, ok := c.issuer(g.authorizer); ok && slices.Contains(a.issuers, i.Issuer) {
			return g.authorizer
		}
	}
	return otherIssuer
}

// askAbout asks the router about the witnesses of the rules and of the deployed
// routes.
func (c *checker) askAbout(t table) error {
	patterns := slices.Clone(c.patterns)
	for _, e := range t {
		patterns = append(patterns, e.path.pattern())
	}
	return c.ask(patterns)
}

// What kinds of fault are called in a Report.
var faultNames = [faultKinds]string{
	opens: "open-route", asks: "token-for-public", elsewhere: "wrong-authorizer",
	asksMore: "wrong-scopes", unreached: "no-route", shadowed: "shadowed",
}

// compareRules reports each rule that the routes do not match. What depends on a
// reading, and would with the planned routes too, the plan has already said.
func (c *checker) compareRules(t table, set routeSet) {
	planned, _ := c.planned.table()
	known := map[[2]int]bool{}
	for _, f := range c.planned.judge(planned) {
		known[[2]int{f.rule, int(f.kind)}] = true
	}
	for _, f := range c.judge(t) {
		if !f.always && known[[2]int{f.rule, int(f.kind)}] {
			continue
		}
		what := f.what()
		if f.kind == shadowed {
			what += ", which leads to " + cmp.Or(set.routes[f.entry.route].function, set.routes[f.entry.route].target)
		}
		c.found(faultNames[f.kind], name(c.rules[f.rule]), what, "deploy the routes that -out writes")
	}
}

// lookForStrays reports routes of ours that serve no rule. Catch-alls that ask for
// a token do not count: they are for what no rule decides.
func (c *checker) lookForStrays(t table) {
	reached := make([]bool, len(t))
	c.compare(t, func(x exchange, e *entry, _ reading) {
		if e != nil && x.rule != noRule {
			reached[e.route] = true
		}
	})
	named := c.scopes()
	for i, e := range t {
		preflight := e.method == http.MethodOptions && c.opts.preflights() == function && e.gate.auth == None
		catchAll := e.last || e.path.isGreedy() || len(e.path) == 0
		switch {
		case e.foreign, preflight:
			continue
		case reached[i]:
		case e.gate.auth == None:
			c.found("route-without-rule", e.String(), "the route is open and no rule decides its requests", "remove the route")
		case !catchAll && !c.isPlanned(e):
			c.found("route-without-rule", e.String(), "no rule decides its requests", "remove the route")
		}
		for _, s := range e.gate.scopes {
			if !slices.Contains(named, s) {
				c.found("unknown-scope", e.String(), "no rule names the scope "+s, "remove the scope from the route")
			}
		}
	}
}

// isPlanned reports whether the plan has the route too: one that is only there
// because /x and /x/ may be the same serves no rule by itself.
func (c *checker) isPlanned(e entry) bool {
	planned, _ := c.planned.table()
	return planned.has(e)
}

// scopes are all that rules name.
func (c *checker) scopes() []string {
	var all []string
	for _, rule := range c.rules {
		all = append(all, rule.Gate.Scopes...)
		for word := range strings.SplitSeq(rule.Requirement, "scope ") {
			scope, _, _ := strings.Cut(word, " ")
			all = append(all, scope, strings.TrimRight(scope, ")"))
		}
	}
	return all
}

// lookForWeakness reports planned routes that are missing or ask for less, unless
// nothing but catch-alls is deployed: who never had routes of their own made that
// choice, but who lost one did not.
func (c *checker) lookForWeakness(t, planned table) {
	if !slices.ContainsFunc(planned, func(e entry) bool { return !e.path.isGreedy() && len(e.path) > 0 && t.has(e) }) {
		return
	}
	for _, want := range planned {
		i := slices.IndexFunc(t, func(e entry) bool { return e.method == want.method && !e.last && e.path.shape() == want.path.shape() })
		switch {
		case i < 0:
			c.found("missing-route", want.String(), "the plan has this route, and it is not deployed", "deploy the routes that -out writes")
		case t[i].foreign, !t[i].gate.sameAuthorizer(want.gate):
		case want.gate.asksMore(t[i].gate):
			c.found("weak-route", want.String(), fmt.Sprintf("it asks for %v, and could ask for %v", t[i].gate, want.gate), "deploy the routes that -out writes")
		case t[i].gate.asksMore(want.gate):
			c.found("strict-route", want.String(), fmt.Sprintf("it asks for %v, and should ask for %v", t[i].gate, want.gate), "deploy the routes that -out writes")
		}
	}
}

// lookAtPreflights reports routes that would ask a preflight for a token.
func (c *checker) lookAtPreflights(t table) {
	if c.opts.preflights() != function {
		return
	}
	c.compare(t, func(x exchange, e *entry, rd reading) {
		if x.method == http.MethodOptions && e != nil && e.gate.auth != None && rd == (reading{}) {
			c.found("preflight-refused", e.String(), "preflights carry no token, and the function answers them", "add the open OPTIONS routes that -out writes")
		}
	})
}
