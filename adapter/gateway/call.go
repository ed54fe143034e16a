package gateway

import (
	"io"
	"net/http"
	"time"
)

// call is one request on its way through the gateway.
type call struct {
	gateway *Gateway
	front   *front
	request *http.Request
	method  string
	place   place
	route   *pattern          // nil until a route was found, and on fronts without routes
	params  map[string]string // percent-encoded; nil: none
	auth    *Authorization
	body    []byte
	invoked bool // the function was, for this call

	certificate *clientCert // nil: the API asks for none

	apiKey, apiKeyID string // "": the route asks for none

	at           time.Time
	requestID    string // a UUID
	extendedID   string // API Gateway's own short form
	invocationID string // Lambda's, a UUID; a Function URL's requestID
	trace        string // X-Amzn-Trace-Id in the event
	lambdaTrace  string // the trace that Lambda gives the function
}

// admit takes the request as far as the integration. The error is a *Refusal if the
// front answers instead. The call is never nil.
func (g *Gateway) admit(r *http.Request) (*call, error) {
	c := &call{gateway: g, front: g.front, request: r, method: r.Method, at: time.Now().UTC()}
	c.identify()
	for _, step := range []func() error{c.handshake, c.locate, c.preflight, c.match, c.screen, c.authorize, c.count, c.read} {
		if err := step(); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c *call) locate() error {
	var ok bool
	if c.place, ok = c.front.locate(c.gateway, target(c.request)); !ok {
		return c.front.refuse(noRoute, "the path does not begin with the stage or base path")
	}
	return nil
}

// match finds the route. A REST API lets a header name another method
// ("Important notes for REST APIs").
func (c *call) match() error {
	if !c.front.routed {
		return nil
	}
	if other := c.request.Header.Get("X-HTTP-Method-Override"); other != "" && c.front.rest {
		c.method = other
	}
	c.route, c.params = choose(c.gateway.routes, c.method, c.place.route, c.front.rest)
	if c.route == nil {
		return c.front.refuse(noRoute, reasonNoRoute)
	}
	return nil
}

func (c *call) screen() error {
	if c.front.screen == nil {
		return nil
	}
	return c.front.screen(c)
}

// authorize asks the route's authorizer, which sees the request without its
// body.
func (c *call) authorize() error {
	route := Route{Key: c.front.only}
	if c.route != nil {
		route = c.route.Route
	}
	authorizer := c.gateway.config.authorizerOf(route)
	if authorizer == nil {
		return nil
	}
	r := c.request.Clone(withCall(c.request.Context(), c))
	r.Body = http.NoBody
	auth, err := authorizer.Authorize(r, route)
	if err != nil {
		return c.front.denied(err)
	}
	c.auth, err = auth.shape(c.gateway.config.Format)
	if err == nil && c.auth != nil && c.auth.Authorizer != nil && c.front.bare {
		return c.front.refuse(badConfiguration, "the front's events have no authorizer data")
	}
	return err
}

// read reads the body, once.
func (c *call) read() error {
	if c.request.Body == nil || c.body != nil {
		return nil
	}
	limit := c.maxBody()
	body, err := io.ReadAll(io.LimitReader(c.request.Body, limit+1))
	switch {
	case err != nil:
		return c.front.refuse(badRequest, "the body could not be read")
	case int64(len(body)) > limit:
		// A client that is still sending when the connection closes may never
		// see the answer.
		_, _ = io.CopyN(io.Discard, c.request.Body, maxDrained)
		return c.front.refuse(tooLarge, "the body is over the front's limit")
	}
	c.body = body
	return nil
}

// authorizer is requestContext.authorizer, nil for none.
func (c *call) authorizer() any {
	if c.auth == nil {
		return nil
	}
	return c.auth.Authorizer
}

// routeKey is the key of the matched route, "" if there is none.
func (c *call) routeKey() string {
	switch {
	case c.route != nil:
		return c.route.Key
	}
	return c.front.only
}

// maxBody limits the request's body. On a WebSocket API only messages that are
// posted to @connections have one.
func (c *call) maxBody() int64 {
	if c.routeKey() == connectionsRoute {
		return maxMessage
	}
	return c.front.maxBody
}

// maxDrained bounds how much of a body is read that is refused for its size.
const maxDrained = 64 << 20
