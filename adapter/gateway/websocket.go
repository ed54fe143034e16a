package gateway

import (
	"context"
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

var errClosed = errors.New("gateway: the connection is closed")

// WebSocket is one client of a WebSocket API, without the protocol: its methods do
// what a client does, and invoke the function as API Gateway would. Receive returns
// what the function posts to @connections. The methods may be called concurrently
// and do not call Observe. [Gateway.Connect] makes one.
type WebSocket struct {
	// ID is the connection's id.
	ID string
	// Subprotocol is what the function chose with a Sec-WebSocket-Protocol
	// header in its reply to $connect; "": none.
	Subprotocol string

	handshake *call
	context   socketContext
	active    atomic.Int64 // when something was sent or received, in Unix milliseconds
	posted    chan string  // what the client has yet to receive
	closing   atomic.Pointer[closing]
	closed    chan struct{} // closed after closing is set
}

// closing is why a connection ended (RFC 6455 section 7.4).
type closing struct {
	status int
	reason string
}

// maxPosted is how many messages wait for a client that does not read.
const maxPosted = 100

// Connect invokes the function's $connect route with a handshake request, whose
// path is not looked at, and returns the connection if the function's reply has
// a 2xx status. If not, and also if the gateway itself refuses or the function
// fails, the error is a *Refusal with the handshake's status. Nothing is
// invoked inside Lambda.
func (g *Gateway) Connect(r *http.Request) (*WebSocket, error) {
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
	return c.connect()
}

// connect asks the function. Messages can be posted to the connection before the
// function has answered; whether AWS accepts them then is unconfirmed.
func (c *call) connect() (*WebSocket, error) {
	s := newWebSocket(c)
	c.gateway.sockets.Store(s.ID, s)
	reply, err := c.socketReply(s.connectEvent(c))
	if err != nil {
		c.gateway.sockets.Delete(s.ID)
		return nil, err
	}
	header := reply.merge(false)
	if reply.status < 200 || reply.status > 299 {
		c.gateway.sockets.Delete(s.ID)
		return nil, &Refusal{Status: reply.status, Header: header, Reason: "the function refused the connection"}
	}
	s.Subprotocol = header.Get("Sec-WebSocket-Protocol")
	return s, nil
}

// Message invokes the function with a text message and returns the body of its
// reply, which the client gets if the route has RouteResponse. The route is
// the one of the gateway's Routes whose key is the member action of the
// message, a JSON object ($request.body.action), else $default.
//
// Unless the connection is closed, an error wraps a *Refusal. A message over 128 KB
// closes the connection, with status 1009. A reply without statusCode counts as
// malformed (unconfirmed).
func (s *WebSocket) Message(text string) ([]byte, error) {
	body, _, err := s.message(text)
	return body, err
}

// message also reports whether the client gets the body.
func (s *WebSocket) message(text string) (body []byte, answers bool, err error) {
	if s.closing.Load() != nil {
		return nil, false, errClosed
	}
	c := s.next()
	s.active.Store(c.at.UnixMilli())
	if len(text) > maxMessage {
		tooBig := &Refusal{Status: closeTooBig, Reason: "the message is over the front's limit"}
		return nil, false, errors.Join(tooBig, s.Disconnect(closeTooBig, ""))
	}
	route, ok := c.gateway.config.socketRoute(text)
	if !ok {
		return nil, false, c.front.refuse(noRoute, reasonNoRoute)
	}
	reply, err := c.socketReply(s.messageEvent(c, route.Key, text))
	if err != nil {
		return nil, false, err
	}
	body, err = c.bodyOf(reply)
	return body, route.RouteResponse, err
}

// Receive waits for the next message that is posted to the connection and returns
// it. It is an error when the connection or ctx has ended.
func (s *WebSocket) Receive(ctx context.Context) (string, error) {
	select {
	case text := <-s.posted:
		return text, nil
	default:
	}
	select {
	case text := <-s.posted:
		return text, nil
	case <-s.closed:
		return "", errClosed
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Disconnect closes the connection with a status and a reason (RFC 6455 section
// 7.4) and invokes the function's $disconnect route. The function's reply is
// ignored; the error is that of a failed invocation, or says that the connection
// was closed before.
func (s *WebSocket) Disconnect(status int, reason string) error {
	if !s.closing.CompareAndSwap(nil, &closing{status, reason}) {
		return errClosed
	}
	close(s.closed)
	c := s.next()
	c.gateway.sockets.Delete(s.ID)
	payload, err := c.encode(s.disconnectEvent(c, status, reason))
	if err != nil {
		return err
	}
	_, err = c.invoke(payload)
	return err
}

// next is the call for another event of the connection: its own time and ids,
// everything else as in the handshake.
func (s *WebSocket) next() *call {
	c := *s.handshake
	c.at = time.Now().UTC()
	c.identify()
	return &c
}

// socketRoute is the route that a message calls, false if there is none. No
// message calls one of API Gateway's own routes (unconfirmed).
func (c *Config) socketRoute(text string) (Route, bool) {
	find := func(key string) (Route, bool) {
		if i := slices.IndexFunc(c.Routes, func(r Route) bool { return r.Key == key }); i >= 0 {
			return c.Routes[i], true
		}
		return Route{Key: defaultRoute}, c.Routes == nil
	}
	members, _ := object([]byte(text))
	var action string
	if readOptional(members["action"], &action) && !strings.HasPrefix(action, "$") && action != "" && c.Routes != nil {
		if route, ok := find(action); ok {
			return route, true
		}
	}
	return find(defaultRoute)
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
		return proxyReply{}, c.front.refuse(badReply, "the reply is not a proxy reply with a statusCode")
	}
	return reply, nil
}

// errorsWebSocket are the answers to handshakes and to requests to @connections.
// Their bodies, and the statuses for a function that failed, are unconfirmed.
var errorsWebSocket = map[failure]ownAnswer{
	noRoute:          {403, `{"message":"Forbidden"}`, "ForbiddenException"},
	unauthorized:     {401, `{"message":"Unauthorized"}`, "UnauthorizedException"},
	accessDenied:     {403, `{"message":"Forbidden"}`, "ForbiddenException"},
	notSigned:        {403, `{"message":"Missing Authentication Token"}`, "MissingAuthenticationTokenException"},
	authorizerFailed: {500, `{"message":"Internal server error"}`, "AuthorizerConfigurationException"},
	badRequest:       {400, `{"message":"Bad Request"}`, "BadRequestException"},
	tooLarge:         {413, `{"message":"Payload Too Large"}`, "PayloadTooLargeException"},
	gone:             {410, `{"message":"Gone"}`, "GoneException"},
	clientSlow:       {429, `{"message":"Limit Exceeded"}`, "LimitExceededException"},
	functionFailed:   {502, `{"message":"Internal server error"}`, "InternalServerErrorException"},
	badReply:         {502, `{"message":"Internal server error"}`, "InternalServerErrorException"},
	badBase64:        {502, `{"message":"Internal server error"}`, "InternalServerErrorException"},
	timedOut:         {504, `{"message":"Endpoint request timed out"}`, "InternalServerErrorException"},
	badConfiguration: {500, `{"message":"Internal server error"}`, "InternalServerErrorException"},
}
