package authz

import (
	"bytes"
	"maps"
	"net/http"
)

// unknown answers a known caller where no route is: as the router would, but an
// error looks like every other of the Guard's, so that clients have one format
// to read. Strangers are answered otherwise, so no cache may keep either.
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
