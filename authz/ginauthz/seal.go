package ginauthz

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
)

// seal ends registration at the first request, and panics at each if the engine
// could run something that was registered without a requirement.
func (s *site) seal(r *http.Request) {
	if !s.serving.Load() {
		s.end(r)
	}
	if s.broken != "" {
		panic(authz.Misregistered(s.broken))
	}
}

func (s *site) end(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.serving.Load() {
		return
	}
	s.broken = s.problem()
	s.serving.Store(true)
	s.guard.Started(r, s.rules)
}

// problem holds the engine against the routes that have requirements. gin refuses
// to register one twice, so that a foreign one cannot take another one's place.
func (s *site) problem() string {
	if s.engine.RedirectTrailingSlash || s.engine.RedirectFixedPath {
		return "ginauthz: RedirectTrailingSlash or RedirectFixedPath was turned on after New: gin redirects without asking any middleware"
	}
	foreign := names(s.engine.Routes())
	for at := range s.routes {
		i := slices.Index(foreign, at.method+" "+at.fullPath)
		if i < 0 {
			return "ginauthz: the engine has lost its route " + at.method + " " + at.fullPath
		}
		foreign = slices.Delete(foreign, i, i+1)
	}
	if len(foreign) > 0 {
		return "ginauthz: these routes were registered without a requirement, so nothing is served: " + list(foreign)
	}
	return ""
}

func names(routes gin.RoutesInfo) []string {
	var all []string
	for _, r := range routes {
		all = append(all, r.Method+" "+fullPath(r.Path))
	}
	slices.Sort(all)
	return all
}

func list(names []string) string { return strings.Join(names, ", ") }

// fullPath is a pattern as gin has it from the first request on: a colon after a
// backslash is a colon.
func fullPath(pattern string) string { return strings.ReplaceAll(pattern, `\:`, ":") }
