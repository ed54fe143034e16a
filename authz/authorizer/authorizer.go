// Package authorizer makes a Lambda authorizer of the requirements that the
// function itself enforces, for REST APIs whose tokens no other authorizer reads,
// for WebSocket APIs and for rules that a gateway cannot express:
//
//	who := jwtverify.MustNew(jwtverify.Config{Issuers: issuers, Binding: jwtverify.BindingNone})
//	lambda.Start(authorizer.MustNew(authorizer.Config{
//		Routes:     notes.Routes(nil), // the function's own, which serves nothing here
//		Identifier: who,
//	}))
//
// and in the function behind it, which decides once more by the same routes:
//
//	who := claims.MustNew(claims.Config{
//		Sources:        []claims.Source{claims.LambdaAuthorizer},
//		LambdaIdentity: authorizer.ContextKey,
//		Issuers:        issuers,
//		APIs:           []string{"a1b2c3d4e5"},
//	})
//
// # How a request is decided
//
// The authorizer makes of its event the request that the function will get, by
// the function's own code for stages and base paths (package adapter), finds the
// rule, asks the Identifier who is calling, and answers as the API expects: a
// simple response, an IAM policy for one method of one path, or, where the API
// makes a 401 of it, an error whose text is Unauthorized.
//
//	                     REST, WebSocket API   HTTP API
//	granted              policy, Allow         allowed
//	nobody               error Unauthorized    denied
//	403 and unknown ARN  policy, Deny          denied
//	keys not available   error                 error
//
// A failure is an error, which the API answers with 500, and never a refusal, which
// the gateway would cache.
//
// # What the function learns
//
// One key of the context, ContextKey, holds one JSON text with the caller's
// issuer, subject, expiry, scopes and the claims that the rules look at.
// claims.Config.LambdaIdentity reads it back. The function enforces the expiry
// again, since the gateway may keep an answer longer than the token lasts.
//
// # Caching
//
// API Gateway can keep answers for a time (TTL) and give them to later requests
// whose identity sources have the same values. With the token as the only source,
// an answer about one operation would decide about all others. The default here
// is a TTL of 0, and so it should be in the template; AWS's own default for REST
// and WebSocket APIs is 300 seconds. New refuses a TTL unless the identity sources
// hold the operation and all that the Identifier reads.
package authorizer

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes say what each operation requires: an authz.Mux, or the Routes of
// echoauthz, ginauthz and chiauthz.
type Routes interface {
	Guard() *authz.Guard
	Policy() authz.Policy
	Find(*http.Request) (authz.Rule, authz.Requirement, bool)
}

// Config says how an Authorizer decides. Routes and Identifier are required.
type Config struct {
	// Routes are the function's own. Their Guard decides, and its Every, ReportUntil
	// and OnDecision apply. Who is calling comes from Config.Identifier instead of
	// the Guard's own Identifier, which reads what this authorizer writes.
	Routes Routes

	// Identifier says who is calling, such as a jwtverify.Verifier with BindingNone.
	// It must not read the event's authorizer, which does not exist yet: New
	// refuses one whose Trust names such a source, or none.
	Identifier authz.Identifier

	// Adapter are the function's own options. Those that make the request count
	// (StripStage, BasePaths, TrustedHops), and Timeout, Done and Logger. Nil means
	// the defaults.
	Adapter *adapter.Options

	// Claims are names of claims to hand on to the function besides those that the
	// rules look at, such as "email". Nil means none.
	Claims []string

	// Policies answers an HTTP API with payload format 2.0 by an IAM policy instead
	// of a simple response: for an authorizer without EnableSimpleResponses.
	Policies bool

	// TTL is how long the API keeps answers, as configured there: whole seconds, at
	// most an hour. Zero means that it keeps none.
	TTL time.Duration

	// IdentitySources are those configured at the API, in its own spelling and
	// order: $request.header.Authorization and $context.path on an HTTP API,
	// method.request.header.Authorization and context.path on a REST API,
	// route.request.header.Authorization on a WebSocket API. They are required with
	// a TTL. Nil means none.
	IdentitySources []string

	// RouteKeys are the keys of all routes of the HTTP API that ask this authorizer.
	// They are needed only if IdentitySources name the operation by
	// $context.routeKey. Each key must then lead to exactly one rule, which decides
	// for every path that matches the route. The API must have simple responses.
	RouteKeys []string

	// OnAnswer is told each answer before Invoke returns. It must be safe for
	// concurrent use. Nil is not called.
	OnAnswer func(context.Context, Answer)
}

// An Authorizer is the function of a Lambda authorizer. It has the method of
// aws-lambda-go's lambda.Handler, so that lambda.Start takes it as it is. Any number
// of invocations may run at once.
type Authorizer struct {
	routes   Routes
	guard    *authz.Guard
	requests *adapter.Handler // of REST and HTTP APIs
	connects *adapter.Handler // of WebSocket APIs
	claims   []string
	policies bool
	hosts    bool // a rule is for one host only
	cache    cache
	onAnswer func(context.Context, Answer)
}

// New returns an Authorizer, or an error that joins every problem of the Config.
func New(c Config) (*Authorizer, error) {
	cache, problems := c.check()
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	policy := c.Routes.Policy()
	a := &Authorizer{
		routes:   c.Routes,
		guard:    c.guard(),
		claims:   c.claims(policy),
		policies: c.Policies,
		hosts:    hasHosts(policy),
		cache:    cache,
		onAnswer: c.OnAnswer,
	}
	var err error
	if a.requests, err = c.handler(a.decide); err != nil {
		return nil, err
	}
	a.connects, err = c.handler(a.decide, adapter.WebSocketAPI)
	return a, err
}

// handler returns an error where adapter.New panics, about impossible options.
func (c *Config) handler(decide http.HandlerFunc, formats ...adapter.Format) (h *adapter.Handler, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("authorizer: Config.Adapter: %v", p)
		}
	}()
	return adapter.New(decide, c.options(formats...)), nil
}

// MustNew is like New but panics if New returns an error. It is for variables and
// for the start of a program.
func MustNew(c Config) *Authorizer {
	a, err := New(c)
	if err != nil {
		panic(err)
	}
	return a
}

// guard decides as the routes' own Guard does about another Identifier's callers.
func (c *Config) guard() *authz.Guard {
	g := *c.Routes.Guard()
	g.Identifier = c.Identifier
	return &g
}

// options are those of the function without what is for its replies.
func (c *Config) options(formats ...adapter.Format) *adapter.Options {
	o := adapter.Options{Formats: formats}
	if from := c.Adapter; from != nil {
		o.StripStage, o.BasePaths, o.TrustedHops = from.StripStage, from.BasePaths, from.TrustedHops
		o.Timeout, o.Done, o.Logger = from.Timeout, from.Done, from.Logger
	}
	return &o
}
