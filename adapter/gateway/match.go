package gateway

import (
	"net/url"
	"slices"
	"strings"
)

// match compares the pattern with a path's encoded segments and returns the
// parameters, still encoded. A literal is compared with the decoded segment,
// so that an escaped letter cannot step around a route (unconfirmed). A
// parameter needs at least one character, so no parameter matches what follows
// a trailing slash.
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

// compare orders patterns that match the same path by preference: full matches,
// then greedy ones, then $default ("Create routes for HTTP APIs", Routing API
// requests); a literal before a parameter, a method before ANY.
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

// choose returns the pattern that serves the request, and its parameters. Of those
// that match both path and method, it is the first in the order of compare. On a
// REST API, too, a resource without the method does not hide a less specific one
// that has it (measured, https://github.com/floci-io/floci/issues/3399 and
// https://github.com/ministackorg/ministack/issues/1423). Which of two resources
// with different parents wins on a REST API is unconfirmed.
func choose(patterns []pattern, method, path string, rest bool) (*pattern, map[string]string) {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	var best *pattern
	var params map[string]string
	for i, p := range patterns {
		if !p.takes(method) || best != nil && p.compare(*best) >= 0 {
			continue
		}
		if found, ok := p.match(p.trimmed(segments, rest)); ok {
			best, params = &patterns[i], found
		}
	}
	return best, params
}

// trimmed is the path that the pattern is compared with. A REST API ignores a slash
// after a literal at the end (https://github.com/aws/chalice/issues/65), but not one
// after a parameter (https://github.com/aws/chalice/issues/588).
func (p pattern) trimmed(path []string, rest bool) []string {
	n := len(path) - 1
	if rest && n > 0 && n == len(p.segments) && path[n] == "" && p.segments[n-1].kind == literal {
		return path[:n]
	}
	return path
}

// decoded undoes percent-encoding; text with an invalid escape stays as it is.
func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		return plain
	}
	return text
}
