package before

import "context"

type contextKey struct{}

// NewContext returns a context that carries id, for FromContext to find. With
// nil FromContext finds nobody, whatever ctx carries and an event says.
func NewContext(ctx context.Context, id *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns the caller that NewContext, an Extractor's Wrap or a Guard
// put into ctx. It never reads the event: where nothing put a caller into ctx,
// where nobody was put there, and for a zero Identity it returns (nil, false),
// which is nobody. The Identity is shared and must not be modified. FromContext
// is safe for concurrent use, and by a goroutine that outlives the invocation.
func FromContext(ctx context.Context) (*Identity, bool) {
	id, _ := ctx.Value(contextKey{}).(*Identity)
	if id == nil || id.Subject == "" {
		return nil, false
	}
	return id, true
}
