package apigateway

import (
	"net/http"
	"slices"
)

// openPreflights adds what lets preflights through to a function that answers
// them: an open OPTIONS route for all paths, and one beside each closed ANY route,
// which would otherwise take them.
func (p *planner) openPreflights() {
	if p.opts.preflights() != function {
		return
	}
	paths := []template{nil, below(nil)}
	for _, k := range p.keys {
		if k.method == anyMethod && k.gate.auth != None {
			paths = append(paths, k.path)
		}
	}
	for _, path := range paths {
		id := http.MethodOptions + " " + path.shape()
		if p.keys[id] == nil {
			p.keys[id] = &key{method: http.MethodOptions, path: path, gate: gate{auth: None}}
		}
	}
}

// unfold replaces greedy paths that a REST API cannot have: a resource has one
// variable child, {id} or {proxy+}, not both ("A sibling of this resource already
// has a variable path part -- only one is allowed"). Beside {id}, {id} and
// {id}/{proxy+} together take what {proxy+} would.
func (p *planner) unfold() {
	if p.opts.Kind != RESTAPI {
		return
	}
	for again := true; again; {
		again = false
		variable := p.variableParents()
		for id, k := range p.keys {
			if !k.path.isGreedy() {
				continue
			}
			parent := k.path[:len(k.path)-1]
			if !variable[parent.shape()] {
				continue
			}
			delete(p.keys, id)
			child := append(slices.Clip(parent), segment{param, "#"})
			for _, path := range []template{child, below(child)} {
				copied := *k
				copied.path = path
				if id := k.method + " " + path.shape(); p.keys[id] == nil {
					p.keys[id] = &copied
				}
			}
			again = true
		}
	}
}

// variableParents are the shapes of the paths below which some route has a
// parameter.
func (p *planner) variableParents() map[string]bool {
	variable := map[string]bool{}
	for _, k := range p.keys {
		for i, s := range k.path {
			if s.kind == param {
				variable[k.path[:i].shape()] = true
			}
		}
	}
	return variable
}
