package authz

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
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

	// ReportUntil is for introducing a policy to an API in use: before that time
	// a known caller who lacks what an operation requires is let through, and
	// the Decision says so. A 401, a missing rule and whatever Identify refuses
	// are never let through. It needs OnDecision. Zero: everything is enforced.
	ReportUntil time.Time

	// OnDecision is told each decision, once and before the handler runs, those
	// for Public and for unknown routes included. The request is as it came in:
	// its context does not hold the decided identity. Nil: nobody is told.
	OnDecision func(*http.Request, Decision)

	// Refuse writes the body of a refusal, of a Mux's 404 and 405 too, and may set its Content-Type. Status,
	// challenge and Cache-Control are the Guard's, whatever Refuse does, and so
	// is every other header. The cause in the Error is not for the client. Nil:
	// an RFC 9457 problem.
	Refuse func(http.ResponseWriter, *http.Request, *Error)
}

var (
	errUndecided = errors.New("authz: a panic or Goexit ended the decision")
	errNoRule    = errors.New("authz: no requirement")
)

// Require returns middleware that lets only requests pass that meet req. It
// panics if req is nil; the middleware panics if the handler is.
//
// Nothing reminds of a route that was not wrapped in it. Where net/http's
// routing does, a Mux is the safer choice.
func (g *Guard) Require(req Requirement) func(http.Handler) http.Handler {
	g.mustBeValid()
	mustBeRule("Require", req)
	g.mustKnowIssuers(req)
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
func (g *Guard) Check(r *http.Request, req Requirement) (*http.Request, error) {
	id, refusal := g.decide(r, req)
	if refusal != nil {
		return nil, refusal
	}
	return carrying(r, id), nil
}

// Allow decides whether r meets req, for routers whose middleware is not
// net/http's. It returns the request to go on with, which carries the Identity
// decided on; or it answers w, and returns nil and false. A nil req is met by
// nobody.
func (g *Guard) Allow(w http.ResponseWriter, r *http.Request, req Requirement) (*http.Request, bool) {
	id, refusal := g.decide(r, req)
	r = carrying(r, id)
	if refusal != nil {
		g.refuse(w, r, refusal)
		return nil, false
	}
	return r, true
}

// carrying returns r with id as the caller in its context: r itself where that
// is so already.
func carrying(r *http.Request, id *claims.Identity) *http.Request {
	if known, _ := claims.FromContext(r.Context()); known == id {
		return r
	}
	return r.WithContext(claims.NewContext(r.Context(), id))
}

// decide is the one decision about r, reported before anything is served. Its
// record starts as a refusal, so that this is what is reported if Identify or a
// requirement panics; nothing is recovered, so no handler follows.
//
// The caller comes with a refusal too, where there is one.
func (g *Guard) decide(r *http.Request, req Requirement) (*claims.Identity, *Error) {
	d := newDecision(r, req)
	defer g.report(r, req, &d)

	caller, refusal := g.identify(r)
	d.caller = caller
	if refusal.Status != 0 {
		caller = nil
	}
	cause := refusal.Err
	switch {
	case req == Public():
		refusal = Error{}
	case refusal.Status == 0:
		refusal = g.check(r, caller, req)
	}
	if refusal.Status == 0 {
		d.grant(req, cause)
		return caller, nil
	}
	d.refuse(refusal)
	d.Enforced = !g.reportsOnly(caller, req, refusal.Status)
	if !d.Enforced {
		return caller, nil
	}
	answer := refusal // a second variable, so that only refusals allocate
	return caller, &answer
}

// reportsOnly tells whether a refusal is only recorded. Without a caller it
// came from Identify, without a rule there is nothing to try out.
func (g *Guard) reportsOnly(caller *claims.Identity, req Requirement, status int) bool {
	return caller != nil && req != nil && status == http.StatusForbidden &&
		g.OnDecision != nil && time.Now().Before(g.ReportUntil)
}

// check returns the refusal, with Status 0 for none, of a caller who is known.
func (g *Guard) check(r *http.Request, id *claims.Identity, req Requirement) Error {
	err := errNoRule
	if req != nil {
		err = g.checkBoth(r, id, req)
	}
	if err == nil {
		return Error{}
	}
	e := refusalFor(err, http.StatusForbidden, CodeInsufficientScope)
	if e.Scopes == nil {
		e.Scopes = scopesOf(g.Every, req)
	}
	return e
}

func (g *Guard) checkBoth(r *http.Request, id *claims.Identity, req Requirement) error {
	if g.Every != nil {
		if err := g.Every.Check(r, id); err != nil {
			return err
		}
	}
	return req.Check(r, id)
}

func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, e *Error) {
	a := newAnswer(w, r, e, g.realm())
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

func (g *Guard) mustBeValid() {
	if isTypedNil(g.Identifier) {
		panic(fmt.Sprintf("authz: Guard.Identifier is a nil %T", g.Identifier))
	}
	if g.Every != nil {
		mustBePart("Guard.Every", g.Every)
		g.mustKnowIssuers(g.Every)
	}
	if !g.ReportUntil.IsZero() && g.OnDecision == nil {
		panic("authz: Guard.ReportUntil without OnDecision: nobody would see the reports")
	}
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
	if r, ok := h.guard.Allow(w, r, h.requirement); ok {
		h.next.ServeHTTP(w, r)
	}
}
