package cors

import (
	"net/http"
	"slices"
)

// preflight holds the parts of an answer to a preflight that do not depend on
// the origin.
type preflight struct {
	methods, headers, maxAge string // "": not sent

	// With credentials, browsers take "*" for the name of a method or header
	// (Fetch, "CORS-preflight fetch" steps 7.5 and 7.7). To allow all of them,
	// the answer repeats those that the preflight asks for.
	echoMethods, echoHeaders bool
}

// grantedPreflight keeps all values of one answer in one allocation.
type grantedPreflight struct {
	answer
	methods, headers, maxAge value
}

// answerPreflight neither parses nor compares the names of methods and headers
// that r asks for: it sends the lists, and the browser compares.
func (m *Middleware) answerPreflight(w http.ResponseWriter, r *http.Request) {
	var g grantedPreflight
	m.decide(r, &g.answer)
	m.report(r, &g.answer)
	g.expose[0] = "" // only has a meaning on the answer to the request itself
	g.put(w.Header())
	if g.allow[0] == "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.putLists(w.Header(), &m.preflight, r)
	w.WriteHeader(http.StatusNoContent)
}

func (g *grantedPreflight) putLists(h http.Header, p *preflight, r *http.Request) {
	g.methods[0], g.headers[0], g.maxAge[0] = p.methods, p.headers, p.maxAge
	if p.echoMethods {
		g.methods[0] = r.Header["Access-Control-Request-Method"][0]
	}
	g.methods.set(h, allowMethods)
	g.maxAge.set(h, maxAge)
	if p.echoHeaders {
		g.echoHeaders(h, r.Header["Access-Control-Request-Headers"])
		return
	}
	g.headers.set(h, allowHeaders)
}

// echoHeaders grants the names in lines. Browsers send a single line, which some
// proxies split.
func (g *grantedPreflight) echoHeaders(h http.Header, lines []string) {
	if len(lines) > 1 {
		h[allowHeaders] = slices.Clone(lines)
		return
	}
	g.headers[0] = ""
	if len(lines) == 1 {
		g.headers[0] = lines[0]
	}
	g.headers.set(h, allowHeaders)
}
