package gateway

import (
	"fmt"
	"maps"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// LambdaAuthorizer is the gateway's half of a Lambda authorizer ("Use API
// Gateway Lambda authorizers", "Control access to HTTP APIs with Lambda
// authorizers"); the other half, the function, is Decide. It is an
// Authorizer for REST, HTTP and WebSocket APIs; on other fronts requests
// fail. It is safe for concurrent use if Decide is. The zero LambdaAuthorizer
// refuses every request.
type LambdaAuthorizer struct {
	// Headers are the identity sources: a request that lacks one of them is a 401
	// about which Decide is not asked. nil: none.
	Headers []string
	// Decide stands for the authorizer function; nil refuses every request. An
	// error is a failed authorizer (500).
	Decide func(r *http.Request, route Route) (LambdaDecision, error)
}

// LambdaDecision is what an authorizer function answers, in the form of a policy
// or, on an HTTP API, a simple response.
type LambdaDecision struct {
	// Allow is isAuthorized, or that the policy allows the route; false: 403.
	Allow bool
	// PrincipalID is a policy's principalId; "" is a failed authorizer on REST and
	// WebSocket APIs. An HTTP API with payload 2.0 is not known to tell it.
	PrincipalID string
	// Context is told to the function: as it is on an HTTP API with payload 2.0,
	// else flat, next to the principalId, where REST and WebSocket APIs take
	// strings, numbers and bools alone. nil: none.
	Context map[string]any
}

// Authorize is an Authorizer.
func (a *LambdaAuthorizer) Authorize(r *http.Request, route Route) (*Authorization, error) {
	for _, name := range a.Headers {
		if r.Header.Get(name) == "" {
			return nil, &Refusal{Status: http.StatusUnauthorized, Reason: "identity source missing"}
		}
	}
	if a.Decide == nil {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "no authorizer function"}
	}
	decision, err := a.Decide(r, route)
	if err != nil {
		return nil, err
	}
	if !decision.Allow {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: "denied by the authorizer function"}
	}
	return &Authorization{Authorizer: decision}, nil
}

func (d LambdaDecision) shape(f adapter.Format) (any, map[string]any, error) {
	switch f {
	case adapter.HTTPAPIV2:
		return map[string]any{"lambda": d.Context}, nil, nil
	case adapter.HTTPAPIV1:
		return d.flat(), nil, nil // unconfirmed
	case adapter.RESTAPI, adapter.WebSocketAPI:
		if reason := d.flaw(); reason != "" {
			return nil, nil, frontOf(f).refuse(authorizerFailed, reason)
		}
		return d.flat(), nil, nil
	}
	return nil, nil, fmt.Errorf("gateway: %v: has no Lambda authorizer", f)
}

// flat lays the context beside what the gateway says itself. Which of the two
// wins a name is unconfirmed.
func (d LambdaDecision) flat() map[string]any {
	data := map[string]any{}
	maps.Copy(data, d.Context)
	data["integrationLatency"] = 42
	if d.PrincipalID != "" {
		data["principalId"] = d.PrincipalID
	}
	return data
}

// flaw is why a REST API does not take the answer, "" for none ("Output from an
// API Gateway Lambda authorizer").
func (d LambdaDecision) flaw() adapter.Reason {
	if d.PrincipalID == "" {
		return "the authorizer function names no principal"
	}
	for _, value := range d.Context {
		switch value.(type) {
		case string, bool, int, int64, float64:
		default:
			return "the authorizer function's context holds more than text, numbers and bools"
		}
	}
	return ""
}
