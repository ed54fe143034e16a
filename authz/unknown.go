package authz

import (
	"maps"
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

// Unknown decides about a request that matches no route, by UnknownRoute, and
// answers it. It is for routers that keep their own list of routes. A request
// without a known caller gets a 401. A known caller gets the router's own
// answer, which builtin gives: a 404, a 405 with Allow or a redirect. The body
// of an error is replaced by that of a refusal, so that all errors have one
// form.
func (g *Guard) Unknown(w http.ResponseWriter, r *http.Request, builtin http.Handler) {
	allowed, ok := g.Allow(w, r, UnknownRoute())
	if !ok {
		return
	}
	defer form.Remove(allowed, r)
	said := new(routing)
	builtin.ServeHTTP(said, allowed)
	said.WriteHeader(http.StatusOK) // as a server does for a handler that wrote nothing
	g.sayAgain(w, allowed, said)
}

// unknown is Unknown for a router that has answered already, into said.
func (g *Guard) unknown(w http.ResponseWriter, r *http.Request, said *routing) {
	if allowed, ok := g.Allow(w, r, UnknownRoute()); ok {
		defer form.Remove(allowed, r)
		g.sayAgain(w, allowed, said)
	}
}

// sayAgain tells a known caller what a router has said. Strangers are answered
// differently, so no cache may keep the answer.
func (g *Guard) sayAgain(w http.ResponseWriter, r *http.Request, said *routing) {
	if said.status >= 400 {
		for _, name := range []string{"Allow", "X-Content-Type-Options"} {
			if values, ok := said.header[name]; ok {
				w.Header()[name] = values
			}
		}
		g.refuse(w, r, &Error{Status: said.status})
		return
	}
	said.Header().Set("Cache-Control", "no-store")
	said.replay(w)
}

// routing is the writer that a Mux's ServeMux serves with. It holds the real one
// for a route to take back, and keeps what ServeMux answers itself, which is
// little.
type routing struct {
	w       http.ResponseWriter
	matched bool

	header http.Header
	status int
	body   []byte
}

func (s *routing) Header() http.Header {
	if s.header == nil {
		s.header = http.Header{}
	}
	return s.header
}

func (s *routing) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *routing) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	s.body = append(s.body, p...)
	return len(p), nil
}

// replay answers as ServeMux did.
func (s *routing) replay(w http.ResponseWriter) {
	maps.Copy(w.Header(), s.header)
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body)
}
