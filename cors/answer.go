package cors

import "net/http"

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"

	varyPreflight = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
)

// value is a header's only value; "" is no such header. Every answer has its
// own: a header map is read and written by others until it is sent, so nothing
// in it may belong to the policy or to another answer.
type value [1]string

func (v *value) set(h http.Header, name string) {
	if v[0] == "" {
		delete(h, name)
		return
	}
	h[name] = v[:]
}

// answer is what a policy has to say about one request, whoever answers it.
type answer struct {
	allow, credentials, expose, vary value

	bare bool // nothing at all: the gateway speaks for itself
}

// put makes h say so, and nothing else that a handler may have put there.
func (a *answer) put(h http.Header) {
	if a.bare {
		removeAll(h)
		return
	}
	// What deletes or looks comes first: most handlers have left h empty, and
	// then it costs nothing.
	a.credentials.set(h, allowCredentials)
	a.addVary(h)
	a.expose.set(h, exposeHeaders)
	a.allow.set(h, allowOrigin)
}

// addVary appends: handlers have reasons of their own to vary. Their slice may
// have room at its end, which is not ours.
func (a *answer) addVary(h http.Header) {
	if a.vary[0] == "" {
		return
	}
	if old := h["Vary"]; len(old) > 0 {
		h["Vary"] = append(old[:len(old):len(old)], a.vary[0])
		return
	}
	h["Vary"] = a.vary[:]
}

func removeAll(h http.Header) {
	for _, name := range [...]string{
		allowOrigin, allowCredentials, exposeHeaders, allowMethods, allowHeaders, maxAge,
	} {
		delete(h, name)
	}
}

// decide fills in the zero a, in place since it is on every request's way.
func (p *Policy) decide(r *http.Request, a *answer) {
	if p.owner == Gateway {
		a.bare = true
		return
	}
	lines := r.Header["Origin"]
	if a.allow[0] = p.grant(lines); a.allow[0] != "" {
		a.credentials[0], a.expose[0] = p.credentials, p.expose
	}
	switch {
	case isPreflight(r):
		a.vary[0] = varyPreflight
	case a.allow[0] != "*":
		a.vary[0] = "Origin"
	}
	if p.refusals != nil && len(lines) > 0 {
		p.report(r, lines, a.allow[0] != "")
	}
}

// grant returns the Access-Control-Allow-Origin for a request's Origin lines;
// "" is none. Without Origin "*" is sent all the same, as a cache may give the
// answer to everybody (Fetch, "CORS protocol and HTTP caches").
func (p *Policy) grant(lines []string) string {
	switch {
	case len(lines) > 1:
		// Browsers send one (Fetch, "append a request Origin header"). Of
		// several, somebody else may have checked another one.
		return ""
	case p.origins.any:
		return "*"
	case len(lines) == 1 && p.origins.match(lines[0]):
		return lines[0]
	}
	return ""
}

// isPreflight follows Fetch, "CORS-preflight fetch" steps 1 to 3: the method,
// Origin and Access-Control-Request-Method make a preflight, whatever their
// values, and nothing else does.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		len(r.Header["Origin"]) > 0 && len(r.Header["Access-Control-Request-Method"]) > 0
}
