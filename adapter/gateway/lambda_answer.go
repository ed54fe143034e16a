package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// lambdaAnswer is what an authorizer's function answered: a policy, or a simple
// response's word.
type lambdaAnswer struct {
	simple    bool
	allow     bool // of a simple response
	policy    policy
	principal string
	usageKey  string // usageIdentifierKey, an API key
	context   map[string]json.RawMessage
}

// Why the API does not accept an answer.
const (
	reasonNoAnswer    adapter.Reason = "the authorizer function's answer is neither a policy nor, where they are enabled, a simple response"
	reasonNoPrincipal adapter.Reason = "the authorizer function names no principal"
	reasonContext     adapter.Reason = "the authorizer function's context holds more than text, numbers and bools"
)

// parse reads the answer ("Output from an API Gateway Lambda authorizer"). REST
// and WebSocket APIs want a principal and a flat context.
func (a *LambdaAuthorizer) parse(c *call, reply []byte) (*lambdaAnswer, error) {
	members, ok := object(reply)
	var answer lambdaAnswer
	ok = ok && readOptional(members["context"], &answer.context) &&
		readOptional(members["principalId"], &answer.principal) &&
		readOptional(members["usageIdentifierKey"], &answer.usageKey)
	if word, said := members["isAuthorized"]; a.SimpleResponses && said {
		answer.simple = true
		ok = ok && json.Unmarshal(word, &answer.allow) == nil && string(word) != "null"
	} else {
		ok = ok && answer.policy.read(members["policyDocument"])
	}
	switch strict := c.gateway.config.unauthorizes(); {
	case !ok:
		return nil, c.front.refuse(authorizerFailed, reasonNoAnswer)
	case strict && answer.principal == "":
		return nil, c.front.refuse(authorizerFailed, reasonNoPrincipal)
	case strict && !flat(answer.context):
		return nil, c.front.refuse(authorizerFailed, reasonContext)
	}
	return &answer, nil
}

// flat reports whether all values are strings, numbers or bools.
func flat(context map[string]json.RawMessage) bool {
	for _, value := range context {
		if _, present, ok := scalar(value); !ok || !present {
			return false
		}
	}
	return true
}

// judge applies the answer to the request, which need not be the one that it was
// given about.
func (a *lambdaAnswer) judge(c *call) (*Authorization, error) {
	refusal := &Refusal{Status: http.StatusForbidden, Reason: "denied by the authorizer function"}
	allowed := a.allow
	if !a.simple {
		allowed, refusal.failure = a.policy.decide(c.arn())
	}
	if !allowed {
		return nil, refusal
	}
	return &Authorization{Authorizer: a, usageKey: a.usageKey}, nil
}

// shape: an HTTP API's payload 2.0 has the context alone.
func (a *lambdaAnswer) shape(f adapter.Format) (any, map[string]any, error) {
	switch f {
	case adapter.HTTPAPIV2:
		return map[string]any{"lambda": a.context}, nil, nil
	case adapter.HTTPAPIV1, adapter.RESTAPI, adapter.WebSocketAPI: // payload 1.0: unconfirmed
		return a.flat(), nil, nil
	}
	return nil, nil, fmt.Errorf("gateway: %v: has no Lambda authorizer", f)
}

// flat lays the context beside what the gateway says itself. Which of the two
// wins a name is unconfirmed.
func (a *lambdaAnswer) flat() map[string]any {
	data := map[string]any{}
	for name, value := range maps.All(a.context) {
		data[name] = value
	}
	data["integrationLatency"] = 42
	if a.principal != "" {
		data["principalId"] = a.principal
	}
	return data
}
