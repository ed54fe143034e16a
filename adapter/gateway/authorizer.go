package gateway

import (
	"maps"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Authorizer decides whether a request on route may reach the function. A
// *Refusal error with status 401 or 403 refuses with the front's own answer,
// any other error is a failed authorizer (500). With (nil, nil) the request
// passes and the event has no authorizer data. The request's body is empty.
// Authorize is called concurrently.
type Authorizer interface {
	Authorize(r *http.Request, route Route) (*Authorization, error)
}

// AuthorizerFunc makes an Authorizer of a function.
type AuthorizerFunc func(r *http.Request, route Route) (*Authorization, error)

// Authorize calls f.
func (f AuthorizerFunc) Authorize(r *http.Request, route Route) (*Authorization, error) {
	return f(r, route)
}

// Authorization is what an Authorizer adds to the event.
type Authorization struct {
	// Authorizer becomes requestContext.authorizer, encoded by encoding/json;
	// nil: the event has no such member. An ALB and VPC Lattice have no such
	// member, so that any other value is answered with 500 there.
	Authorizer any
	// Identity replaces members of requestContext.identity; nil: none. Payload
	// 2.0, Function URLs, ALBs and VPC Lattice v1 have no such object and ignore
	// it.
	Identity map[string]any

	usageKey string // an API key that the authorizer stands for; "": none
}

// shaped is authorizer data that looks different on each front: its parts of
// requestContext.authorizer and requestContext.identity.
type shaped interface {
	shape(adapter.Format) (data any, identity map[string]any, err error)
}

// shape gives the authorization the form of this front.
func (a *Authorization) shape(f adapter.Format) (*Authorization, error) {
	if a == nil {
		return nil, nil
	}
	data, ok := a.Authorizer.(shaped)
	if !ok {
		return a, nil
	}
	formed := *a
	var identity map[string]any
	var err error
	formed.Authorizer, identity, err = data.shape(f)
	if identity != nil {
		formed.Identity = maps.Clone(a.Identity)
		if formed.Identity == nil {
			formed.Identity = identity
		}
		maps.Copy(formed.Identity, identity)
	}
	return &formed, err
}
