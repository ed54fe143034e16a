package claims

import "context"

type contextKey struct{}

// NewContext returns a context that carries id: what FromContext answers under
// it, whatever an event says. With nil it answers nobody.
func NewContext(ctx context.Context, id *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns who is calling: what NewContext, an Extractor's Wrap or a
// Guard put into ctx, else what the event says by the default Sources, unpinned.
// (nil, false) is nobody, also where the event is malformed or ambiguous; a zero
// Identity is never returned. The Identity is shared and must not be modified.
// FromContext is safe for concurrent use, and by a goroutine that outlives the
// invocation.
func FromContext(ctx context.Context) (*Identity, bool) {
	id, given := ctx.Value(contextKey{}).(*Identity)
	if !given {
		id, _ = unpinned.identify(ctx)
	}
	if id == nil || id.Subject == "" {
		return nil, false
	}
	return id, true
}
