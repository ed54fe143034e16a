package notes

import (
	"context"

	"github.com/gatehouse-go/gatehouse/claims"
)

// API has the operations without a router. Each takes who is calling and what the
// router found in the request, and returns what to send as JSON. It is safe for
// concurrent use.
type API struct {
	store Store
	ids   ids
}

// NewAPI returns the API of a store. It panics if store is nil.
func NewAPI(store Store) *API {
	if store == nil {
		panic("notes: nil Store")
	}
	return &API{store: store}
}

// CallerOf returns the caller that the route's requirement was checked for. It
// panics if there is none: only a public route admits nobody, and its handler has
// no caller to ask for.
func CallerOf(ctx context.Context) *claims.Identity {
	caller, ok := claims.FromContext(ctx)
	if !ok {
		panic("notes: a handler for callers was reached by nobody")
	}
	return caller
}
