// Package gateway is the AWS end of the wire: an http.Handler that turns a
// real HTTP request into the event an AWS front would deliver, invokes a
// function with it, and turns the function's reply into the response that the
// front would send. It exists for tests and for a developer's machine; it
// answers 500 inside Lambda.
//
// A request passes through
//
//	where (stage, base path) → CORS → route → authorizer → body → event → function → reply
//
// and every step that can say no answers with the status, body and headers of
// the front being played: an API Gateway REST or HTTP API, a Lambda function
// URL, an ALB or VPC Lattice. A WebSocket API has no such requests; there
// [Gateway.Connect] and the methods of [Connection] stand for what a client
// does. Events and replies are built and read with
// encoding/json, independently of package adapter, so that the two can be held
// against each other.
//
// # What a Go server cannot know
//
// net/http canonicalises header names before a handler sees them, so a REST
// API event has Accept where the client may have sent accept; and it refuses
// some malformed requests (a path with an invalid escape, for example) that a
// front lets pass.
//
// # Specifications
//
// Facts are taken from the Amazon API Gateway Developer Guide ("Lambda proxy
// integrations", "Working with AWS Lambda proxy integrations for HTTP APIs",
// "Gateway response types"), the AWS Lambda Developer Guide ("Invoking Lambda
// function URLs"), the Application Load Balancer and VPC Lattice guides (both
// "Lambda functions as targets") and recordings of the real services. Where
// neither says what happens, the comment at the line says "unconfirmed".
package gateway

import (
	"context"
	"errors"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Function is what a Gateway invokes: an adapter.Handler, or any other
// implementation of aws-lambda-go's lambda.Handler.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// Gateway plays one AWS front before one function. It is an http.Handler and
// safe for concurrent use once its fields are set. The zero value of every
// field but Function is useful.
type Gateway struct {
	// Function is invoked once for each request that passes the gateway,
	// with a context that ends at Timeout and holds nothing of the request.
	// The event's bytes are overwritten when Invoke has returned, as the
	// Lambda runtime reuses its buffer. An error, a panic and an exit of its
	// goroutine all count as a failed invocation.
	Function Function
	// Format is the front to play; 0: adapter.HTTPAPIV2.
	Format adapter.Format
	// Stage is the deployed stage; "": "$default" on an HTTP API and "prod"
	// on a REST or WebSocket API. As on an execute-api host, a stage other
	// than $default is the first segment of the client's path: a REST API is
	// called as /prod/hello unless BasePath says otherwise. A Function URL,
	// an ALB and VPC Lattice have none.
	Stage string
	// BasePath makes the host a custom domain and is its mapping key ("v1",
	// "orders/v1"), the first segments of the client's path; "/" is a custom
	// domain with an empty mapping key. The mapping names the stage, so the
	// client's path holds none. "": the API's own execute-api host.
	BasePath string
	// Routes are the API's routes; nil: ANY /{proxy+} and ANY /. On a
	// WebSocket API they are what messages call, see Connection.Message. The
	// other fronts have none.
	Routes []Route
	// Authorizer is asked on every route that is not Open, and on a WebSocket
	// API about the connection; nil: none.
	Authorizer Authorizer
	// Timeout is how long the integration may take; 0: what the front allows
	// by default, 29 s on a REST or WebSocket API, 30 s on an HTTP API, and
	// Lambda's own 15 min on the others.
	Timeout time.Duration
	// Scheme is what X-Forwarded-Proto says of the client's connection;
	// "": "https".
	Scheme string
	// APIID is requestContext.apiId, what claims can be pinned to;
	// "": "a1b2c3d4e5".
	APIID string
	// StageVariables are delivered with every event; empty: none.
	StageVariables map[string]string
	// MultiValueHeaders is the setting of an ALB's target group that makes
	// every header and query parameter a list, in events and in replies. The
	// other fronts have no such setting.
	MultiValueHeaders bool
	// LatticeStrings gives VPC Lattice v2 events texts as the values of
	// headers and query parameters, as AWS's older samples have them; false:
	// lists. The other fronts have no such choice.
	LatticeStrings bool
	// Streaming delivers the reply as it arrives: a Function URL in the
	// invoke mode RESPONSE_STREAM, a REST API in the response transfer mode
	// STREAM. Function should then be a StreamFunction; the whole reply of
	// any other is delivered as if it were a stream, as on AWS. The default
	// Timeout is 15 min; Lambda's limits of size and rate are not played.
	// The other fronts cannot stream.
	Streaming bool
	// CORS are the CORS settings of an HTTP API or Function URL, which answer
	// preflights; nil: none, and the function is responsible. Only the first
	// six fields count, an origin with a * only in the forms *, https://* and
	// http://*. The other fronts have no such settings.
	CORS *cors.Config
	// Responses are what a REST API adds to the answers it makes itself, so
	// that pages may read them; the zero Responses: nothing.
	Responses Responses
	// BinaryMediaTypes is a REST API's setting of that name; nil: */*, which
	// makes every body binary. Empty but not nil: none, and a base64 reply
	// reaches the client as base64 text. The other fronts have no such
	// setting.
	BinaryMediaTypes []string
	// Observe is called once for each request, after its response was
	// written; nil: not at all.
	Observe func(*http.Request, Record)
}

// Record says what became of one request.
type Record struct {
	Route          string        // the key of the matched route, "" if none matched
	Status         int           // what the client was sent
	RefusedBy      string        // "gateway": the answer is the gateway's own; "function": the function's 401 or 403; "": neither
	Reason         string        // why the gateway refused or failed, or that a stream broke off; never a value from the request
	Err            error         // what the function or the authorizer returned, or what Check says; not for clients
	Duration       time.Duration // from the request's arrival to the end of the response
	FunctionHeader http.Header   // the headers in the function's reply, before the front changed any; nil without a reply
}

// Event returns the event that the front would invoke the function with, for
// tests that start from an event. It reads the request's body and asks the
// Authorizer. A request that the front would answer itself is a *Refusal.
func (g *Gateway) Event(r *http.Request) ([]byte, error) {
	c, err := g.admit(r)
	if err != nil {
		return nil, err
	}
	return c.event()
}

// ServeHTTP answers the request as the front would, 500 for a gateway that
// Check complains about or that plays a WebSocket API. It panics with
// http.ErrAbortHandler when a stream breaks off, which cuts the client's
// connection.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	answer, record := g.answer(r)
	broken := answer.write(w, r.Method)
	if broken != nil {
		record.Reason, record.Err = "the stream broke off", broken
	}
	if g.Observe != nil {
		record.Status = answer.status
		record.Duration = time.Since(arrived)
		g.Observe(r, record)
	}
	if broken != nil {
		panic(http.ErrAbortHandler) // the client shall see that something is missing
	}
}

