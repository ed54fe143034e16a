package apigateway

import "slices"

// entry is a route that a gateway has, parsed.
type entry struct {
	method  string
	path    template
	last    bool // $default
	gate    gate
	foreign bool // it leads to another function; only deployed routes may
	route   int  // its place in the list it came from
}

// table finds the route for a request.
type table []entry

// candidates returns the entries whose path takes a request's, in order of
// preference.
func (t table) candidates(path []string, s slash) []*entry {
	var found []*entry
	for i := range t {
		if t[i].last || t[i].path.takes(path, s) {
			found = append(found, &t[i])
		}
	}
	slices.SortStableFunc(found, (*entry).compare)
	return found
}

func (e *entry) compare(f *entry) int {
	switch {
	case e.last == f.last:
		return e.path.compare(f.path)
	case e.last:
		return 1
	}
	return -1
}

// choose returns the one of the candidates that serves a method, nil for none.
// An exact method comes before ANY: on the same path, or (methodFirst) on all.
func choose(candidates []*entry, method string, methodFirst bool) *entry {
	var best *entry
	for _, e := range candidates {
		if e.method != method && e.method != anyMethod {
			continue
		}
		switch {
		case best == nil:
			best = e
		case best.method == anyMethod && e.method == method && (methodFirst || best.compare(e) == 0):
			best = e
		}
	}
	return best
}

// views returns the candidates for a path under each reading that can differ for
// it; a path without a percent sign looks the same from everywhere.
func (t table) views(path string) (all [views][slashes][]*entry) {
	for _, rd := range readingsOf(path) {
		if !rd.methodFirst {
			all[rd.view][rd.slash] = t.candidates(rd.view.segments(path), rd.slash)
		}
	}
	return all
}

// find returns the entry that serves a request under one reading, nil for none.
func (t table) find(rd reading, method, path string) *entry {
	return choose(t.candidates(rd.view.segments(path), rd.slash), method, rd.methodFirst)
}
