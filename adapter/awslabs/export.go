package awslabs

import (
	"context"
	"maps"
	"net/http"
	"sync"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// contextHeaders are those that the library's accessors believe.
var contextHeaders = [...]string{
	http.CanonicalHeaderKey(core.APIGwContextHeader),
	http.CanonicalHeaderKey(core.APIGwStageVarsHeader),
	http.CanonicalHeaderKey(core.ALBContextHeader),
}

func export(r *http.Request) *http.Request {
	ctx := r.Context()
	if event, ok := adapter.FromContext(ctx); ok {
		ctx = &exported{Context: ctx, event: event}
	}
	r = r.WithContext(ctx)
	r.Header = withoutContextHeaders(r.Header)
	return r
}

// withoutContextHeaders returns header itself unless it holds one of them: only
// then is it copied, since a handler must not change the request it was given.
func withoutContextHeaders(header http.Header) http.Header {
	for _, name := range contextHeaders {
		if _, ok := header[name]; ok {
			header = maps.Clone(header)
			delete(header, name)
		}
	}
	return header
}

// exported is a request's context that answers the library's key too.
type exported struct {
	context.Context
	event *adapter.Event

	once  sync.Once
	value any
}

// Value makes the library's value when it is first asked for.
func (c *exported) Value(key any) any {
	if key != libraryKey {
		return c.Context.Value(key)
	}
	c.once.Do(func() { c.value = libraryValue(c.Context, c.event) })
	return c.value
}

// AfterFunc is what package context looks for: without it, each context derived
// from this one would cost a goroutine.
func (c *exported) AfterFunc(f func()) (stop func() bool) {
	return context.AfterFunc(c.Context, f)
}
