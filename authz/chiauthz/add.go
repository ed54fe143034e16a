package chiauthz

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Method registers a route for one method, which chi knows: one of those that
// Routes has a function for, or that chi.RegisterMethod was told.
func (r *Routes) Method(method, pattern string, req authz.Requirement, h http.Handler) {
	r.add(strings.ToUpper(method), pattern, req, h)
}

// Handle registers a route for every method that chi knows, or for the one that
// stands before the pattern, as in "GET /notes".
func (r *Routes) Handle(pattern string, req authz.Requirement, h http.Handler) {
	method := ""
	if i := strings.IndexAny(pattern, " \t"); i >= 0 {
		method, pattern = strings.ToUpper(pattern[:i]), strings.TrimLeft(pattern[i:], " \t")
	}
	r.add(method, pattern, req, h)
}

func (r *Routes) add(method, pattern string, req authz.Requirement, h http.Handler) {
	if isNil(h) {
		panic("chiauthz: a route with a nil handler")
	}
	req = own(r.requirement, r.site.mustBeRule(req))
	for _, wrap := range slices.Backward(r.middleware) {
		h = wrap(h)
	}
	methods := []string{method}
	if method == http.MethodGet && r.site.opts.GetHead {
		methods = append(methods, http.MethodHead)
	}
	for _, method := range methods {
		r.site.add(method, r.prefix+pattern, &route{Handler: r.site.guard.Require(req)(h), requirement: req})
	}
}

func isNil(h http.Handler) bool {
	f, ok := h.(http.HandlerFunc)
	return h == nil || ok && f == nil
}

// add enters the route into chi's tree, which finds its pattern from then on and
// panics if it does not like it.
func (s *site) add(method, pattern string, rt *route) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving.Load() {
		panic("chiauthz: a route after the first request")
	}
	s.mustBeFree(method, pattern)
	rt.rule = s.guard.Rule(method, pattern, rt.requirement)
	if method == "" {
		s.router.Handle(pattern, rt)
	} else {
		s.router.Method(method, pattern, rt)
	}
	s.places[place{method, shape(pattern)}] = pattern
	s.routes[place{method, pattern}] = rt
	s.rules = append(s.rules, rt.rule)
	s.note(method)
}

// note keeps the methods that a 405 may have to list.
func (s *site) note(methods ...string) {
	if methods[0] == "" {
		methods = anyMethods
	}
	s.methods = append(s.methods, methods...)
	slices.Sort(s.methods)
	s.methods = slices.Compact(s.methods)
}

// anyMethods are those of chi.Mux.Handle that a client may be told.
var anyMethods = []string{
	http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
	http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace,
}

// mustBeFree panics if chi would let this route take another one's place, with the
// Policy still showing both. A route of every method takes all of them.
func (s *site) mustBeFree(method, pattern string) {
	for taken, by := range s.places {
		if taken.pattern == shape(pattern) && (taken.method == method || taken.method == "" || method == "") {
			panic(fmt.Sprintf("chiauthz: %s %s is already registered as %s %s", method, pattern, taken.method, by))
		}
	}
}

// shape is a pattern as chi's tree has it: parameters have no names, only regular
// expressions.
func shape(pattern string) string {
	var b strings.Builder
	depth, name := 0, false
	for _, c := range pattern {
		switch c {
		case '{':
			depth++
			name = name || depth == 1
		case '}':
			depth--
			name = name && depth > 0
		case ':':
			name = false
		}
		if !name || c == '{' {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func (s *site) mustBeRule(req authz.Requirement) authz.Requirement {
	s.guard.Require(req) // for its panics
	return req
}

// sum is what a group within a group requires.
func sum(group, inner authz.Requirement) authz.Requirement {
	if inner == authz.Public() {
		return group
	}
	return own(group, inner)
}

// own is what a route in a group requires. All panics at Public: a route cannot
// be open where its group is not.
func own(group, req authz.Requirement) authz.Requirement {
	if group == authz.Public() {
		return req
	}
	return authz.All(group, req)
}
