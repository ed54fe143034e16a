// Package cors answers preflights and puts Access-Control-* on every answer of
// a function that stands behind a proxy integration, where nobody else does.
//
// On a REST API, an ALB, VPC Lattice and a Function URL without CORS settings
// the function is the only one who can: leave [Config].Owner at [App]. Where
// the front answers instead, say so with [GatewayPreflight] or [Gateway], and
// let [Mismatch] compare both configurations in a test.
//
// # Where it belongs
//
// Outside everything that may refuse a request. A preflight carries no token,
// so authorization in front of it answers 401, and the browser never sends the
// request that would have carried one:
//
//	policy.Wrap(guard(mux))   // right: preflights answered, refusals readable
//	guard(policy.Wrap(mux))   // wrong: every preflight is refused
//
// [http.TimeoutHandler] belongs inside too, or its 503 has no such headers.
// Answers made outside the chain, as those of adapter.Handler, get them through
// the Apply method that both [Policy] and the result of Wrap have.
//
// # What the front has to do
//
// Let preflights through. An HTTP API with an authorizer on ANY /{proxy+} and
// without CORS settings needs a second route OPTIONS /{proxy+} without one (the
// AWS page below says so of $default; of ANY it is unconfirmed), a REST API an
// OPTIONS method with authorization NONE, and one on each resource that has
// methods of its own: OPTIONS /{proxy+} does not stand in for it.
//
// Answers that the front makes itself, such as its authorizer's 401, never pass
// here. On a REST API they get the headers from the gateway responses
// DEFAULT_4XX and DEFAULT_5XX; until those are set, no page can read them.
//
// # What it does not do
//
// CORS tells a browser which pages may read an answer. It keeps no request from
// being served: that is the job of package authz.
//
// # Terminology and specifications
//
// Origin, preflight, credentials and safelisted mean what the CORS protocol of
// the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol) says.
// Field names and units of [Config] are API Gateway's
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html).
package cors

import "net/http"

// Policy is a checked and compiled [Config], made by [New] or [MustNew]. The
// zero Policy allows no origin. It is safe for concurrent use.
type Policy struct {
	owner       Owner
	origins     origins
	credentials string // "true" or ""
	expose      string // "": nothing
	preflight   preflight
	refusals    *refusals // nil: nobody wants to know
}

// Wrap returns a handler that answers preflights itself, and puts the policy's
// headers on every other answer of next at the moment it is begun: whatever
// next does to its Header before, they are there, also if it panics. The policy
// is the only source of Access-Control-Allow-Origin, -Allow-Credentials and
// -Expose-Headers: what next sets there is replaced or deleted.
//
// A preflight is an OPTIONS request with Origin and
// Access-Control-Request-Method; every other OPTIONS request goes to next.
//
// The result also has the method Apply(http.Header, *http.Request), the
// policy's own, which adapter.New looks for. Wrap panics if next is nil.
func (p *Policy) Wrap(next http.Handler) http.Handler {
	if next == nil {
		panic("cors: Wrap: nil handler")
	}
	return &handler{policy: p, next: next}
}

// Apply puts into h what [Policy.Wrap] would have put on an answer to r other
// than a granted preflight's, for answers that are made outside of it. Vary is
// added to what h holds, the other headers are replaced. A nil r stands for a
// request without Origin.
func (p *Policy) Apply(h http.Header, r *http.Request) {
	if r == nil {
		r = new(http.Request)
	}
	var a answer
	p.decide(r, &a)
	a.put(h)
}

type handler struct {
	policy *Policy
	next   http.Handler
}

func (h *handler) Apply(header http.Header, r *http.Request) { h.policy.Apply(header, r) }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.policy.owner == App && isPreflight(r) {
		h.policy.answerPreflight(w, r)
		return
	}
	rw := &writer{ResponseWriter: w}
	h.policy.decide(r, &rw.answer)
	// Deferred, so that a recover further out answers with the headers too.
	defer rw.begin()
	h.next.ServeHTTP(rw, r)
}
