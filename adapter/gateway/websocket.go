package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// The routes that API Gateway calls by itself.
const (
	connectRoute    = "$connect"
	disconnectRoute = "$disconnect"
)

// maxMessage is the largest message ("Quotas for configuring and running a
// WebSocket API in API Gateway").
const maxMessage = 128 << 10

// closeTooBig is the status of a connection that ends because of a message
// over the limit (RFC 6455 section 7.4.1).
const closeTooBig = 1009

var errClosed = errors.New("gateway: the connection is closed")

// Connection is one client of a WebSocket API, made by [Gateway.Connect]. It
// invokes the function as API Gateway does for what a client does; a client
// cannot connect over a network, for the gateway does not speak the WebSocket
// protocol. Its methods may be called concurrently, and do not call Observe.
type Connection struct {
	// ID is the connection's id.
	ID string
	// Subprotocol is what the function chose with a Sec-WebSocket-Protocol
	// header in its reply to $connect; "": none.
	Subprotocol string

	handshake *call
	context   socketContext
	closed    atomic.Bool
}

// Connect invokes the function's $connect route with a handshake request, whose
// path is not looked at, and returns the connection if the function's reply has
// a 2xx status. If not, and also if the gateway itself refuses or the function
// fails, the error is a *Refusal with the handshake's status. Nothing is
// invoked inside Lambda, and with settings that Check complains about.
func (g *Gateway) Connect(r *http.Request) (*Connection, error) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" {
		return nil, errors.New("gateway: a gateway does not run inside Lambda")
	}
	if g.config.Format != adapter.WebSocketAPI {
		return nil, fmt.Errorf("gateway: nobody connects to Format %v", g.config.Format)
	}
	if g.config.Function == nil {
		return nil, errors.New("gateway: Config.Function is nil")
	}
	c, err := g.admit(r)
	if err != nil {
		return nil, err
	}
	n := newConnection(c)
	reply, err := c.socketReply(n.connectEvent(c))
	if err != nil {
		return nil, err
	}
	header := reply.merge(false)
	if reply.status < 200 || reply.status > 299 {
		return nil, &Refusal{Status: reply.status, Header: header, Reason: "the function refused the connection"}
	}
	n.Subprotocol = header.Get("Sec-WebSocket-Protocol")
	return n, nil
}

// Message invokes the function with a text message and returns the body of its
// reply, which the client gets if the route has a route response. The route is
// the one of the gateway's Routes whose key is the member action of the
// message, a JSON object ($request.body.action), else $default. An error wraps
// a *Refusal, unless the connection is closed: with status 1009 for a message
// over 128 KB, which closes it; else API Gateway answers the message with an
// error of its own. What it does with a reply without statusCode is
// unconfirmed, here it is malformed.
func (n *Connection) Message(text string) ([]byte, error) {
	if n.closed.Load() {
		return nil, errClosed
	}
	c := n.next()
	if len(text) > maxMessage {
		tooBig := &Refusal{Status: closeTooBig, Reason: "the message is over the front's limit"}
		return nil, errors.Join(tooBig, n.Disconnect(closeTooBig, ""))
	}
	route, ok := c.gateway.socketRoute(text)
	if !ok {
		return nil, c.front.refuse(noRoute, "no such route")
	}
	reply, err := c.socketReply(n.messageEvent(c, route, text))
	if err != nil {
		return nil, err
	}
	return c.bodyOf(reply)
}

// Disconnect invokes the function's $disconnect route, once, with the status
// and reason that the connection was closed with (RFC 6455 section 7.4). What
// the function replies is of no interest; an error is a failed invocation.
func (n *Connection) Disconnect(status int, reason string) error {
	if n.closed.Swap(true) {
		return errClosed
	}
	c := n.next()
	payload, err := c.encode(n.disconnectEvent(c, status, reason))
	if err != nil {
		return err
	}
	_, err = c.invoke(payload)
	return err
}

// next is the call for another event of the connection: its own time and ids,
// everything else as in the handshake.
func (n *Connection) next() *call {
	c := *n.handshake
	c.at = time.Now().UTC()
	c.identify()
	return &c
}

// socketRoute is the route that a message calls, false if there is none. No
// message calls one of API Gateway's own routes (unconfirmed).
func (g *Gateway) socketRoute(text string) (string, bool) {
	has := func(key string) bool {
		return slices.ContainsFunc(g.config.Routes, func(r Route) bool { return r.Key == key })
	}
	members, _ := object([]byte(text))
	var action string
	if readOptional(members["action"], &action) && !strings.HasPrefix(action, "$") && has(action) {
		return action, true
	}
	return defaultRoute, g.config.Routes == nil || has(defaultRoute)
}

// socketReply invokes the function with an event and reads its reply.
func (c *call) socketReply(event *socketEvent) (proxyReply, error) {
	payload, err := c.encode(event)
	if err != nil {
		return proxyReply{}, err
	}
	raw, err := c.invoke(payload)
	if err != nil {
		return proxyReply{}, err
	}
	members, _ := object(raw)
	reply, ok := readReply(members)
	if !ok || reply.status == 0 {
		return proxyReply{}, c.front.refuse(badReply, "the reply is no proxy reply with a statusCode")
	}
	return reply, nil
}

// errorsWebSocket: only the statuses matter, of which those for a function that
// failed are unconfirmed.
var errorsWebSocket = map[failure]ownAnswer{
	noRoute:          {status: 403},
	unauthorized:     {status: 401},
	accessDenied:     {status: 403},
	authorizerFailed: {status: 500},
	badRequest:       {status: 400},
	tooLarge:         {status: 413},
	functionFailed:   {status: 502},
	badReply:         {status: 502},
	badBase64:        {status: 502},
	timedOut:         {status: 504},
	badConfiguration: {status: 500},
}
