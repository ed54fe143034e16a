package ginauthz

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Handle registers a route for one method, in capital letters. The last of the
// handlers is the route's own, those before it are middleware.
func (r *Routes) Handle(method, path string, req authz.Requirement, handlers ...gin.HandlerFunc) {
	mustNotBeNil(handlers)
	if len(handlers) == 0 {
		panic("ginauthz: a route without a handler")
	}
	req = own(r.requirement, r.site.mustBeRule(req))
	handlers = slices.Concat(r.middleware, handlers)
	r.site.add(method, r.join(path), req, handlers)
	if method == http.MethodGet && r.site.opts.GetHead {
		r.site.add(http.MethodHead, r.join(path), req, handlers)
	}
}

// join returns the pattern that gin makes of a path below the group's.
func (r *Routes) join(path string) string {
	return r.site.engine.Group(r.base).Group(path).BasePath()
}

// add enters the route into gin's tree, which panics if it does not like it.
func (s *site) add(method, pattern string, req authz.Requirement, handlers []gin.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving.Load() {
		panic("ginauthz: a route after the first request")
	}
	mustNameOnce(pattern)
	at := place{method, fullPath(pattern)}
	if taken := s.routes[at]; taken != nil {
		panic(fmt.Sprintf("ginauthz: %s %s is already registered as %s", method, pattern, taken.rule.Pattern))
	}
	rt := &route{s, req, s.guard.Rule(method, pattern, req)}
	s.engine.Handle(method, pattern, slices.Insert(handlers[:len(handlers):len(handlers)], 0, rt.require)...)
	s.routes[at] = rt
	s.rules = append(s.rules, rt.rule)
	s.finder = nil
}

// mustNameOnce panics if two parameters of a pattern have one name, as net/http
// does: a requirement and the handler could mean different ones.
func mustNameOnce(pattern string) {
	var names []string
	for segment := range strings.SplitSeq(strings.ReplaceAll(pattern, `\:`, ""), "/") {
		i := strings.IndexAny(segment, ":*")
		if i < 0 {
			continue
		}
		if slices.Contains(names, segment[i+1:]) {
			panic(fmt.Sprintf("ginauthz: %s has the parameter %q twice", pattern, segment[i+1:]))
		}
		names = append(names, segment[i+1:])
	}
}

func mustNotBeNil(handlers []gin.HandlerFunc) {
	if slices.ContainsFunc(handlers, func(h gin.HandlerFunc) bool { return h == nil }) {
		panic("ginauthz: a nil handler")
	}
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
