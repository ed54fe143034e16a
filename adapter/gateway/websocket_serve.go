package gateway

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// A connection ends when it was idle for 10 minutes, and after 2 hours ("Quotas
// for configuring and running a WebSocket API in API Gateway").
const (
	idleTime       = 10 * time.Minute
	connectionTime = 2 * time.Hour
	writeTime      = 10 * time.Second // for a client to take a message; not AWS's
)

// answerSocket is the answer to a request to a WebSocket API: a handshake or one to
// @connections. On the API's own host the path begins with the stage, on a custom
// domain with the mapping key.
func (g *Gateway) answerSocket(r *http.Request) (*response, Record) {
	c := &call{gateway: g, front: g.front, request: r, method: r.Method, at: time.Now().UTC()}
	c.identify()
	path, ok := g.belowStage(target(r))
	if id, manages := connectionID(path); ok && manages {
		c.route = &pattern{Route: Route{Key: connectionsRoute}}
		answer, err := c.manage(id)
		if err != nil {
			return c.refused(err)
		}
		return answer, Record{Route: connectionsRoute}
	}
	if !ok || path != "" && path != "/" || !isHandshake(r) {
		return c.refused(c.front.refuse(noRoute, "neither a handshake nor a request to @connections"))
	}
	s, err := g.Connect(r)
	if err != nil {
		return c.refused(err)
	}
	return &response{status: http.StatusSwitchingProtocols, socket: &wire{WebSocket: s}}, Record{Route: connectRoute}
}

func (g *Gateway) belowStage(path string) (rest string, ok bool) {
	if g.config.BasePath != "" {
		return g.atDomain(path)
	}
	return cutPath(path, g.config.Stage)
}

// isHandshake: RFC 6455 section 4.2.1.
func isHandshake(r *http.Request) bool {
	key, err := base64.StdEncoding.DecodeString(headerValue(r, "Sec-WebSocket-Key"))
	return r.Method == http.MethodGet && err == nil && len(key) == 16 &&
		hasToken(r.Header, "Upgrade", "websocket") && hasToken(r.Header, "Connection", "upgrade") &&
		headerValue(r, "Sec-WebSocket-Version") == "13"
}

func hasToken(h http.Header, name, token string) bool {
	tokens := strings.Split(strings.Join(h.Values(name), ","), ",")
	return slices.ContainsFunc(tokens, func(t string) bool { return strings.EqualFold(strings.TrimSpace(t), token) })
}

// wire is a connection to a client that speaks the protocol.
type wire struct {
	*WebSocket
	conn net.Conn
	in   *bufio.Reader
	end  time.Time // when it ends at the latest
}

// touch puts the end of an idle connection off. That frames of any kind count, in
// both directions, is unconfirmed.
func (c *wire) touch() {
	deadline := time.Now().Add(idleTime)
	if c.end.Before(deadline) {
		deadline = c.end
	}
	_ = c.conn.SetReadDeadline(deadline)
	if c.closing.Load() != nil { // send, which wants receive to end, may have been earlier
		_ = c.conn.SetReadDeadline(time.Now())
	}
}

// begin accepts the handshake, RFC 6455 section 4.2.2.
func (c *wire) begin(w http.ResponseWriter) error {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		_ = c.Disconnect(closeAbnormal, "")
		http.Error(w, "gateway: the connection cannot be upgraded", http.StatusInternalServerError)
		return err
	}
	c.conn, c.in, c.end = conn, buffered.Reader, time.Now().Add(connectionTime)
	sum := sha1.Sum([]byte(c.handshake.request.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
		base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	if c.Subprotocol != "" {
		head += "Sec-WebSocket-Protocol: " + strings.NewReplacer("\r", "", "\n", "").Replace(c.Subprotocol) + "\r\n"
	}
	return c.write([]byte(head + "\r\n"))
}

func (c *wire) write(bytes []byte) error {
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeTime))
	_, err := c.conn.Write(bytes)
	return err
}

// serve carries messages both ways until the connection ends.
func (c *wire) serve() {
	defer c.conn.Close()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		c.send()
	}()
	status, reason := c.receive()
	_ = c.Disconnect(status, reason)
	<-sent
}

// send gives the client what is posted, and says at the end why it ends.
func (c *wire) send() {
	for {
		text, err := c.Receive(context.Background())
		if err != nil {
			break
		}
		if c.write(appendFrame(nil, opText, []byte(text))) != nil {
			_ = c.conn.Close() // receive notices
			return
		}
		c.touch()
	}
	if why := c.closing.Load(); why.status != closeAbnormal {
		_ = c.write(appendFrame(nil, opClose, why.payload()))
	}
	_ = c.conn.SetReadDeadline(time.Now()) // receive notices
}

// receive hands the client's messages on, one after another; AWS does not promise
// the order. It returns why the connection ended.
func (c *wire) receive() (status int, reason string) {
	for {
		text, err := c.readMessage()
		var ended *closing
		switch {
		case errors.As(err, &ended):
			return ended.status, ended.reason
		case errors.Is(err, os.ErrDeadlineExceeded):
			return closeGoingAway, "Going away"
		case err != nil:
			return closeAbnormal, ""
		}
		c.dispatch(text)
	}
}

// dispatch asks the function about a message, and tells the client its answer or
// that there is none.
func (c *wire) dispatch(text string) {
	body, answers, err := c.message(text)
	switch {
	case errors.Is(err, errClosed) || c.closing.Load() != nil:
		return
	case err != nil:
		body, answers = c.failure(err), true
	}
	if !answers || len(body) == 0 {
		return
	}
	select {
	case c.posted <- string(body):
	case <-c.closed:
	}
}

// failure is what API Gateway says of a message that failed.
func (c *wire) failure(err error) []byte {
	message := "Internal server error"
	var refusal *Refusal
	if errors.As(err, &refusal) && refusal.failure == noRoute {
		message = "Forbidden"
	}
	text, _ := json.Marshal(map[string]string{"message": message, "connectionId": c.ID, "requestId": c.next().extendedID})
	return text
}
