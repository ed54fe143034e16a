package echoauthz

import (
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Add registers a route for one method, which may be any token.
func (r *Routes) Add(method, path string, req authz.Requirement, h echo.HandlerFunc, m ...echo.MiddlewareFunc) *echo.Route {
	if h == nil {
		panic("echoauthz: a route with a nil handler")
	}
	rt := &route{site: r.site, requirement: own(r.requirement, r.site.mustBeRule(req))}
	return r.site.add(r, rt, method, r.prefix+path, h, slices.Concat(r.middleware, m))
}

// add enters the route twice. Echo's own registration names and lists it, calls
// OnAddRouteHandler, and makes a handler that cannot be told from others. Then
// rt.serve takes that one's place in the tree, where it is recognized.
func (s *site) add(r *Routes, rt *route, method, path string, h echo.HandlerFunc, m []echo.MiddlewareFunc) *echo.Route {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving.Load() {
		panic("echoauthz: a route after the first request")
	}
	mustNameOnce(path)
	s.occupy(r.host, method, path)
	m = append([]echo.MiddlewareFunc{rt.require}, m...)
	rt.chain = chain(h, m)
	listed := r.add(method, path, h, m...)
	s.router(r.host).Add(method, listed.Path, rt.serve)
	rt.pattern = r.host + listed.Path
	rt.rule = s.guard.Rule(method, rt.pattern, rt.requirement)
	s.rules = append(s.rules, rt.rule)
	return listed
}

func (s *site) router(host string) *echo.Router {
	if host == "" {
		return s.echo.Router()
	}
	return s.echo.Routers()[host]
}

// host returns Echo's group for a host. Asking Echo twice would drop the routes
// registered in between.
func (s *site) host(name string) *echo.Group {
	if name == "" {
		panic("echoauthz: Host without a name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hosts[name] == nil {
		s.hosts[name] = s.echo.Host(name)
	}
	return s.hosts[name]
}

// occupy panics if Echo would let this route take another one's place, with the
// Policy still showing both.
func (s *site) occupy(host, method, path string) {
	place := method + " " + host + shape(path)
	if taken, ok := s.places[place]; ok {
		panic(fmt.Sprintf("echoauthz: %s %s%s is already registered as %s", method, host, path, taken))
	}
	s.places[place] = path
}

// mustNameOnce panics if two parameters of a path have one name, as net/http
// does: a requirement and the handler could mean different ones.
func mustNameOnce(path string) {
	var names []string
	for segment := range strings.SplitSeq(path, "/") {
		open := unnamed(segment)
		if open == segment {
			continue
		}
		name := segment[len(open):]
		if slices.Contains(names, name) {
			panic(fmt.Sprintf("echoauthz: %s has the parameter %q twice", path, name))
		}
		names = append(names, name)
	}
}

// shape is a path as Echo's tree has it: parameters have no names, and what
// follows an asterisk does not count.
func shape(path string) string {
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, segment := range segments {
		segments[i] = unnamed(segment) // an asterisk in a name is part of it
	}
	path, _, greedy := strings.Cut("/"+strings.Join(segments, "/"), "*")
	if greedy {
		path += "*"
	}
	return path
}

// unnamed cuts a parameter's name off. A colon after a backslash is a colon.
func unnamed(segment string) string {
	for i := range len(segment) {
		if segment[i] == ':' && (i == 0 || segment[i-1] != '\\') {
			return segment[:i+1]
		}
	}
	return segment
}

func chain(h echo.HandlerFunc, m []echo.MiddlewareFunc) echo.HandlerFunc {
	for _, wrap := range slices.Backward(m) {
		h = wrap(h)
	}
	return h
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
