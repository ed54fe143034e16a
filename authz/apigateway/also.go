package apigateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// NewAlso returns a plan for the time in which two versions of the function run
// behind one gateway, as in a gradual deployment: no request that either of them
// grants is refused. old are the routes of the other version's plan. What only one
// version opens is open, and what only one knows keeps its route; the functions
// still decide. Once the old version is gone, New's plan takes over.
func NewAlso(r Router, opts *Options, old []Route) (*Plan, error) {
	p, err := newPlanner(r, opts)
	if err != nil {
		return nil, err
	}
	if len(old) == 0 {
		return nil, errors.New("apigateway: the other version has no routes")
	}
	now, err := p.plan().table(p.terms.authorizer)
	if err != nil {
		return nil, err
	}
	b := &both{planner: p, now: now}
	if err := b.join(old); err != nil {
		return nil, err
	}
	return b.plan(), nil
}

// both plans for two versions: the rules and routes of one, and the routes of the
// other.
type both struct {
	*planner
	now, old table
}

// join enters the other version's routes, and looks at the witnesses of both.
func (b *both) join(old []Route) error {
	var err error
	if b.old, err = parseRoutes(old, b.terms.authorizer); err != nil {
		return fmt.Errorf("apigateway: the other version's routes: %w", err)
	}
	patterns := slices.Clone(b.patterns)
	for _, e := range b.old {
		patterns = append(patterns, e.path.pattern())
		if b.opts.preflights() == front && e.method == http.MethodOptions {
			continue
		}
		for _, method := range b.split(e.method) {
			id := method + " " + e.path.shape()
			if b.keys[id] == nil {
				b.keys[id] = &key{method: method, path: e.path, gate: e.gate}
			}
		}
	}
	b.unfold()
	for _, k := range b.keys {
		k.closed = k.gate.auth != None
	}
	return b.ask(patterns)
}

// split is a method of the other version's routes as this plan has it.
func (b *both) split(method string) []string {
	if method == anyMethod {
		return b.everyMethod()
	}
	return []string{method}
}

// pattern is a template as the walk through the witnesses takes it.
func (t template) pattern() pattern {
	var p pattern
	for _, s := range t {
		switch s.kind {
		case literal:
			p.parts = append(p.parts, part{fixed, s.text})
		case param:
			p.parts = append(p.parts, part{named, s.text})
		case greedy:
			p.tail = tailSubtree
		}
	}
	return p
}

// plan weakens each route until it refuses nothing that a version grants.
func (b *both) plan() *Plan {
	for range maxRounds {
		b.weaken()
		if !b.separate() {
			break
		}
		b.unfold()
	}
	b.weaken()
	t, keys := b.table()
	christen(keys)
	b.report(t)
	b.reportQuota(keys)
	plan := b.finish(keys)
	plan.Notes = append(plan.Notes, "made for two versions at once: routes are as weak as the weaker of the two needs them; deploy the plan of one version when the other is gone")
	return plan
}

// needs are what the versions' own plans ask of a request under a reading. What no
// rule of this version decides needs nothing of its routes; of the other version
// that is not known.
func (b *both) needs(x exchange, rd reading) []gate {
	if x.method == http.MethodOptions {
		switch b.opts.preflights() {
		case function:
			return []gate{{auth: None}}
		case front:
			return nil
		}
	}
	var needs []gate
	if x.rule != noRule {
		switch e := b.now.find(rd, x.method, x.path); {
		case e != nil && e.gate.auth == None: // open by mistake or not, the rule needs no more
			needs = append(needs, b.gates[x.rule])
		case e != nil:
			needs = append(needs, e.gate)
		}
	}
	if e := b.old.find(rd, x.method, x.path); e != nil {
		needs = append(needs, e.gate)
	}
	return needs
}

// weaken gives each route what all that reach it can show.
func (b *both) weaken() {
	t, keys := b.table()
	reached := map[*key]bool{}
	b.compare(t, func(x exchange, e *entry, rd reading) {
		if e == nil {
			return
		}
		k := keys[e.route]
		for _, need := range b.needs(x, rd) {
			switch {
			case !reached[k]:
				k.gate = need
			case need.auth == None:
				k.gate = need
			case k.gate.sameAuthorizer(need):
				k.gate = k.gate.join(need)
			}
			reached[k] = true
		}
	})
}

// separate adds a route for each witness that needs an open one and reaches one that
// is closed in the plan it comes from, and for each that both versions protect and
// that reaches an open one.
func (b *both) separate() (added bool) {
	t, keys := b.table()
	b.compare(t, func(x exchange, e *entry, rd reading) {
		if e == nil || !slices.Contains(b.routable(), x.method) {
			return
		}
		opens := keys[e.route].closed && slices.ContainsFunc(b.needs(x, rd), func(g gate) bool { return g.auth == None })
		if !opens && !b.opensBoth(x, e, rd) {
			return
		}
		path, ok := b.exactly(rd.slash.trim(x.path))
		id := x.method + " " + path.shape()
		if ok && b.keys[id] == nil {
			b.keys[id] = &key{method: x.method, path: path, gate: e.gate}
			added = true
		}
	})
	return added
}

// opensBoth reports whether a route is open for what both versions protect.
func (b *both) opensBoth(x exchange, e *entry, rd reading) bool {
	preflight := x.method == http.MethodOptions && b.opts.preflights() != nobody
	if e == nil || e.gate.auth != None || x.rule == noRule || preflight {
		return false
	}
	needs := b.needs(x, rd)
	return len(needs) == 2 && needs[0].auth != None && needs[1].auth != None
}

// exactly is the most precise path for a witness of either version.
func (b *both) exactly(path string) (template, bool) {
	if path == "/" {
		return nil, true
	}
	var t template
	segments := strings.Split(path[1:], "/")
	for i, s := range segments {
		known := b.isLiteralAt(segments[:i], s) || slices.ContainsFunc(b.old, func(e entry) bool {
			return i < len(e.path) && e.path[i].kind == literal && e.path[i].text == s
		})
		switch {
		case s == "":
			return nil, false
		case !known:
			t = append(t, segment{param, "#"})
		case !isLiteral(s):
			return nil, false
		default:
			t = append(t, segment{literal, s})
		}
	}
	return t, true
}

// report names what some request would not get past, or what would be open though
// both versions protect it.
func (b *both) report(t table) {
	seen := map[string]bool{}
	b.compare(t, func(x exchange, e *entry, rd reading) {
		what := b.fault(x, e, rd)
		if what == "" {
			return
		}
		about := x.method + " " + x.path
		if x.rule != noRule {
			about = name(b.rules[x.rule])
		}
		if !seen[about+what] {
			seen[about+what] = true
			b.problems = append(b.problems, Problem{
				Rule: about, What: x.method + " " + x.path + ": " + what,
				Cure: "deploy a version between the two, whose rules for this path agree with both",
			})
		}
	})
}

// fault says what is wrong with a route for two versions, "" for nothing.
func (b *both) fault(x exchange, e *entry, rd reading) string {
	if b.opensBoth(x, e, rd) {
		return "it would be open though both versions protect it"
	}
	for _, need := range b.needs(x, rd) {
		switch {
		case e == nil:
			return "no route takes it"
		case e.gate.auth != None && (!e.gate.sameAuthorizer(need) || e.gate.asksMore(need)):
			return fmt.Sprintf("the route asks for %v, which not all callers of both versions can show", e.gate)
		}
	}
	return ""
}
