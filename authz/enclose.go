package authz

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Enclose returns a handler that serves h but sends no answer of h unless this
// Guard has granted the request. It is for routers in which Require can be
// forgotten, and stands around the whole router.
//
// The grant must come from Require or Allow of this Guard, with the writer that
// h was given or one whose Unwrap methods lead to it, as
// http.ResponseController wants them. Until then what h writes is dropped, its
// headers are kept apart, and no informational answer, Flush, Hijack or Unwrap
// reaches the connection. Check grants nothing, because it has no writer. A
// decision about another writer, such as that of a request that h makes to
// itself, grants nothing either, and neither does a decision made after h has
// begun to answer.
//
// After a refusal only the Guard's answer leaves, whatever h does then. If h
// returns and nothing was decided, a redirect, 404 or 405 is taken for the
// router's own answer and decided as UnknownRoute: a request without a known
// caller gets a 401, and a known caller gets the status with Location or Allow.
// Any other answer becomes a 500, and OnDecision is told. None of these answers
// keeps a header that h set, except Vary and the CORS headers.
//
// Enclose hides answers. It does not undo what an undecided handler has done.
// Enclose panics if h is nil or the Guard is invalid.
func (g *Guard) Enclose(h http.Handler) http.Handler {
	g.mustBeValid()
	if h == nil {
		panic("authz: Enclose with a nil Handler")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &enclosed{guard: g, w: w, outer: g.enclosing(w), header: w.Header().Clone()}
		if e.header == nil {
			e.header = http.Header{}
		}
		h.ServeHTTP(e, r)
		g.conclude(e, r)
	})
}

var (
	errUnasked error = cause.Text("authz: a handler inside Enclose answered, and neither Require nor Allow had granted it")
	errLate    error = cause.Text("authz: a handler inside Enclose began to answer before Require or Allow granted it")
)

// conclude answers for a handler that returned without a decision.
func (g *Guard) conclude(e *enclosed, r *http.Request) {
	status, why := e.close()
	if why == nil {
		return // decided
	}
	e.keepShared()
	switch {
	case why == errUnasked && e.asked.Load():
		// A panic ended the decision, which was reported, and somebody recovered; or
		// another goroutine is still deciding.
		e.answer(e.w, r, &Error{Status: http.StatusInternalServerError, Code: CodeServerError, Err: errUndecided})
	case status/100 == 3, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		g.Unknown(e.w, r, e.routerAnswer(status))
	default:
		refusal := &Error{Status: http.StatusInternalServerError, Code: CodeServerError, Err: why}
		e.answer(e.w, g.undecided(r, *refusal), refusal)
	}
}

// routerAnswer is what a router may say of itself to a known caller.
func (e *enclosed) routerAnswer(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, name := range [...]string{"Location", "Allow"} {
			if values, ok := e.header[name]; ok {
				w.Header()[name] = values
			}
		}
		w.WriteHeader(status)
	})
}

// undecided reports a request that ended without a decision, as about nobody: who
// called was never asked.
func (g *Guard) undecided(r *http.Request, refusal Error) *http.Request {
	q := question{original: r}
	d := newDecision(r, nil, g.SubjectKey)
	d.refuse(refusal)
	g.report(&q, nil, &d)
	return q.answered()
}

// enclosing returns the writer of this Guard's Enclose that w leads to, nil if
// there is none.
func (g *Guard) enclosing(w http.ResponseWriter) *enclosed {
	for w != nil {
		switch t := w.(type) {
		case *enclosed:
			if t.guard == g {
				return t
			}
			w = t.w
		case interface{ Unwrap() http.ResponseWriter }:
			w = t.Unwrap()
		default:
			return nil
		}
	}
	return nil
}
