package gateway

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Config describes one AWS front before one function. The zero value of every
// field but Function is useful.
type Config struct {
	// Function is invoked once for each request that passes the gateway,
	// with a context that ends at Timeout and holds nothing of the request.
	// The event's bytes are overwritten when Invoke has returned, as the
	// Lambda runtime reuses its buffer. An error, a panic and an exit of its
	// goroutine all count as a failed invocation. Nil: the Gateway only makes
	// events ([Gateway.Event]) and answers every request with 500.
	Function Function
	// Format is the front to play; 0: adapter.HTTPAPIV2.
	Format adapter.Format
	// Stage is the deployed stage; "": "$default" on an HTTP API and "prod"
	// on a REST or WebSocket API. As on an execute-api host, a stage other
	// than $default is the first segment of the client's path: a REST API is
	// called as /prod/hello unless BasePath says otherwise. A Function URL,
	// an ALB and VPC Lattice have no stage and ignore it.
	Stage string
	// BasePath makes the host a custom domain and is its mapping key ("v1",
	// "orders/v1"), the first segments of the client's path; "/" is a custom
	// domain with an empty mapping key. The mapping names the stage, so the
	// client's path does not hold it. "": the API's own execute-api host.
	BasePath string
	// Routes are the API's routes; nil: ANY /{proxy+} and ANY /. On a
	// WebSocket API they are what messages call, see [WebSocket.Message]. The
	// other fronts have none.
	Routes []Route
	// Authorizer is asked on every route that is not Open and names no other
	// authorizer, and on a WebSocket API about the connection; nil: none. A
	// front without routes asks it about every request.
	Authorizer Authorizer
	// Authorizers are those that routes name, by name; nil: none. If Authorizer
	// is nil, every route must then be Open or name one of them.
	Authorizers map[string]Authorizer
	// MutualTLS asks clients for a certificate, as the custom domain of a REST or
	// HTTP API can ("How to turn on mutual TLS authentication for your REST
	// APIs", and the same for HTTP APIs), and tells the function of it. It is the
	// certificate of the request's TLS connection: whether to trust it is for the
	// server's tls.Config to say. A request without a certificate is refused with
	// 403; AWS refuses it in the TLS handshake. The other fronts have no such
	// setting.
	MutualTLS bool
	// UsagePlans are a REST API's, for routes with APIKey; nil: none.
	UsagePlans []UsagePlan
	// AuthorizerKeys takes the API key from the usageIdentifierKey that a
	// LambdaAuthorizer's function answers with (the API key source AUTHORIZER);
	// false: from the client's X-Api-Key.
	AuthorizerKeys bool
	// Management is asked about requests to a WebSocket API's @connections, through
	// which the function sends messages to clients. AWS wants them signed, which an
	// IAMAuthorizer with a SigV4 checks. Nil: they are refused. The other fronts
	// have no such requests.
	Management Authorizer
	// Timeout is how long the integration may take; 0: what the front allows
	// by default, 29 s on a REST or WebSocket API, 30 s on an HTTP API, and
	// Lambda's own 15 min on the others.
	Timeout time.Duration
	// Scheme is what X-Forwarded-Proto says of the client's connection, "http"
	// or "https"; "": "https".
	Scheme string
	// APIID is requestContext.apiId, what claims can be pinned to;
	// "": "a1b2c3d4e5".
	APIID string
	// AccountID is requestContext.accountId on REST, HTTP and WebSocket APIs, what
	// claims can be pinned to; "": "123456789012".
	AccountID string
	// StageVariables are delivered with every event; empty: none.
	StageVariables map[string]string
	// MultiValueHeaders is the setting of an ALB's target group that makes
	// every header and query parameter a list, in events and in replies. The
	// other fronts have no such setting.
	MultiValueHeaders bool
	// LatticeStrings gives VPC Lattice v2 events strings as the values of
	// headers and query parameters, as AWS's older samples have them; false:
	// lists. The other fronts have no such choice.
	LatticeStrings bool
	// Streaming delivers the reply as it arrives: it is a Function URL in the
	// invoke mode RESPONSE_STREAM, a REST API in the response transfer mode
	// STREAM. Function should then be a StreamFunction; the whole reply of
	// any other is delivered as if it were a stream, as on AWS. The default
	// Timeout is 15 min. A stream breaks off after 200 MB; Lambda's limit of
	// 2 MB a second is not played. The other fronts cannot stream.
	Streaming bool
	// CORS are the CORS settings of an HTTP API or Function URL, which answer
	// preflights; nil: none, and the function is responsible. Only the first
	// six fields count, and an origin with a * counts only in the forms *, https://*
	// and http://*. The other fronts have no such settings.
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

// New returns a Gateway that plays c. It reports every setting that no such
// front could have, joined. What c refers to must not be modified afterwards.
func New(c Config) (*Gateway, error) {
	front := frontOf(c.Format)
	if front == nil {
		return nil, fmt.Errorf("gateway: Format %v: there is no such front", c.Format)
	}
	problems := []error{c.check()}
	c.fill(front)
	problems = append(problems, c.checkFront(front), c.checkAuthorizers(), c.checkUsage())
	g := &Gateway{config: c, front: front}
	if front.routed {
		var err error
		g.routes, err = parseRoutes(c.Routes, front.rest)
		problems = append(problems, err, c.checkRoutes(), g.checkCache())
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return g, nil
}

// MustNew is New for settings that are known to be right; it panics if they
// are not.
func MustNew(c Config) *Gateway {
	g, err := New(c)
	if err != nil {
		panic(err)
	}
	return g
}

// fill replaces zero values by their defaults.
func (c *Config) fill(front *front) {
	c.Format = cmp.Or(c.Format, adapter.HTTPAPIV2)
	c.Scheme = cmp.Or(c.Scheme, "https")
	c.APIID = cmp.Or(c.APIID, "a1b2c3d4e5")
	c.AccountID = cmp.Or(c.AccountID, accountID)
	if c.Stage == "" || c.Format == adapter.FunctionURL {
		c.Stage = front.stage
	}
	switch {
	case c.Timeout != 0:
	case c.Streaming:
		c.Timeout = maxDuration
	default:
		c.Timeout = front.timeout
	}
	if c.Routes == nil && front.routed {
		c.Routes = catchAll
	}
	if c.BinaryMediaTypes == nil {
		c.BinaryMediaTypes = []string{"*/*"}
	}
}

// check reports what is wrong whatever the front, in settings as they were given.
func (c *Config) check() error {
	var problems []error
	if strings.Contains(c.Stage, "/") {
		problems = append(problems, fmt.Errorf("gateway: Stage %q: holds a slash", c.Stage))
	}
	if c.Timeout < 0 {
		problems = append(problems, fmt.Errorf("gateway: Timeout %v: below zero", c.Timeout))
	}
	if c.Scheme != "" && c.Scheme != "https" && c.Scheme != "http" {
		problems = append(problems, fmt.Errorf("gateway: Scheme %q: neither http nor https", c.Scheme))
	}
	return errors.Join(problems...)
}

// checkFront reports the settings that this one front does not have.
func (c *Config) checkFront(front *front) error {
	problems := []error{c.checkCORS(front)}
	if c.Streaming && front.prelude == nil {
		problems = append(problems, fmt.Errorf("gateway: Streaming: Format %v cannot stream", c.Format))
	}
	if c.Management != nil && c.Format != adapter.WebSocketAPI {
		problems = append(problems, fmt.Errorf("gateway: Management: Format %v has no @connections", c.Format))
	}
	if c.MutualTLS && !front.routed {
		problems = append(problems, fmt.Errorf("gateway: MutualTLS: Format %v has no such setting", c.Format))
	}
	if len(c.Authorizers) > 0 && !front.routed {
		problems = append(problems, fmt.Errorf("gateway: Authorizers: Format %v has no routes to name them, set Authorizer", c.Format))
	}
	return errors.Join(problems...)
}
