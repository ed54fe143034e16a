package cors

import (
	"net/http"
	"slices"
)

const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"

	varyPreflight = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
)

// decision is what an answer to one request says, whoever makes it; "" means that
// the header is not set. It does not change once it is made, and holds nothing of
// the request that does.
type decision struct {
	allow, credentials, expose, vary string

	owner   Owner  // OwnerGateway: delete all of them, since the gateway sets its own
	problem string // why a browser keeps something from the page; "": nothing is known
}

// Problem is for the adapter's log line. It holds no byte of the request.
func (d *decision) Problem() string { return d.problem }

// Owner is for the line about the program's start.
func (d *decision) Owner() string { return d.owner.name() }

// Apply is for the adapter, which answers in a handler's place and sends what
// something outside of Wrap has made. It does not need the request.
func (d *decision) Apply(h http.Header, _ *http.Request) {
	if !d.in(h) {
		(&answer{decision: *d}).put(h)
	}
}

// in reports whether h says so already.
func (d *decision) in(h http.Header) bool {
	return d.owner != OwnerGateway && only(h[allowOrigin], d.allow) && only(h[allowCredentials], d.credentials) &&
		only(h[exposeHeaders], d.expose) && (d.vary == "" || slices.Contains(h["Vary"], d.vary))
}

// only reports whether a header has this value and no other, or is absent for "".
func only(values []string, want string) bool {
	if want == "" {
		return len(values) == 0
	}
	return len(values) == 1 && values[0] == want
}

// value is the only value of a header; "" means that the header is not set.
// Every answer has its own: others read and change a header map until it is
// sent, so nothing in it may belong to the Middleware or to another answer.
type value [1]string

func (v *value) set(h http.Header, name, text string) {
	if v[0] = text; text == "" {
		delete(h, name)
		return
	}
	h[name] = v[:]
}

// answer is a decision with room for the values of one header map.
type answer struct {
	decision
	values struct{ allow, credentials, expose, vary value }
}

// put sets the headers in h and overrides what a handler has put there.
func (a *answer) put(h http.Header) {
	if a.owner == OwnerGateway {
		removeAll(h)
		return
	}
	// Deletions and look-ups come first: they cost nothing while h is empty, as
	// most handlers leave it.
	a.values.credentials.set(h, allowCredentials, a.credentials)
	a.addVary(h)
	a.values.expose.set(h, exposeHeaders, a.expose)
	a.values.allow.set(h, allowOrigin, a.allow)
}

// addVary appends to the handler's own Vary. It does not append in place: the
// capacity of the handler's slice is not ours to use.
func (a *answer) addVary(h http.Header) {
	old := h["Vary"]
	switch {
	case a.vary == "" || slices.Contains(old, a.vary):
	case len(old) > 0:
		h["Vary"] = append(old[:len(old):len(old)], a.vary)
	default:
		a.values.vary.set(h, "Vary", a.vary)
	}
}

func removeAll(h http.Header) {
	for _, name := range [...]string{
		allowOrigin, allowCredentials, exposeHeaders, allowMethods, allowHeaders, maxAge,
	} {
		delete(h, name)
	}
}

// decide fills in d, which must be zero. It does not return a decision because it
// runs for every request, and the caller's writer already has room for one.
func (m *Middleware) decide(r *http.Request, d *decision) {
	preflight := isPreflight(r)
	if d.owner = m.owner; d.owner == OwnerGateway {
		d.problem = m.problem(r, d.allow, preflight)
		return
	}
	if d.allow = m.grant(r.Header["Origin"]); d.allow != "" {
		d.credentials = m.credentials
		if !preflight { // what is exposed is said on the answer to the request itself
			d.expose = m.expose
		}
	}
	d.problem = m.problem(r, d.allow, preflight)
	switch {
	case preflight:
		d.vary = varyPreflight
	case d.allow != "*":
		d.vary = "Origin"
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
