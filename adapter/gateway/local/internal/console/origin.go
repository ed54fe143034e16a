package console

import (
	"net/http"
	"net/url"
)

// serveOrigin serves the page of a second origin, which shows what CORS lets
// another site's page read. It holds no secret: the console frames it and tells
// it by postMessage what to fetch.
func (c *Console) serveOrigin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	switch r.URL.Path {
	case "/console/origin.js":
		serveFile("origin.js", "text/javascript; charset=utf-8")(w, r)
	case "/console/origin":
		c.serveOriginPage(w)
	default:
		http.Error(w, "not found", http.StatusNotFound)
	}
}

// serveOriginPage allows requests to this gateway alone, and to be framed by
// the console alone.
func (c *Console) serveOriginPage(w http.ResponseWriter) {
	api := originOf(*c.api.Load())
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src "+api+"; base-uri 'none'; form-action 'none'; frame-ancestors "+c.config.URL)
	_ = pages.ExecuteTemplate(w, "origin.html", struct{ Console, API string }{c.config.URL, api}) // the client has gone
}

// originOf is scheme, host and port of a URL.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}
