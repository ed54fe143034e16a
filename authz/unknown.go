package authz

import (
	"bytes"
	"maps"
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

// Unknown decides a request that matches no route and answers it, for routers that
// keep their own list. Nobody is refused by UnknownRoute; a known caller gets the
// router's own answer, which builtin gives: a 404, a 405 with Allow or a redirect.
// An error has the form of every other refusal, so builtin's body is replaced.
func (g *Guard) Unknown(w http.ResponseWriter, r *http.Request, builtin http.Handler) {
	if allowed, ok := g.Allow(w, r, UnknownRoute()); ok {
		defer form.Remove(allowed, r)
		g.unknown(w, allowed, builtin)
	}
}

// unknown answers a known caller. Strangers are answered differently, so no cache
// may keep the answer.
func (g *Guard) unknown(w http.ResponseWriter, r *http.Request, builtin http.Handler) {
	said := &recorder{header: http.Header{}, status: http.StatusOK}
	builtin.ServeHTTP(said, r)
	if said.status >= 400 {
		for _, name := range []string{"Allow", "X-Content-Type-Options"} {
			if values, ok := said.header[name]; ok {
				w.Header()[name] = values
			}
		}
		g.refuse(w, r, &Error{Status: said.status})
		return
	}
	maps.Copy(w.Header(), said.header)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(said.status)
	_, _ = w.Write(said.body.Bytes())
}

// recorder keeps what ServeMux's built-in handlers answer, which is little.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }
