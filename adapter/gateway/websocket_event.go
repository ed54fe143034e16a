package gateway

import (
	"maps"
	"net/http"
)

// socketEvent is the event of a WebSocket API. A message's has no headers, and
// only a message's has a body.
type socketEvent struct {
	Headers           map[string]string   `json:"headers,omitempty"`
	MultiValueHeaders map[string][]string `json:"multiValueHeaders,omitempty"`
	Query             map[string]string   `json:"queryStringParameters,omitempty"`
	MultiValueQuery   map[string][]string `json:"multiValueQueryStringParameters,omitempty"`
	RequestContext    socketContext       `json:"requestContext"`
	Body              *string             `json:"body,omitempty"`
	IsBase64Encoded   bool                `json:"isBase64Encoded"`
}

type socketContext struct {
	RouteKey             string         `json:"routeKey"`
	EventType            string         `json:"eventType"`
	ConnectionID         string         `json:"connectionId"`
	ConnectedAt          int64          `json:"connectedAt"`
	MessageID            string         `json:"messageId,omitempty"`
	MessageDirection     string         `json:"messageDirection"`
	DisconnectStatusCode *int           `json:"disconnectStatusCode,omitempty"`
	DisconnectReason     *string        `json:"disconnectReason,omitempty"`
	Authorizer           any            `json:"authorizer,omitempty"`
	Identity             map[string]any `json:"identity"`
	APIID                string         `json:"apiId"`
	DomainName           string         `json:"domainName"`
	Stage                string         `json:"stage"`
	RequestID            string         `json:"requestId"`
	ExtendedRequestID    string         `json:"extendedRequestId"`
	RequestTime          string         `json:"requestTime"`
	RequestTimeEpoch     int64          `json:"requestTimeEpoch"`
}

// Values of requestContext.eventType.
const (
	typeConnect    = "CONNECT"
	typeMessage    = "MESSAGE"
	typeDisconnect = "DISCONNECT"
)

// eventConnect is the event of the handshake request c.
func eventConnect(c *call) (any, error) {
	return newWebSocket(c).connectEvent(c), nil
}

// newWebSocket collects what all events of the connection have in common. Users
// report that they all have the authorizer's data
// (https://github.com/dherault/serverless-offline/issues/1379, unconfirmed).
func newWebSocket(c *call) *WebSocket {
	identity := map[string]any{"sourceIp": c.sourceIP(), "userAgent": c.request.UserAgent()}
	if c.auth != nil {
		maps.Copy(identity, c.auth.Identity)
	}
	s := &WebSocket{ID: c.extendedID, handshake: c, posted: make(chan string, maxPosted), closed: make(chan struct{}), context: socketContext{
		ConnectionID:     c.extendedID,
		ConnectedAt:      c.at.UnixMilli(),
		MessageDirection: "IN",
		Authorizer:       c.authorizer(),
		Identity:         identity,
		APIID:            c.gateway.config.APIID,
		DomainName:       c.domain(),
		Stage:            c.gateway.config.Stage,
	}}
	s.active.Store(c.at.UnixMilli())
	return s
}

// event is an event of the connection without headers and body.
func (s *WebSocket) event(c *call, eventType, route string) *socketEvent {
	context := s.context
	context.RouteKey = route
	context.EventType = eventType
	context.RequestID = c.extendedID
	context.ExtendedRequestID = c.extendedID
	context.RequestTime = c.at.Format(requestTime)
	context.RequestTimeEpoch = c.at.UnixMilli()
	return &socketEvent{RequestContext: context}
}

// connectEvent has the handshake's headers and query, which no other event has.
func (s *WebSocket) connectEvent(c *call) *socketEvent {
	event := s.event(c, typeConnect, connectRoute)
	event.setHeader(c.header(hopByHop))
	values := query(c.request.URL.RawQuery, "&")
	event.Query, event.MultiValueQuery = last(values), values
	return event
}

func (s *WebSocket) messageEvent(c *call, route, text string) *socketEvent {
	event := s.event(c, typeMessage, route)
	event.RequestContext.MessageID = c.extendedID
	event.Body = &text
	return event
}

func (s *WebSocket) disconnectEvent(c *call, status int, reason string) *socketEvent {
	event := s.event(c, typeDisconnect, disconnectRoute)
	event.setHeader(http.Header{
		"Host": {c.domain()}, "x-api-key": {""}, "X-Forwarded-For": {""}, "x-restapi": {""},
	})
	event.RequestContext.DisconnectStatusCode = &status
	event.RequestContext.DisconnectReason = &reason
	return event
}

func (e *socketEvent) setHeader(h http.Header) {
	e.Headers, e.MultiValueHeaders = last(h), h
}
