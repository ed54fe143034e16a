// Package gateway is the AWS end of the wire: an http.Handler that turns a
// real HTTP request into the event an AWS front would deliver, invokes a
// function with it, and turns the function's reply into the response that the
// front would send. It exists for tests and for a developer's machine; it
// answers 500 inside Lambda.
//
// A request passes through
//
//	client certificate → stage, base path → CORS → route → authorizer → API key → body → cache → event → function → reply
//
// Each step may refuse the request, and then answers with the status, body and
// headers of the front that is played: an API Gateway REST, HTTP or WebSocket
// API, a Lambda function URL, an ALB or VPC Lattice. Tests of a WebSocket API can
// do without its protocol: [Gateway.Connect] and the methods of [WebSocket] do
// what a client does.
//
// Events and replies are built and read with encoding/json, independently of
// package adapter, so that a mistake in one of the two shows.
//
// # What a Go server cannot know
//
// net/http canonicalizes header names before a handler sees them, so a REST
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
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// Function is what a Gateway invokes: an adapter.Handler, or any other
// implementation of aws-lambda-go's lambda.Handler.
type Function interface {
	Invoke(ctx context.Context, event []byte) ([]byte, error)
}

// FunctionFunc makes a Function of a func.
type FunctionFunc func(ctx context.Context, event []byte) ([]byte, error)

// Invoke calls f.
func (f FunctionFunc) Invoke(ctx context.Context, event []byte) ([]byte, error) { return f(ctx, event) }

// Gateway plays one AWS front before one function. It is an http.Handler, made
// by [New], and safe for concurrent use.
type Gateway struct {
	config Config // with its defaults filled in
	front  *front
	routes []pattern
	meter  meter
	cache  cache

	sockets sync.Map // the WebSocket by its id, of those that are connected
}

// Record says what became of one request.
type Record struct {
	Route          string         // the key of the matched route, "" if none matched
	Status         int            // what the client was sent
	RefusedBy      string         // "gateway": the answer is the gateway's own; "function": the function's 401 or 403; "": neither
	Reason         adapter.Reason // why the gateway refused or failed, or that a stream broke off; it holds no value from the request
	Err            error          // what the function or the authorizer returned; not for clients
	Duration       time.Duration  // from the request's arrival to the end of the response
	InvocationID   string         // the function's invocation, as lambdacontext has it in AwsRequestID; "" if it was not invoked
	FunctionHeader http.Header    // the headers in the function's reply, before the front changed any; nil without a reply
}

// Event returns the event that the front would invoke the function with, for
// tests that start from an event. It reads the request's body, asks the
// authorizer and counts the request for its API key. If the front would answer
// the request itself, the error is a *Refusal.
func (g *Gateway) Event(r *http.Request) ([]byte, error) {
	c, err := g.admit(r)
	if err != nil {
		return nil, err
	}
	return c.event()
}

// ServeHTTP answers the request as the front would, and with 500 if there is no
// Function. Of a WebSocket API it serves handshakes, whose clients it then serves
// until they leave, and requests to @connections. It panics with
// http.ErrAbortHandler when a stream breaks off, which cuts the client's
// connection.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	arrived := time.Now()
	answer, record := g.answer(r)
	broken := answer.write(w, r.Method)
	if broken != nil {
		record.Reason, record.Err = "the stream broke off", broken
	}
	if observe := g.config.Observe; observe != nil {
		record.Status = answer.status
		record.Duration = time.Since(arrived)
		observe(r, record)
	}
	switch {
	case answer.socket != nil && broken == nil:
		answer.socket.serve()
	case answer.socket == nil && broken != nil:
		panic(http.ErrAbortHandler) // so that the client notices that something is missing
	}
}

// Close disconnects the clients of a WebSocket API, as when they leave; on other
// fronts it does nothing. It does not wait for requests.
func (g *Gateway) Close() {
	g.sockets.Range(func(_, s any) bool {
		_ = s.(*WebSocket).Disconnect(closeGoingAway, "Going away") // a failed invocation has nobody to tell
		return true
	})
}

// answer decides what the client is sent and what Observe is told.
func (g *Gateway) answer(r *http.Request) (*response, Record) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		return misconfigured(), Record{RefusedBy: "gateway", Reason: "a gateway does not run inside Lambda"}
	}
	if g.config.Function == nil {
		return misconfigured(), Record{RefusedBy: "gateway", Reason: "Config.Function is nil"}
	}
	if g.config.Format == adapter.WebSocketAPI {
		return g.answerSocket(r)
	}
	c, err := g.admit(r)
	if err != nil {
		return c.refused(err)
	}
	answer, err := c.ask()
	if err != nil {
		return c.refused(err)
	}
	record := c.record()
	record.FunctionHeader = answer.said
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
	record := c.record()
	record.RefusedBy, record.Reason, record.Err = "gateway", refusal.Reason, refusal.cause
	if refusal.failure == 0 { // the function refused a handshake
		record.RefusedBy = "function"
	}
	answer := c.front.own(refusal)
	for name, values := range c.gateway.config.Responses.of(answer.status) {
		answer.header[http.CanonicalHeaderKey(name)] = values
	}
	return c.finish(answer), record
}

// record says which route the request took, and which invocation.
func (c *call) record() Record {
	record := Record{Route: c.routeKey()}
	if c.invoked {
		record.InvocationID = c.invocationID
	}
	return record
}

// finish adds the headers that the front puts on every answer, and those of
// its CORS settings on the function's.
func (c *call) finish(answer *response) *response {
	if c.gateway.config.CORS != nil && answer.said != nil {
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
