package gateway

import (
	"net/url"
	"slices"
	"strings"
)

// match compares the pattern with a path's encoded segments and returns the
// parameters, still encoded. A literal is compared with the decoded segment,
// so that an escaped letter cannot step around a route (unconfirmed); a
// parameter needs at least one character, so a trailing slash matches nothing
// but a greedy parameter (unconfirmed for REST APIs).
func (p pattern) match(path []string) (map[string]string, bool) {
	if p.path == defaultRoute {
		return nil, true
	}
	params := map[string]string{}
	for i, s := range p.segments {
		if i >= len(path) {
			return nil, false
		}
		switch {
		case s.kind == greedy:
			params[s.text] = strings.Join(path[i:], "/")
			return params, params[s.text] != ""
		case s.kind == parameter && path[i] != "":
			params[s.text] = path[i]
		case s.kind == parameter || decoded(path[i]) != s.text:
			return nil, false
		}
	}
	return params, len(path) == len(p.segments)
}

func (p pattern) takes(method string) bool {
	return p.method == anyMethod || p.method == method
}

// compare orders patterns that match the same path, the one to be chosen
// first: full matches, then greedy ones, then $default ("Create routes for
// HTTP APIs", Routing API requests); a literal before a parameter, a method
// before ANY.
func (p pattern) compare(q pattern) int {
	if c := p.rank() - q.rank(); c != 0 {
		return c
	}
	if c := slices.CompareFunc(p.segments, q.segments, func(a, b segment) int { return int(a.kind - b.kind) }); c != 0 {
		return c
	}
	switch {
	case p.method == q.method:
		return 0
	case q.method == anyMethod:
		return -1
	}
	return 1
}

func (p pattern) rank() int {
	switch {
	case p.path == defaultRoute:
		return 2
	case p.segments[len(p.segments)-1].kind == greedy:
		return 1
	}
	return 0
}

// choose returns the pattern that serves the request and its parameters. On a
// REST API (tree) the most specific resource is taken first and must have the
// method: there is no way back to a catch-all (unconfirmed).
func choose(patterns []pattern, method, path string, tree bool) (*pattern, map[string]string) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var best *pattern
	var params map[string]string
	for i, p := range patterns {
		found, ok := p.match(segments)
		if !ok || !tree && !p.takes(method) {
			continue
		}
		if best == nil || preferred(p, *best, method) {
			best, params = &patterns[i], found
		}
	}
	if best == nil || !best.takes(method) {
		return nil, nil
	}
	return best, params
}

// preferred compares two matching patterns; at the same path one that takes
// the method is better than one that does not.
func preferred(p, q pattern, method string) bool {
	if p.path == q.path && p.takes(method) != q.takes(method) {
		return p.takes(method)
	}
	return p.compare(q) < 0
}

// decoded undoes percent-encoding; text with an invalid escape stays as it is.
func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
