// Package apigateway makes the gateway's half of a policy: the routes, with
// their authorizers and scopes, that let an API Gateway refuse most callers
// before the function is invoked, derived from the same requirements that the
// function enforces; and it checks what is deployed against them.
//
//	policy ── Find ──┐
//	                 ├─ witnesses ── plan ── routes.json, openapi.json, gateway.Route
//	policy ── Gate ──┘      │
//	                        └─────── check ── what the AWS CLI says is deployed
//
// # How a plan is made
//
// From the patterns of all rules come witnesses: methods and paths that stand for
// everything that the rules can tell apart. The code's own router says which rule
// serves each of them, a model of API Gateway says which route takes it, and both
// must agree, under every reading of what AWS leaves open: whether the
// method or the path counts first, what a slash at the end means, and whether the
// path is compared decoded or as it was sent. Where they disagree, the plan gets a
// more precise route; where none can help, a [Problem] says which rule is
// concerned, what would happen and what to change.
//
// A route may ask for less than the rule requires, never for more, and it is never
// open where the rule protects. So the function still decides alone: a wrong route
// costs an invocation or an answer, it grants nothing.
//
// Paths with a percent sign or an empty segment are outside this proof, because
// it is not documented how API Gateway compares them.
//
// All functions may be called concurrently. A Plan is not changed once it is made.
//
// # Specifications
//
// Rules of AWS are taken from the Amazon API Gateway Developer Guide ("Create
// routes for HTTP APIs", "Control access to HTTP APIs with JWT authorizers",
// "Control access to REST APIs using Amazon Cognito user pools", "Working with API
// Gateway extensions to OpenAPI") and the AWS Lambda Developer Guide ("Working
// with resource-based IAM policies in Lambda"). Where they are silent, the comment
// at the line says where the rule comes from, or "unconfirmed".
package apigateway

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Router is what a plan is made from: an [authz.Mux], or the Routes of a package
// that registers routes with another router.
type Router interface {
	// Policy returns all rules.
	Policy() authz.Policy
	// Find returns the rule that decides a request, and false where none does. It
	// serves nothing.
	Find(*http.Request) (authz.Rule, authz.Requirement, bool)
}

// Kind is a kind of API Gateway.
type Kind uint8

const (
	// HTTPAPI is an HTTP API with JWT authorizers.
	HTTPAPI Kind = iota
	// RESTAPI is a REST API with Cognito user pool authorizers, or with native JWT
	// authorizers where the policy's identities come from nothing else.
	RESTAPI
)

// String returns "HTTP API" or "REST API".
func (k Kind) String() string {
	switch k {
	case HTTPAPI:
		return "HTTP API"
	case RESTAPI:
		return "REST API"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// Options are what a plan needs to know beyond the policy. The zero Options plan
// an HTTP API that pages of other origins do not call.
type Options struct {
	// Kind is the kind of API.
	Kind Kind
	// CORS are the settings that the function or the gateway answers preflights
	// by; its Owner says which of the two. Where that is the gateway, AllowOrigins
	// may be empty: the template has the settings then, and the documents have
	// none. nil: neither, and a preflight is treated as any other request.
	CORS *cors.Config
	// Authorizer is the logical name of the authorizer that routes name whose rule
	// names no issuer, and of the one that unknown routes ask. "": the only name
	// in claims.Config.IssuerNames, or none.
	Authorizer string
	// Title is the OpenAPI document's; "": "API".
	Title string
	// CloudFormation is what openapi.cfn.json refers to.
	CloudFormation CloudFormation
	// Document is the app's own OpenAPI 3.0 document in JSON. The plan has a route
	// for each of its operations, and the documents that the plan writes are this
	// one with what each operation asks for, where it goes, and the paths that it
	// lacks. An operation without a rule is an error of New. nil: none.
	Document []byte
}

var errNoRouter = errors.New("apigateway: no policy: the Router is nil")

// check reports every option that no API could have.
func (o *Options) check() error {
	var problems []error
	if o.Kind > RESTAPI {
		problems = append(problems, fmt.Errorf("apigateway: Options.Kind: %v: no such kind", o.Kind))
	}
	if o.CORS != nil && o.CORS.Owner > cors.OwnerGateway {
		problems = append(problems, fmt.Errorf("apigateway: Options.CORS: Owner %d: no such owner", o.CORS.Owner))
	}
	if o.CORS != nil && o.CORS.Owner == cors.OwnerGateway && o.Kind == RESTAPI {
		problems = append(problems, errors.New("apigateway: Options.CORS: a REST API has no CORS settings; use cors.OwnerApp or cors.OwnerGatewayPreflight"))
	}
	return errors.Join(problems...)
}

// preflights says who answers them.
type preflights int

const (
	nobody   preflights = iota
	function            // an open OPTIONS route
	front               // the gateway: no route takes OPTIONS
)

func (o *Options) preflights() preflights {
	switch {
	case o.CORS == nil:
		return nobody
	case o.CORS.Owner == cors.OwnerApp:
		return function
	}
	return front
}
