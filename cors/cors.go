// Package cors answers preflights and sets the Access-Control-* headers on
// every other answer of a function behind a proxy integration, where nobody
// else sets them.
//
// On a REST API, an ALB, VPC Lattice and a Function URL without CORS settings
// only the function can do so: leave [Config].Owner at [OwnerApp]. If the front
// answers instead, say so with [OwnerGatewayPreflight] or [OwnerGateway], and
// compare both configurations in a test with [Mismatch].
//
// # Where it belongs
//
// Outside everything that may refuse a request. A preflight carries no token:
// authorization outside of cors answers it with 401, and the browser never
// sends the request that would have carried one.
//
//	api.Wrap(guard(mux))   // right: preflights are answered, refusals can be read
//	guard(api.Wrap(mux))   // wrong: every preflight is refused
//
// Behind adapter.Handler every answer to a request that has reached Wrap
// carries the headers: those that the adapter makes itself, and those of
// middleware outside of Wrap, such as [http.TimeoutHandler]. Without the
// adapter, net/http's server sends the answers of such middleware without the
// headers. For other answers there is [Middleware.Apply].
//
// # What the front has to do
//
// The front must let preflights through. An HTTP API with an authorizer on ANY
// /{proxy+} needs a second route, OPTIONS /{proxy+}, without an authorizer,
// whether or not it has CORS settings: the authorizer runs before they apply.
// The AWS page below says so of $default; for ANY there are two users' reports,
// such as https://github.com/anomalyco/sst/issues/5493 (unconfirmed). A REST
// API needs an OPTIONS method with authorization NONE, and one more on each
// resource that has methods of its own: there OPTIONS /{proxy+} is not used.
//
// Answers that the front makes itself, such as its authorizer's 401, never reach
// this package. A REST API adds headers to them if the gateway responses
// DEFAULT_4XX and DEFAULT_5XX say so; until then no page can read them.
//
// # What it does not do
//
// CORS tells a browser which pages may read an answer. It does not keep any
// request from being served: that is the job of package authz.
//
// # Terminology and specifications
//
// Origin, preflight, credentials and safelisted mean what the CORS protocol of
// the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol) says.
// The field names and units of [Config] are API Gateway's
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html).
package cors

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// Middleware is a checked and compiled [Config], made by [New] or [MustNew]. The
// zero Middleware allows no origin. It is safe for concurrent use.
type Middleware struct {
	owner       Owner
	origins     origins
	credentials string // "true" or ""
	expose      string // "": nothing
	preflight   preflight
	asked       asked
	refusals    *refusals // nil: Config.Report is nil
}

// Wrap returns a handler that answers preflights itself and sets the CORS
// headers on every other answer of next. It sets them when next begins its
// answer, or panics, and overrides what next has put there: the Middleware is
// the only source of Access-Control-Allow-Origin, -Allow-Credentials and
// -Expose-Headers.
//
// A preflight is an OPTIONS request with Origin and
// Access-Control-Request-Method; every other OPTIONS request goes to next.
//
// Wrap panics if next is nil.
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	if next == nil {
		panic("cors: Wrap: nil handler")
	}
	return &handler{cors: m, next: next}
}

// Apply sets the headers in h that [Middleware.Wrap] sets on an answer to r. It
// is for answers that are made outside of Wrap, and never grants a preflight. A
// value is added to Vary; the other headers are replaced. A nil r stands for a
// request without Origin.
func (m *Middleware) Apply(h http.Header, r *http.Request) {
	if r == nil {
		r = new(http.Request)
	}
	var a answer
	m.decide(r, &a.decision)
	m.report(r, &a.decision)
	a.put(h)
}

type handler struct {
	cors *Middleware
	next http.Handler
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.cors.owner == OwnerApp && isPreflight(r) {
		h.cors.answerPreflight(w, r)
		return
	}
	rw := &writer{ResponseWriter: w}
	h.cors.enter(r, &rw.answer.decision)
	// Deferred, so that a recover further out answers with the headers too.
	defer rw.begin()
	h.next.ServeHTTP(rw, r)
}

// enter decides a request that has reached Wrap, and leaves the decision in the
// invocation's slot for the answers that Wrap does not see.
func (m *Middleware) enter(r *http.Request, d *decision) {
	m.decide(r, d)
	m.report(r, d)
	slot.FromContext(r.Context()).SetCORS(d)
}
