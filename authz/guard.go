package authz

import (
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

// Guard decides whether a request may reach its handler, and answers those that
// may not. The zero Guard enforces, with the identity the gateway's authorizer
// vouched for. A Guard must not be changed once it is used; it is then safe for
// concurrent use if its functions are.
type Guard struct {
	// Realm names the protected API in challenges (RFC 9110 section 11.5).
	// Empty: "api".
	Realm string

	// Identifier says who is calling. Nil: claims.FromContext, which knows
	// nobody unless a test or an outer Extractor.Wrap put somebody there; Policy
	// says so. A nil pointer in it panics wherever the Guard is put to use.
	Identifier Identifier

	// Every is required in addition to each requirement but Public, and of
	// callers who are to learn that there is no route. Nil: nothing.
	Every Requirement

	// Resource names the API for the discovery of RFC 9728, as MCP has it. Nil:
	// no challenge says where there are metadata.
	Resource *Resource

	// SubjectKey makes the subject's hash in log lines, as Decision.SubjectHash
	// does: at least 32 secret bytes, the same wherever hashes are to be compared.
	// Nil: no line says anything of the subject.
	SubjectKey []byte

	// ReportUntil is for introducing a policy to an API in use: before that time
	// a known caller who lacks what an operation requires is let through, and
	// the Decision says so. Only what Scope, AllScopes, AnyScope, Groups, Claim,
	// ClaimPath, TokenUse and AccessToken find missing passes. Every other part
	// of All, Any and Every is asked as well and must be met by itself; a list
	// that cannot be read, an *Error, a 401 and a missing rule are refused as
	// ever. It needs OnDecision. Zero: everything is enforced.
	ReportUntil time.Time

	// OnDecision is told each decision, once and before the handler runs, those
	// for Public and for unknown routes included. The request is the handler's:
	// its context carries the caller decided on. Nil: nobody is told. Behind
	// an adapter.Handler its Logger has a line about each kind of refusal anyway.
	OnDecision func(*http.Request, Decision)

	// Refuse writes the body of a refusal, of a Mux's 404 and 405 too, and may set its Content-Type. Status,
	// challenge and Cache-Control are the Guard's, whatever Refuse does, and so
	// is every other header. The cause in the Error is not for the client. Nil:
	// an RFC 9457 problem.
	Refuse func(http.ResponseWriter, *http.Request, *Error)
}

// Require returns middleware that lets only requests pass that meet req. It
// panics if req is nil; the middleware panics if the handler is.
//
// Nothing reminds of a route that was not wrapped in it. Where net/http's
// routing does, a Mux is the safer choice.
func (g *Guard) Require(req Requirement) func(http.Handler) http.Handler {
	g.mustBeRoute("Require", req)
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("authz: Require with a nil Handler")
		}
		return &guarded{g, req, next}
	}
}

// Check decides whether r meets req. It returns the request to go on with, whose
// context carries the Identity decided on, or an *Error. It writes no answer:
// Allow does, and Challenge helps to. A nil req is met by nobody.
//
// The request may be a copy of r. If a handler parses a multipart form in it,
// whoever called Check or Allow removes the form's files afterwards: net/http's
// server knows only those of its own request. Require and Mux do so themselves.
func (g *Guard) Check(r *http.Request, req Requirement) (*http.Request, error) {
	decided, refusal := g.decide(r, req)
	if refusal != nil {
		form.Remove(decided, r)
		return nil, refusal
	}
	return decided, nil
}

// Allow decides whether r meets req, for routers whose middleware is not
// net/http's. It returns the request to go on with, as Check does; or it answers
// w, and returns nil and false. A nil req is met by nobody.
func (g *Guard) Allow(w http.ResponseWriter, r *http.Request, req Requirement) (*http.Request, bool) {
	decided, refusal := g.decide(r, req)
	enclosed := g.enclosing(w)
	switch {
	case refusal == nil && enclosed != nil:
		enclosed.open()
	case refusal != nil:
		defer form.Remove(decided, r)
		if enclosed != nil {
			enclosed.refuse(w, decided, refusal)
		} else {
			g.refuse(w, decided, refusal)
		}
		return nil, false
	}
	return decided, true
}

func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	a := newAnswer(w, r, e, g.header(e))
	if g.Refuse != nil {
		g.Refuse(a, r, e)
	} else {
		writeProblem(a, e)
	}
	a.WriteHeader(e.Status) // nothing, if a body was written
}

func (g *Guard) realm() string {
	if g.Realm == "" {
		return "api"
	}
	return g.Realm
}

// guarded is a handler behind its requirement. The decision is made by the very
// value that then serves, so whatever led a request here cannot have been asked
// about another route.
type guarded struct {
	guard       *Guard
	requirement Requirement
	next        http.Handler
}

func (h *guarded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowed, ok := h.guard.Allow(w, r, h.requirement)
	if !ok {
		return
	}
	defer form.Remove(allowed, r)
	h.next.ServeHTTP(w, allowed)
}
