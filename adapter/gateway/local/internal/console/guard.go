package console

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// SecretHeader holds the secret of the run. No other origin can send it: it
// makes a request one that has to be preflighted, and the console answers no
// preflight.
const SecretHeader = "Gatehouse-Console"

// ServeHTTP serves the console to its own host name alone. Under another name
// for the same listener there is nothing but the page of a second origin, and
// a way to the first.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch {
	case strings.EqualFold(r.Host, c.host):
		c.mux.ServeHTTP(w, r)
	case c.other != "" && strings.HasPrefix(r.URL.Path, "/console/origin") && strings.EqualFold("http://"+r.Host, c.other):
		c.serveOrigin(w, r)
	case r.Method == http.MethodGet && r.URL.Path == "/":
		http.Redirect(w, r, c.config.URL+"/", http.StatusSeeOther)
	default:
		http.Error(w, "the console is at "+c.config.URL+"/", http.StatusMisdirectedRequest)
	}
}

// guarded admits requests of the page alone. Browsers that say where a request
// comes from (Sec-Fetch-Site) must say that it comes from the same origin.
func (c *Console) guarded(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		site := r.Header.Get("Sec-Fetch-Site")
		values := r.Header.Values(SecretHeader)
		if site != "" && site != "same-origin" || len(values) != 1 || subtle.ConstantTimeCompare([]byte(values[0]), []byte(c.secret)) != 1 {
			http.Error(w, "for the console's own page only; reload it if the program was restarted", http.StatusForbidden)
			return
		}
		next(w, r)
	})
}

// otherOrigin is another name for a listener on loopback: to a browser, another
// origin. A listener at localhost is on 127.0.0.1 as well.
func otherOrigin(u *url.URL) string {
	if u.Scheme != "http" || u.Port() == "" {
		return ""
	}
	switch u.Hostname() {
	case "localhost":
		return "http://" + net.JoinHostPort("127.0.0.1", u.Port())
	case "127.0.0.1":
		return "http://" + net.JoinHostPort("localhost", u.Port())
	}
	return ""
}
