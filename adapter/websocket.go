package adapter

import "net/url"

// webSocket reads events of an API Gateway WebSocket API. Once the connection
// stands they are not HTTP requests: each becomes one to a path of its route,
// GET /$connect, POST /$disconnect and POST /{routeKey}. A "/" in a route key
// stays one segment.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
func (f *fields) webSocket() source {
	s := source{
		sourceIP: f.context.sourceIP,
		protocol: f.context.protocol,
		route:    "/" + url.PathEscape(string(f.context.routeKey.Bytes(f.data))),
		query:    decodedMaps,
		verb:     "POST",
	}
	if f.context.eventType.Is(f.data, "CONNECT") {
		s.verb = "GET"
	}
	return s
}

// Connection is what a WebSocket event says of the connection it came over.
type Connection struct {
	ID        string `json:"connectionId"`
	EventType string `json:"eventType"` // CONNECT, MESSAGE or DISCONNECT
	MessageID string `json:"messageId"` // "" unless EventType is MESSAGE
}

// Connection returns the WebSocket connection that the event came over; false
// if its format is not WebSocketAPI.
func (e *Event) Connection() (Connection, bool) {
	var c Connection
	ok := e.format == WebSocketAPI && e.RequestContext(&c) == nil
	return c, ok
}
