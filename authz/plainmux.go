package authz

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// PlainMux registers routes in a Mux with the methods of an http.ServeMux, which
// take no requirement. It is for code that registers routes itself, such as the
// servers that oapi-codegen generates. Mux.With says what each pattern requires.
type PlainMux struct {
	mux  *Mux
	reqs map[string]Requirement
}

// With returns a PlainMux that registers routes in m, each with the requirement
// that reqs has for exactly its pattern. With copies reqs. It panics if a
// requirement is nil or otherwise invalid.
func (m *Mux) With(reqs map[string]Requirement) *PlainMux {
	var problems []error
	for _, pattern := range slices.Sorted(maps.Keys(reqs)) {
		problems = append(problems, refuseRule(fmt.Sprintf("With, pattern %q,", pattern), reqs[pattern]))
	}
	mustHave(found(problems))
	return &PlainMux{m, maps.Clone(reqs)}
}

// Handle registers h as Mux.Handle does. It panics if With was given no
// requirement for the pattern.
func (p *PlainMux) Handle(pattern string, h http.Handler) {
	req, ok := p.reqs[pattern]
	if !ok {
		panic(fmt.Sprintf("authz: Mux.With has no requirement for the pattern %q", pattern))
	}
	p.mux.Handle(pattern, req, h)
}

// HandleFunc registers a function as Handle does a Handler.
func (p *PlainMux) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	if h == nil {
		panic("authz: HandleFunc with a nil function")
	}
	p.Handle(pattern, http.HandlerFunc(h))
}

// ServeHTTP serves as the Mux does.
func (p *PlainMux) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }
