package apigateway

import (
	"net/http"
	"slices"
	"strings"
)

// maxRounds bounds the search for routes that separate rules. Each round adds more
// precise ones, and few policies need a second.
const maxRounds = 8

// plan settles what each route asks for and says what remains wrong.
func (p *planner) plan() *Plan {
	for range maxRounds {
		p.unfold()
		p.settle()
		if !p.separate() || p.askAgain() != nil {
			break
		}
	}
	p.openPreflights()
	p.unfold()
	p.settle()
	_, keys := p.table()
	christen(keys)
	t, _ := p.table()
	p.report(t, keys)
	return p.finish(keys)
}

// askAgain looks at the witnesses of the routes too: a new one may tell apart what
// the patterns do not.
func (p *planner) askAgain() error {
	patterns := slices.Clone(p.patterns)
	for _, k := range p.keys {
		patterns = append(patterns, k.path.pattern())
	}
	return p.ask(patterns)
}

// settle gives each route the authorizer of the rules that it is for. If these
// differ the route is closed: the problem is reported when all witnesses are
// compared.
func (p *planner) settle() {
	for _, k := range p.keys {
		for i, owner := range k.owners {
			g := p.gates[owner]
			switch {
			case i == 0:
				k.gate = g
			case k.gate.sameAuthorizer(g):
				k.gate = k.gate.join(g)
			case k.gate.auth == None:
				k.gate = g
			}
		}
	}
	t, keys := p.table()
	p.compare(t, func(x exchange, e *entry, _ reading) {
		if e == nil || x.rule == noRule {
			return
		}
		if k := keys[e.route]; !k.isFloor() && k.gate.sameAuthorizer(p.gates[x.rule]) {
			k.gate = k.gate.join(p.gates[x.rule])
		}
	})
}

// separate adds a route for each witness that reaches one with another authorizer
// than its rule needs, and reports whether there was any to add. A pattern that no
// route key can say gets none: a more general one would take what is other rules'.
func (p *planner) separate() (added bool) {
	t, _ := p.table()
	p.compare(t, func(x exchange, e *entry, _ reading) {
		if x.rule == noRule || !p.patterns[x.rule].expressible() || x.method == http.MethodOptions && p.opts.preflights() != nobody || e != nil && e.gate.sameAuthorizer(p.gates[x.rule]) {
			return
		}
		path, ok := p.templateOf(x)
		if ok && slices.Contains(p.routable(), x.method) && p.add(x.method, path, x.rule, false) {
			added = true
		}
	})
	return added
}

// routable are the methods that the plan may have routes for.
func (p *planner) routable() []string {
	if p.opts.preflights() == front {
		return p.everyMethod()
	}
	return methods
}

// compare calls f for each request and each reading that can differ for its path,
// with the route that takes it, nil for none.
func (p *planner) compare(t table, f func(exchange, *entry, reading)) {
	var path string
	var candidates [views][slashes][]*entry
	for _, x := range p.exchanges {
		if x.path != path {
			path = x.path
			candidates = t.views(path)
		}
		for _, rd := range readingsOf(path) {
			f(x, choose(candidates[rd.view][rd.slash], x.method, rd.methodFirst), rd)
		}
	}
}

// templateOf is the most precise path for a witness: its literals where they are
// some pattern's, parameters elsewhere, and a greedy one where its rule takes all
// that follows.
func (p *planner) templateOf(x exchange) (template, bool) {
	own := p.patterns[x.rule]
	var t template
	segments := strings.Split(strings.TrimPrefix(x.path, "/"), "/")
	for i, s := range segments {
		switch {
		case s == "":
			if len(t) > 0 {
				return nil, false // no route key ends in a slash
			}
		case !p.isLiteralAt(segments[:i], s):
			t = append(t, segment{param, p.nameAt(own, i)})
		case !isLiteral(s):
			return nil, false
		default:
			t = append(t, segment{literal, s})
		}
	}
	return p.generalize(own, t), true
}

// generalize makes what a rule takes at any depth greedy.
func (p *planner) generalize(own pattern, t template) template {
	from := len(own.parts)
	if own.tail != tailSubtree {
		if !p.longTail() || from == 0 || own.parts[from-1].kind != named || len(t) <= from {
			return t
		}
	}
	if len(t) <= from || slices.ContainsFunc(t[from:], func(s segment) bool { return s.kind == literal }) {
		return t
	}
	return below(t[:from])
}

// isLiteralAt reports whether a pattern that takes these first segments has these
// characters in the next.
func (p *planner) isLiteralAt(first []string, s string) bool {
	return slices.ContainsFunc(p.patterns, func(q pattern) bool {
		if len(first) >= len(q.parts) || q.parts[len(first)].kind != fixed || q.parts[len(first)].text != unescape(s) {
			return false
		}
		for i, segment := range first {
			if q.parts[i].kind == fixed && q.parts[i].text != unescape(segment) {
				return false
			}
		}
		return true
	})
}

func (p *planner) nameAt(own pattern, depth int) string {
	if depth < len(own.parts) && own.parts[depth].kind == named {
		return own.parts[depth].text
	}
	return "#"
}
