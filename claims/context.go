package claims

import "context"

type contextKey struct{}

// NewContext returns a context that carries id, for FromContext to find. If id
// is nil, FromContext finds nobody, whatever ctx carries and whatever an event
// says.
func NewContext(ctx context.Context, id *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, id)
}

// FromContext returns the caller that NewContext, an Extractor's Wrap or a
// Guard put into ctx. It never reads the event. It returns (nil, false), which
// means nobody, if none of them put a caller into ctx, or if the Identity put
// there is nil or zero. The Identity is shared and must not be modified.
// FromContext is safe for concurrent use, and by a goroutine that outlives the
// invocation.
func FromContext(ctx context.Context) (*Identity, bool) {
	id, _ := ctx.Value(contextKey{}).(*Identity)
	if id == nil || id.Subject == "" {
		return nil, false
	}
	return id, true
}
