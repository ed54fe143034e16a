package authorizer

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// checkRoutes returns the rule that each route leads to, for a gateway that keeps
// answers by route: whoever may do one thing under a route key may do all. A
// route that could lead to a second rule is a problem under any reading of what
// AWS leaves open: its parameters may hold an encoded slash, and a literal of
// another route may be spelled with escapes.
func (c *Config) checkRoutes(policy authz.Policy, found *problems) map[string]kept {
	routes := map[string]kept{}
	if c.Policies {
		found.add("Policies", "a policy is for one path, and would deny all others of the route: make method and path identity sources")
	}
	if len(c.RouteKeys) == 0 {
		found.add("RouteKeys", "%q: $context.routeKey stands for the operation only if the keys are known", c.RouteKeys)
	}
	for _, key := range c.RouteKeys {
		method, path, ok := strings.Cut(key, " ")
		if !ok || method == "ANY" || !strings.HasPrefix(path, "/") || strings.Contains(path, "+}") {
			found.add("RouteKeys", "%q leads to more than one operation: make method and path identity sources", key)
			continue
		}
		var under []authz.Rule
		for _, rule := range policy.Rules {
			if serves(rule, method) && overlap(routeSegments(path), ruleSegments(rule.Pattern)) {
				under = append(under, rule)
			}
		}
		switch {
		case len(under) == 0:
			found.add("RouteKeys", "%q leads to no rule", key)
		case len(under) > 1:
			found.add("RouteKeys", "%q may lead to %s %s and to %s %s: make method and path identity sources", key,
				under[0].Method, under[0].Pattern, under[1].Method, under[1].Pattern)
		case under[0].Gate.Public:
			found.add("RouteKeys", "%q leads to a public rule: its route needs no authorizer", key)
		default:
			if routes[key], ok = c.ruleOf(method, path); !ok {
				found.add("RouteKeys", "%q: no request of it was found to be decided by %s %s", key, under[0].Method, under[0].Pattern)
			}
		}
	}
	return routes
}

// ruleOf asks the routes about a request of a route key.
func (c *Config) ruleOf(method, path string) (kept, bool) {
	segments := strings.Split(path, "/")
	for i, text := range segments {
		if strings.HasPrefix(text, "{") {
			segments[i] = "x"
		}
	}
	r, err := http.NewRequest(method, "https://api.example.com"+strings.Join(segments, "/"), nil)
	if err != nil {
		return kept{}, false
	}
	r.RequestURI = r.URL.RequestURI()
	rule, req, ok := c.Routes.Find(r)
	return kept{rule, req}, ok
}

// serves reports whether a rule may be for a method, as GET's are for HEAD.
func serves(r authz.Rule, method string) bool {
	return r.Method == "" || r.Method == method || r.Method == "GET" && method == "HEAD"
}

// A segment is a literal, or how many segments of a path it may match.
type segment struct {
	literal string // "" for a parameter
	least   int
	more    bool // than one
}

// routeSegments are those of a route key's path, whose parameters may hold encoded
// slashes.
func routeSegments(path string) []segment {
	return segmentsOf(path, func(text string) (segment, bool) {
		return segment{least: 1, more: true}, strings.HasPrefix(text, "{")
	})
}

// ruleSegments are those of a rule's pattern, by http.ServeMux's syntax. What is
// not known to be a literal may match anything, which is right for any router.
func ruleSegments(pattern string) []segment {
	path := strings.TrimSuffix(pattern[max(0, strings.Index(pattern, "/")):], "{$}")
	segments := segmentsOf(path, func(text string) (segment, bool) {
		switch {
		case strings.HasSuffix(text, "...}"), strings.ContainsAny(text, "*"):
			return segment{least: 0, more: true}, true
		}
		return segment{least: 1}, strings.ContainsAny(text, "{:")
	})
	if strings.HasSuffix(pattern, "/") { // a subtree, to http.ServeMux
		segments = append(segments, segment{least: 0, more: true})
	}
	return segments
}

func segmentsOf(path string, parameter func(string) (segment, bool)) (segments []segment) {
	for text := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		s, ok := parameter(text)
		if !ok {
			s = segment{literal: text, least: 1}
		}
		if text != "" {
			segments = append(segments, s)
		}
	}
	return segments
}

// overlap reports whether some path matches both.
func overlap(a, b []segment) bool {
	switch {
	case len(a) == 0:
		return !slices.ContainsFunc(b, func(s segment) bool { return s.least > 0 })
	case len(b) == 0:
		return overlap(b, a)
	}
	// One segment of the path is matched by both heads, or a head matches none.
	if a[0].least == 0 && overlap(a[1:], b) || b[0].least == 0 && overlap(a, b[1:]) {
		return true
	}
	if a[0].literal != "" && b[0].literal != "" && a[0].literal != b[0].literal {
		return false
	}
	for _, restA := range a[0].rest(a[1:]) {
		for _, restB := range b[0].rest(b[1:]) {
			if (len(restA) < len(a) || len(restB) < len(b)) && overlap(restA, restB) {
				return true
			}
		}
	}
	return false
}

// rest returns what may follow once a segment of the path was matched.
func (s segment) rest(tail []segment) [][]segment {
	if !s.more {
		return [][]segment{tail}
	}
	return [][]segment{tail, append([]segment{{least: 0, more: true}}, tail...)}
}
