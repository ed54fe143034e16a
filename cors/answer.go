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

// value is the only value of a header; "" means that the header is not set.
// Every answer has its own: others read and change a header map until it is
// sent, so nothing in it may belong to the Middleware or to another answer.
type value [1]string

func (v *value) set(h http.Header, name string) {
	if v[0] == "" {
		delete(h, name)
		return
	}
	h[name] = v[:]
}

// answer holds the headers for one request, whoever answers it.
type answer struct {
	allow, credentials, expose, vary value

	none bool // delete all of them: the gateway sets its own
}

// put sets the headers in h and overrides what a handler has put there.
func (a *answer) put(h http.Header) {
	if a.none {
		removeAll(h)
		return
	}
	// Deletions and look-ups come first: they cost nothing while h is empty, as
	// most handlers leave it.
	a.credentials.set(h, allowCredentials)
	a.addVary(h)
	a.expose.set(h, exposeHeaders)
	a.allow.set(h, allowOrigin)
}

// addVary appends to the handler's own Vary. It does not append in place: the
// capacity of the handler's slice is not ours to use.
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

// decide fills in a, which must be zero. It does not return an answer because it
// runs for every request, and the caller's writer already has room for one.
func (m *Middleware) decide(r *http.Request, a *answer) {
	if m.owner == OwnerGateway {
		a.none = true
		return
	}
	lines := r.Header["Origin"]
	if a.allow[0] = m.grant(lines); a.allow[0] != "" {
		a.credentials[0], a.expose[0] = m.credentials, m.expose
	}
	switch {
	case isPreflight(r):
		a.vary[0] = varyPreflight
	case a.allow[0] != "*":
		a.vary[0] = "Origin"
	}
}

// grant returns the Access-Control-Allow-Origin for the Origin lines of a
// request, "" for none. "*" is sent even to requests without Origin, because a
// cache may give the answer to everybody (Fetch, "CORS protocol and HTTP
// caches").
func (m *Middleware) grant(lines []string) string {
	switch {
	case len(lines) > 1:
		// Browsers send one line (Fetch, "append a request Origin header"). With
		// several, somebody else may have checked a different one.
		return ""
	case m.origins.any:
		return "*"
	case len(lines) == 1 && m.origins.match(lines[0]):
		return lines[0]
	}
	return ""
}

// isPreflight follows Fetch, "CORS-preflight fetch" steps 1 to 3: a preflight is
// recognized by its method and by the presence of Origin and
// Access-Control-Request-Method, whatever their values.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions &&
		len(r.Header["Origin"]) > 0 && len(r.Header["Access-Control-Request-Method"]) > 0
}
