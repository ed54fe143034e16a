package authz

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/form"
)

var (
	errUndecided error = cause.Text("authz: a panic or Goexit ended the decision")
	errNoRule    error = cause.Text("authz: no requirement is registered for this route: register it together with what it requires")
)

// decide is the one decision about r, reported before anything is served. It
// returns the request that carries the caller: to go on with, or to refuse. The
// record starts as a refusal, so that this is what is reported if Identify or a
// requirement panics; nothing is recovered, so no handler follows.
func (g *Guard) decide(r *http.Request, req Requirement) (*http.Request, *Error) {
	q := question{original: r, reporting: g.reporting()}
	defer q.clean()
	d := newDecision(r, req, g.SubjectKey)
	defer g.report(&q, req, &d)

	id, refusal := g.identify(r)
	d.caller = id
	if refusal.Status == 0 {
		q.caller = id
	}
	cause, missed := refusal.Err, false
	switch {
	case req == Public():
		refusal = Error{}
	case refusal.Status == 0:
		refusal, missed = g.check(&q, req)
	case refusal.Err == nil:
		refusal.Err = g.whyNobody(r, refusal.Code != "")
	}
	if refusal.Status == 0 {
		d.grant(req, cause)
		return q.answered(), nil
	}
	d.refuse(refusal)
	d.Enforced = !missed
	if missed {
		return q.answered(), nil
	}
	answer := refusal // a second variable, so that only refusals allocate
	return q.answered(), &answer
}

// reporting reports whether this is the time in which misses are only recorded.
func (g *Guard) reporting() bool {
	return !g.ReportUntil.IsZero() && g.OnDecision != nil && time.Now().Before(g.ReportUntil)
}

// check returns the refusal, with Status 0 for none, of a caller who is known,
// and whether it is to be recorded only.
func (g *Guard) check(q *question, req Requirement) (refusal Error, missed bool) {
	err := errNoRule
	if req != nil {
		err, missed = q.askBoth(g.Every, req)
	}
	if err == nil {
		return Error{}, false
	}
	scopes := scopesOf(g.Every, req)
	if missed && q.caller.TokenUse == "id" && (len(scopes) > 0 || errors.Is(err, errNoAccessToken)) {
		err = fmt.Errorf("%w: %w", err, errIDToken)
	}
	refusal = refusalFor(err, http.StatusForbidden, CodeInsufficientScope)
	if refusal.Scopes == nil {
		refusal.Scopes = scopes
	}
	return refusal, missed && q.reporting
}

// A question is a request about whose caller requirements are asked.
type question struct {
	original  *http.Request
	caller    *claims.Identity // nil: nobody
	reporting bool             // ask every part, and let misses pass
	carrying  *http.Request    // original with its caller, once somebody needs it
	done      bool             // carrying was handed on
}

// request returns the one request that everybody sees who is not built in:
// foreign requirements, OnDecision, the handler. Its context carries the caller.
// Where the original's does so already, it is the original.
func (q *question) request() *http.Request {
	if q.carrying == nil && q.original != nil {
		q.carrying = q.original
		if known, _ := claims.FromContext(q.original.Context()); known != q.caller {
			q.carrying = q.original.WithContext(claims.NewContext(q.original.Context(), q.caller))
		}
	}
	return q.carrying
}

// answered returns the request for whoever goes on with it, whose task it is to
// remove the files of its form.
func (q *question) answered() *http.Request {
	q.done = true
	return q.request()
}

// clean removes what a requirement or OnDecision parsed before it panicked.
func (q *question) clean() {
	if !q.done {
		form.Remove(q.carrying, q.original)
	}
}
