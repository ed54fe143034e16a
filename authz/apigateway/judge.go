package apigateway

import (
	"net/http"
	"slices"
)

// fault is a disagreement of the two layers about one rule.
type fault struct {
	kind   faultKind
	rule   int
	sample exchange
	entry  *entry // the route that takes the sample; nil: none
	always bool   // some witness fails under every reading
}

type faultKind int

const (
	opens      faultKind = iota // no token is asked for where the code asks for one
	asks                        // a token is asked for where the code asks for none
	elsewhere                   // another kind of authorizer, or that of another issuer
	asksMore                    // scopes that a caller whom the code admits may not have
	unreached                   // no route takes the request
	shadowed                    // a route takes it that leads to another function
	faultKinds                  // how many there are
)

// judge compares what the code decides of each witness with what a gateway asks,
// and returns one fault for each rule and kind, in that order.
func (p *planner) judge(t table) []fault {
	found := map[[2]int]*fault{}
	var now exchange
	failed := map[faultKind]int{} // readings, of the witness at hand
	p.compare(t, func(x exchange, e *entry, _ reading) {
		if x != now {
			now = x
			clear(failed)
		}
		kind, bad := p.verdict(x, e)
		if !bad {
			return
		}
		id := [2]int{x.rule, int(kind)}
		if found[id] == nil {
			found[id] = &fault{kind: kind, rule: x.rule, sample: x, entry: e}
		}
		if failed[kind]++; failed[kind] == len(readingsOf(x.path)) && !found[id].always {
			*found[id] = fault{kind, x.rule, x, e, true}
		}
	})
	faults := make([]fault, 0, len(found))
	for _, f := range found {
		faults = append(faults, *f)
	}
	slices.SortFunc(faults, func(a, b fault) int {
		if a.rule != b.rule {
			return a.rule - b.rule
		}
		return int(a.kind - b.kind)
	})
	return faults
}

// verdict reports whether a route is wrong for a request, and how. For what no
// rule decides every route is right: the function refuses it.
func (p *planner) verdict(x exchange, e *entry) (faultKind, bool) {
	if x.rule == noRule || p.exempt(x) {
		return 0, false
	}
	want := p.gates[x.rule]
	switch {
	case e == nil:
		return unreached, true
	case e.foreign:
		return shadowed, true
	case e.gate.auth == None && want.auth != None:
		return opens, true
	case e.gate.auth != None && want.auth == None:
		return asks, true
	case !e.gate.sameAuthorizer(want):
		return elsewhere, true
	case e.gate.asksMore(want):
		return asksMore, true
	}
	return 0, false
}

// exempt reports whether a request is a matter of CORS. Where the function answers
// preflights, OPTIONS is open at the gateway, except that a rule which makes it
// public must be served. Where the gateway answers them, no route takes OPTIONS, nor
// any method that a route key cannot name: there are no ANY routes.
func (p *planner) exempt(x exchange) bool {
	switch p.opts.preflights() {
	case front:
		any := p.rules[x.rule].Method == "" || p.rules[x.rule].Method == notFoundMethod
		return x.method == http.MethodOptions || any && !slices.Contains(methods, x.method)
	case function:
		return x.method == http.MethodOptions && p.gates[x.rule].auth != None
	}
	return false
}
