// Package rollout stands for an HTTP API whose routes lead to several functions.
package rollout

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

// Order is the order in which the routes move: what nobody misses first, what writes
// last.
var Order = []string{"GET /notes/{id}", "GET /notes", "POST /notes"}

// Integrations are the functions that the API's routes lead to. They are themselves a
// function, which calls the one whose route took the request.
type Integrations struct {
	typed map[string]lambda.Handler // by route key
	one   lambda.Handler            // of all other routes
}

// At returns the integrations after so many steps: the first routes of Order have
// moved, the others lead to the functions of t.
func At(moved int, t consolidate.Typed, one lambda.Handler) *Integrations {
	i := &Integrations{one: one, typed: map[string]lambda.Handler{
		"GET /notes/{id}": &environment{handler: lambda.NewHandler(t.Read)},
		"GET /notes":      &environment{handler: lambda.NewHandler(t.List)},
		"POST /notes":     &environment{handler: lambda.NewHandler(t.Write)},
	}}
	for _, key := range Order[:moved] {
		delete(i.typed, key)
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
