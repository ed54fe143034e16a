package authz

import (
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

// Guard decides whether a request may reach its handler, and answers those that
// may not. The zero Guard enforces and, without an Identifier, knows nobody. A
// Guard must not be changed once it is used. It is then safe for concurrent use
// if its Identifier and its functions are.
type Guard struct {
	// Realm names the protected API in challenges (RFC 9110 section 11.5).
	// Empty: "api".
	Realm string

	// Identifier says who is calling. Nil: claims.FromContext, which knows
	// nobody unless a test or an outer Extractor.Wrap put somebody there; Policy
	// says so. A nil pointer in it panics wherever the Guard is put to use.
	Identifier Identifier

	// Every is also required on each route except Public ones, and before a 404
	// is revealed. AccessToken is a good choice. Nil: nothing.
	Every Requirement

	// Resource names the API for OAuth discovery (RFC 9728), which MCP clients
	// need. Nil: there is none.
	Resource *Resource

	// SubjectKey is the key for the caller's Decision.SubjectHash, which log lines
	// then hold. It has at least 32 secret bytes and is the same in all functions
	// whose lines are compared. Nil: no line says anything about the subject.
	SubjectKey []byte

	// ReportUntil is for introducing a policy to an API in use: before that time
	// a known caller who lacks what an operation requires is let through, and
	// the Decision says so. This holds only for what Scope, AllScopes, AnyScope,
	// Groups, Claim, ClaimPath, TokenUse and AccessToken find missing. All other
	// parts of All, Any and Every are still asked and must be met. A list that
	// cannot be read, an *Error, a 401 and a missing rule are refused as always.
	// ReportUntil needs OnDecision. Zero: everything is enforced.
	ReportUntil time.Time

	// OnDecision is told each decision, once and before the handler runs, those
	// for Public and for unknown routes included. The request is the handler's:
	// its context carries the caller decided on. Nil: nobody is told. Behind
	// an adapter.Handler its Logger has a line about each kind of refusal anyway.
	OnDecision func(*http.Request, Decision)

	// Refuse writes the body of a refusal, including a Mux's 404 and 405, and may
	// set its Content-Type. The Guard sets the status, the challenge and
	// Cache-Control; whatever else Refuse sets is ignored. The cause in the Error
	// is not for the client. Nil: an RFC 9457 problem.
	Refuse func(http.ResponseWriter, *http.Request, *Error)
}

// Require returns middleware that lets only requests that meet req pass. It
// panics if req is nil; the middleware panics if the handler is.
//
// A route that was not wrapped goes unnoticed. If net/http's routing suffices,
// use a Mux instead; otherwise put Enclose around the router.
func (g *Guard) Require(req Requirement) func(http.Handler) http.Handler {
	g.mustBeRoute("Require", req)
	return func(next http.Handler) http.Handler {
		if next == nil {
			panic("authz: Require with a nil Handler")
		}
		return &guarded{g, req, next}
	}
}

// Check decides whether r meets req. It returns the request to go on with,
// whose context carries the Identity decided on, or an *Error. It writes no
// answer: Allow does, and Challenge sets the headers of one. No caller meets a
// nil req.
//
// The request may be a copy of r. If a handler parses a multipart form in it,
// the code that called Check or Allow must remove the form's files afterwards:
// net/http's server removes only those of its own request. Require and Mux do
// so themselves.
func (g *Guard) Check(r *http.Request, req Requirement) (*http.Request, error) {
	decided, refusal := g.decide(r, req)
	if refusal != nil {
		form.Remove(decided, r)
		return nil, refusal
	}
	return decided, nil
}

// Allow decides whether r meets req, for routers whose middleware is not
// net/http's. It returns the request to go on with, as Check does; or it
// answers w, and returns nil and false. No caller meets a nil req.
func (g *Guard) Allow(w http.ResponseWriter, r *http.Request, req Requirement) (*http.Request, bool) {
	enclosed := g.enclosing(w)
	if enclosed != nil {
		enclosed.asked.Store(true)
	}
	decided, refusal := g.decide(r, req)
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
