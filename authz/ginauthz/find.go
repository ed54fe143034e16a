package ginauthz

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Find returns the rule by which the Guard would decide about req, with its
// Requirement. It returns false if no route with a requirement matches. It serves
// nothing and does not end registration. The Rule must not be modified.
//
// gin cannot be asked for a route without serving it. So Find asks a second engine,
// which has the same routes and no middleware; in gin's debug mode, that one prints
// the routes again.
func (r *Routes) Find(req *http.Request) (authz.Rule, authz.Requirement, bool) {
	f := finding{header: http.Header{}}
	r.site.shadow().engine.ServeHTTP(&f, req)
	if f.route == nil {
		return authz.Rule{}, nil, false
	}
	return f.route.rule, f.route.requirement, true
}

// finder is an engine whose handlers tell which route they are.
type finder struct {
	engine *gin.Engine
	flags  flags
}

// flags are what gin's search for a route depends on besides the routes.
type flags struct{ rawPath, escapedPath, unescapeValues, removeExtraSlash bool }

func flagsOf(e *gin.Engine) flags {
	return flags{e.UseRawPath, e.UseEscapedPath, e.UnescapePathValues, e.RemoveExtraSlash}
}

// shadow returns the finder for the routes and flags of now. gin prepares its trees
// for colons at an engine's first request only, so each set of routes has its own.
func (s *site) shadow() *finder {
	s.mu.Lock()
	defer s.mu.Unlock()
	if flags := flagsOf(s.engine); s.finder == nil || s.finder.flags != flags {
		s.finder = newFinder(s.rules, s.routes, flags)
	}
	return s.finder
}

func newFinder(rules []authz.Rule, routes map[place]*route, f flags) *finder {
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.UseRawPath, e.UseEscapedPath, e.UnescapePathValues, e.RemoveExtraSlash = f.rawPath, f.escapedPath, f.unescapeValues, f.removeExtraSlash
	for _, rule := range rules { // in the order in which the other engine got them
		rt := routes[place{rule.Method, fullPath(rule.Pattern)}]
		e.Handle(rule.Method, rule.Pattern, rt.found)
	}
	return &finder{e, f}
}

// found takes the place of a route's handlers in a finder.
func (rt *route) found(c *gin.Context) {
	inner, _ := c.Writer.(interface{ Unwrap() http.ResponseWriter })
	inner.Unwrap().(*finding).route = rt
}

// finding is the writer of a request that is only looked for.
type finding struct {
	header http.Header
	route  *route
}

func (f *finding) Header() http.Header       { return f.header }
func (*finding) Write(p []byte) (int, error) { return len(p), nil }
func (*finding) WriteHeader(int)             {}
