package gateway

import (
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

const requestType = "REQUEST"

// tokenEvent is what a TOKEN authorizer's function is told.
type tokenEvent struct {
	Type      string `json:"type"`
	Token     string `json:"authorizationToken"`
	MethodARN string `json:"methodArn"`
}

// requestEventV1 is the event of REST APIs and of payload 1.0: the integration's
// without the body. IdentitySource and Token are there on HTTP APIs alone.
type requestEventV1 struct {
	Type           string `json:"type"`
	MethodARN      string `json:"methodArn"`
	IdentitySource string `json:"identitySource,omitempty"`
	Token          string `json:"authorizationToken,omitempty"`
	*eventV1
	Body            *string `json:"body,omitempty"`
	IsBase64Encoded bool    `json:"isBase64Encoded,omitempty"`
}

// requestEventV2 is the event of payload 2.0.
type requestEventV2 struct {
	Type           string   `json:"type"`
	RouteARN       string   `json:"routeArn"`
	IdentitySource []string `json:"identitySource"`
	*eventV2
	Body            string `json:"body,omitempty"`
	IsBase64Encoded bool   `json:"isBase64Encoded,omitempty"`
}

// connectAuthorizerEvent is the event of a WebSocket API's handshake.
type connectAuthorizerEvent struct {
	Type      string `json:"type"`
	MethodARN string `json:"methodArn"`
	*socketEvent
	IsBase64Encoded bool `json:"isBase64Encoded,omitempty"`
}

// event is what the function is asked with ("Input to an API Gateway Lambda
// authorizer", "Control access to HTTP APIs with AWS Lambda authorizers"). The
// body was not read yet, and no event has it.
func (a *LambdaAuthorizer) event(c *call, identity []string) any {
	switch {
	case a.Token:
		return &tokenEvent{"TOKEN", identity[0], c.arn()}
	case c.gateway.config.Format == adapter.RESTAPI:
		return &requestEventV1{Type: requestType, MethodARN: c.arn(), eventV1: restEvent(c)}
	case c.gateway.config.Format == adapter.WebSocketAPI:
		return &connectAuthorizerEvent{Type: requestType, MethodARN: c.arn(), socketEvent: newWebSocket(c).connectEvent(c)}
	case a.Payload == "1.0":
		joined := strings.Join(identity, ",")
		return &requestEventV1{Type: requestType, MethodARN: c.arn(), IdentitySource: joined, Token: joined, eventV1: httpAPIEventV1(c.at1())}
	}
	return &requestEventV2{Type: requestType, RouteARN: c.arn(), IdentitySource: identity, eventV2: httpAPIEventV2(c.at2())}
}

// at1 and at2 are the call as payloads 1.0 and 2.0 tell its path: the version
// of an authorizer's event does not depend on the integration's.
func (c *call) at1() *call { return c.located(locateHTTPAPIV1) }
func (c *call) at2() *call { return c.located(locateHTTPAPIV2) }

func (c *call) located(locate func(*Gateway, string) (place, bool)) *call {
	other := *c
	other.place, _ = locate(c.gateway, target(c.request))
	return &other
}

// arn names the method as policies do: with the path of the request and not of
// the route. That it is encoded on REST APIs and decoded on HTTP APIs, as their
// events' paths are, is unconfirmed.
func (c *call) arn() string {
	config := &c.gateway.config
	api := "arn:aws:execute-api:" + region + ":" + config.AccountID + ":" + config.APIID + "/" + config.Stage + "/"
	switch config.Format {
	case adapter.WebSocketAPI:
		return api + connectRoute
	case adapter.RESTAPI:
		return api + c.method + c.place.route
	}
	return api + c.method + decoded(c.place.route)
}