// answer decides what the client is sent, and what is to be said about it.
func (g *Gateway) answer(r *http.Request) (*response, Record) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		return misconfigured(), Record{RefusedBy: "gateway", Reason: "a gateway does not run inside Lambda"}
	}
	if err := g.Check(); err != nil {
		return misconfigured(), Record{RefusedBy: "gateway", Reason: "misconfigured", Err: err}
	}
	if g.Format == adapter.WebSocketAPI {
		return misconfigured(), Record{RefusedBy: "gateway", Reason: "a WebSocket API is called through Connect"}
	}
	c, err := g.admit(r)
	if err != nil {
		return c.refused(err)
	}
	answer, err := c.ask()
	if err != nil {
		return c.refused(err)
	}
	record := Record{Route: c.routeKey(), FunctionHeader: answer.said}
	if answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden {
		record.RefusedBy = "function"
	}
	return c.finish(answer), record
}

// refused is the front's own answer to err.
func (c *call) refused(err error) (*response, Record) {
	refusal := c.front.refuse(badConfiguration, "the event could not be made")
	refusal.cause = err
	errors.As(err, &refusal)
	record := Record{Route: c.routeKey(), RefusedBy: "gateway", Reason: refusal.Reason, Err: refusal.cause}
	answer := c.front.own(refusal)
	for name, values := range c.gateway.Responses.of(answer.status) {
		answer.header[http.CanonicalHeaderKey(name)] = values
	}
	return c.finish(answer), record
}

// finish adds the headers that the front puts on every answer, and those of
// its CORS settings on the function's.
func (c *call) finish(answer *response) *response {
	if c.gateway.CORS != nil && answer.said != nil {
		c.front.cors(c, answer.header)
	}
	if c.front.ids == nil {
		return answer
	}
	for name, value := range c.front.ids(c) {
		answer.header.Set(name, value)
	}
	return answer
}
