package authz

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// Enclose returns a handler that serves h and lets nothing out of it that this
// Guard has not allowed: for routers in which Require can be forgotten.
//
// Until Require or Allow of this very Guard grants the request, with a writer
// that leads to Enclose's, h writes into nothing: its headers are kept apart, and
// no informational answer, Flush, Hijack or Unwrap reaches the connection. After
// a refusal the Guard's answer is all that leaves, whatever h does then. If h
// returns and nothing was decided, a redirect, 404 or 405 is taken for the
// router's own answer and decided as UnknownRoute: nobody gets a 401, and a known
// caller the status with Location or Allow and no other header of h's. Anything
// else becomes a 500, and OnDecision is told.
//
// Check grants nothing, since it has no writer, nor does a decision about another
// writer, such as that of a request which h makes to itself. A decision that
// comes after h has begun to answer comes too late. Middleware between Enclose
// and the decision that replaces the writer must have a method Unwrap as
// http.ResponseController wants it; without, the grant is not seen. A refusal
// keeps of h's headers only Vary and those of CORS.
//
// Enclose hides answers, it does not undo deeds: a handler that nobody decided
// about has run. Enclose panics if h is nil or the Guard is impossible.
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
