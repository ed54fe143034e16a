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
	lists struct{ methods, headers, maxAge value }
}

// answerPreflight neither parses nor compares the names of methods and headers
// that r asks for: it sends the lists, and the browser compares.
func (m *Middleware) answerPreflight(w http.ResponseWriter, r *http.Request) {
	var g grantedPreflight
	m.enter(r, &g.decision)
	g.put(w.Header())
	if g.allow == "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.putLists(w.Header(), &m.preflight, r)
	w.WriteHeader(http.StatusNoContent)
}

func (g *grantedPreflight) putLists(h http.Header, p *preflight, r *http.Request) {
	methods := p.methods
	if p.echoMethods {
		methods = r.Header["Access-Control-Request-Method"][0]
	}
	g.lists.methods.set(h, allowMethods, methods)
	g.lists.maxAge.set(h, maxAge, p.maxAge)
	if p.echoHeaders {
		g.echoHeaders(h, r.Header["Access-Control-Request-Headers"])
		return
	}
	g.lists.headers.set(h, allowHeaders, p.headers)
}

// echoHeaders grants the names in lines. Browsers send a single line, which some
// proxies split.
func (g *grantedPreflight) echoHeaders(h http.Header, lines []string) {
	switch len(lines) {
	case 0:
		delete(h, allowHeaders)
	case 1:
		g.lists.headers.set(h, allowHeaders, lines[0])
	default:
		h[allowHeaders] = slices.Clone(lines)
	}
}
