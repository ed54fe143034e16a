package apigateway

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// key is a route that the plan will have.
type key struct {
	method string
	path   template
	owners []int // the rules that it is for; none for the floor
	second bool  // it is only there because /x and /x/ may be the same
	gate   gate
	closed bool // in the plan it comes from, where there are two
}

func (k *key) isFloor() bool { return len(k.owners) == 0 }

// add enters a route for a rule, and reports whether it is new. A route for a
// rule's own path pushes out one that is only there because of a slash.
func (p *planner) add(method string, path template, owner int, second bool) bool {
	id := method + " " + path.shape()
	old := p.keys[id]
	if old == nil || old.second && !second {
		p.keys[id] = &key{method: method, path: path, owners: []int{owner}, second: second}
		return true
	}
	if old.second == second && !old.isFloor() && !slices.Contains(old.owners, owner) {
		old.owners = append(old.owners, owner)
	}
	return false
}

// propose enters the routes that the patterns suggest, and the floor.
func (p *planner) propose() {
	for i, rule := range p.rules {
		pattern := p.patterns[i]
		if !pattern.expressible() {
			continue
		}
		for _, method := range p.methods(i) {
			base := pattern.template()
			p.add(method, base, i, pattern.tail != tailNone && len(base) > 0)
			if pattern.tail == tailSubtree {
				p.add(method, below(base), i, false)
			}
		}
		if rule.Method == http.MethodOptions && p.opts.preflights() == front {
			p.problems = append(p.problems, Problem{
				Rule:    name(rule),
				What:    "the gateway answers OPTIONS, so that no route takes it",
				Cure:    "remove the rule, or let the function answer preflights (cors.OwnerApp)",
				Warning: true,
			})
		}
	}
	for _, path := range []template{nil, below(nil)} {
		for _, method := range p.everyMethod() {
			if id := method + " " + path.shape(); p.keys[id] == nil {
				p.keys[id] = &key{method: method, path: path, gate: p.terms.floor()}
			}
		}
	}
}

// below is the template of all paths under one.
func below(t template) template {
	return append(slices.Clip(t), segment{greedy, "proxy"})
}

// methods are the methods of a rule's routes. Where GET serves HEAD too, as with
// net/http, the gateway needs a route for each.
func (p *planner) methods(rule int) []string {
	method := p.rules[rule].Method
	switch {
	case method == "" || method == notFoundMethod:
		return p.everyMethod()
	case method == http.MethodOptions && p.opts.preflights() == front:
		return nil
	case !slices.Contains(methods, method):
		return nil
	case method == http.MethodGet && p.servesHead(rule):
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{method}
}

func (p *planner) servesHead(rule int) bool {
	for _, value := range append(slices.Clone(p.patterns[rule].restricted), "") {
		path := "/" + strings.Join(p.patterns[rule].sample(value), "/")
		for _, try := range []string{path, path + "/", path + "/q"} {
			if p.oracle.ask(http.MethodHead, p.patterns[rule].host, escape(try)) == rule {
				return true
			}
		}
	}
	return false
}

// everyMethod is ANY, or, where the gateway answers preflights, each method but
// OPTIONS: an ANY route with an authorizer was reported to refuse preflights even
// where the API has CORS settings (anomalyco/sst#5493).
func (p *planner) everyMethod() []string {
	if p.opts.preflights() != front {
		return []string{anyMethod}
	}
	return slices.DeleteFunc(slices.Clone(methods), func(m string) bool { return m == http.MethodOptions })
}

// table lists the routes, sorted by path and method.
func (p *planner) table() (table, []*key) {
	keys := make([]*key, 0, len(p.keys))
	for _, k := range p.keys {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b *key) int {
		return strings.Compare(a.path.shape()+" "+a.method, b.path.shape()+" "+b.method)
	})
	t := make(table, len(keys))
	for i, k := range keys {
		t[i] = entry{method: k.method, path: k.path, gate: k.gate, route: i}
	}
	return t, keys
}

// christen names the parameters. Siblings get one name: a REST API wants it so
// ("A sibling of this resource already has a variable path part"), and it reads
// better on both. A name of the patterns' is used where there is one.
func christen(keys []*key) {
	names := map[string]string{} // by the shape of the path up to the parameter
	for _, k := range keys {
		for i, s := range k.path {
			at := k.path[:i+1].shape()
			if s.kind == param && names[at] == "" && isLiteral(s.text) && !generated(s.text) {
				names[at] = s.text
			}
		}
	}
	for _, k := range keys {
		k.path = k.path.christened(names)
	}
}

func (t template) christened(names map[string]string) template {
	named := slices.Clone(t)
	used := []string{"proxy"}
	for i, s := range t {
		if s.kind != param {
			continue
		}
		n := names[t[:i+1].shape()]
		if n == "" || slices.Contains(used, n) {
			n = "p" + strconv.Itoa(i+1)
		}
		used = append(used, n)
		named[i].text = n
	}
	return named
}

// generated reports whether a parameter's name is one that no pattern gave it.
func generated(name string) bool { return name == "" || strings.HasPrefix(name, "#") }
