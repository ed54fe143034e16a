// Package rollout stands for an HTTP API whose routes lead to several functions.
package rollout

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

// Order is the order in which the routes move: what nobody misses first, what writes
// last.
var Order = []string{"GET /notes/{id}", "GET /notes", "POST /notes"}

// Last is the last of the steps, which are numbered as in docs/one-function.md. At 0 the
// API has the routes of Order, which lead to the typed functions. Step 1 adds the plan's
// other routes, which lead to the one function, and each further step moves a route of
// Order there.
const Last = 4

// Deployed returns the plan of a policy as far as the API has it at a step.
func Deployed(plan *apigateway.Plan, step int) *apigateway.Plan {
	deployed := *plan
	deployed.Routes = slices.Clone(plan.Routes)
	if step == 0 {
		deployed.Routes = slices.DeleteFunc(deployed.Routes, func(r apigateway.Route) bool { return !slices.Contains(Order, r.Key) })
	}
	return &deployed
}

// Left returns the routes of Order that still lead to the typed functions at a step.
func Left(step int) []string { return Order[max(0, step-1):] }

// Integrations are the functions that the API's routes lead to. They are themselves a
// function, which calls the one whose route took the request.
type Integrations struct {
	typed map[string]lambda.Handler // by route key
	one   lambda.Handler            // of all other routes
}

// At returns the integrations at a step.
func At(step int, t consolidate.Typed, one lambda.Handler) *Integrations {
	all := map[string]lambda.Handler{
		"GET /notes/{id}": &environment{handler: lambda.NewHandler(t.Read)},
		"GET /notes":      &environment{handler: lambda.NewHandler(t.List)},
		"POST /notes":     &environment{handler: lambda.NewHandler(t.Write)},
	}
	i := &Integrations{one: one, typed: make(map[string]lambda.Handler)}
	for _, key := range Left(step) {
		i.typed[key] = all[key]
	}
	return i
}

// Invoke calls the function of the event's route.
func (i *Integrations) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	var e struct{ RouteKey string }
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	if f, ok := i.typed[e.RouteKey]; ok {
		return f.Invoke(ctx, event)
	}
	return i.one.Invoke(ctx, event)
}

// environment is one of Lambda's: it takes one event after the other. A handler of
// aws-lambda-go relies on that, and writes its next reply where the last one was.
type environment struct {
	mu      sync.Mutex
	handler lambda.Handler
}

// Invoke calls the function, and returns a reply that stays.
func (e *environment) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	reply, err := e.handler.Invoke(ctx, event)
	return bytes.Clone(reply), err
}
