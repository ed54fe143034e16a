package gateway

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Authorizer decides whether a request on route may reach the function. A
// *Refusal error with status 401 or 403 refuses with the front's own answer,
// any other error is a failed authorizer (500). With (nil, nil) the request
// passes and the event has no authorizer data. The request's body is empty.
type Authorizer func(r *http.Request, route Route) (*Authorization, error)

// Authorization is what an Authorizer found out, for the event.
type Authorization struct {
	// Authorizer becomes requestContext.authorizer, encoded by encoding/json;
	// nil: the event has no such member. On an ALB and VPC Lattice, which
	// never have one, the answer is 500 for anything else.
	Authorizer any
	// Identity is laid over requestContext.identity, which payload 2.0,
	// Function URLs, ALBs and VPC Lattice v1 do not have. It is how VPC
	// Lattice v2 says whom AWS_IAM authentication found.
	Identity map[string]any
	// ClientCert is the client's certificate as the fronts describe it:
	// requestContext.identity.clientCert or, in payload 2.0,
	// requestContext.authentication.clientCert; nil: none.
	ClientCert any
}

// shaped is authorizer data that looks different on each front.
type shaped interface {
	shape(adapter.Format) (any, error)
}

// authorizer is the value of requestContext.authorizer, nil for none.
func (c *call) authorizer() (any, error) {
	if c.auth == nil {
		return nil, nil
	}
	if data, ok := c.auth.Authorizer.(shaped); ok {
		return data.shape(c.gateway.format())
	}
	return c.auth.Authorizer, nil
}

func (g *Gateway) format() adapter.Format {
	if g.Format == 0 {
		return adapter.HTTPAPIV2
	}
	return g.Format
}
