package authorizer

import (
	"context"
	"errors"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A verdict is what was decided about a request.
type verdict struct {
	rule    authz.Rule
	caller  *claims.Identity // nil: nobody
	refusal *authz.Error     // nil: granted
}

// A question is what the handler is to answer about its request.
type question struct {
	verdicts chan<- verdict
	route    kept // decides where no rule is found; zero: an unknown route does
}

type questionKey struct{}

// decide is the handler that the adapter serves the event's request with. It
// leaves the verdict with whoever invoked the adapter: not in a variable, since
// the adapter may have given up on a handler that took too long.
func (a *Authorizer) decide(w http.ResponseWriter, r *http.Request) {
	q := r.Context().Value(questionKey{}).(question)
	rule, req, ok := a.routes.Find(r)
	switch {
	case ok:
	case q.route.requirement != nil:
		rule, req = q.route.rule, q.route.requirement
	default:
		req = authz.UnknownRoute()
	}
	v := verdict{rule: rule}
	decided, err := a.guard.Check(r, req)
	switch {
	case err == nil:
		v.caller, _ = claims.FromContext(decided.Context())
	case !errors.As(err, &v.refusal):
		v.refusal = &authz.Error{Status: http.StatusInternalServerError, Code: authz.CodeServerError, Err: err}
	}
	if v.refusal != nil {
		w.WriteHeader(v.refusal.Status)
	}
	q.verdicts <- v
}

// ask returns the verdict about an event's request, and an error if there is
// none: because the adapter refused the event, or because the decision panicked
// or came too late.
func (a *Authorizer) ask(ctx context.Context, e *event) (verdict, error) {
	handler := a.requests
	if e.kind == webSocket {
		handler = a.connects
	}
	verdicts := make(chan verdict, 1)
	q := question{verdicts, a.cache.routes[e.routeKey]}
	_, err := handler.Invoke(context.WithValue(ctx, questionKey{}, q), e.proxy())
	select {
	case v := <-verdicts:
		return v, nil
	default:
		return verdict{}, errors.Join(errUndecided, err)
	}
}

var errUndecided = errors.New("authorizer: the decision panicked, took too long, or the event makes no request")
