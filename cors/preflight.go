package cors

import (
	"net/http"
	"slices"
)

// preflight holds what answers to preflights say, whatever is asked for.
type preflight struct {
	methods, headers, maxAge string // "": not sent

	// To a browser "*" is the name of a method or header when credentials are
	// sent (Fetch, "CORS-preflight fetch" steps 7.5 and 7.7). What allows all
	// of them then is to repeat those that are asked for.
	echoMethods, echoHeaders bool
}

// grantedPreflight has all that one answer needs in one piece of memory.
type grantedPreflight struct {
	answer
	methods, headers, maxAge value
}

// answerPreflight neither parses nor compares the method and header names that
// are asked for: it sends the lists, and the browser compares.
func (p *Policy) answerPreflight(w http.ResponseWriter, r *http.Request) {
	var g grantedPreflight
	p.decide(r, &g.answer)
	g.expose[0] = "" // about the answer to come
	g.put(w.Header())
	if g.allow[0] == "" {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.putLists(w.Header(), &p.preflight, r)
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

// echoHeaders grants the names in lines. A browser sends them in one line,
// which some proxies split.
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
