package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

const (
	connectionsRoute = "@connections"

	reasonNoRoute adapter.Reason = "no such route"
	reasonGone    adapter.Reason = "no such connection"
)

// connectionID is the id in a path to the API's @connections, false for another
// path ("Use @connections commands in your backend service"): below the stage, or
// below a custom domain's mapping key.
func connectionID(path string) (id string, ok bool) {
	id, ok = strings.CutPrefix(path, "/"+connectionsRoute+"/")
	return decoded(id), ok && id != "" && !strings.Contains(id, "/")
}

// manage answers a request to @connections.
func (c *call) manage(id string) (*response, error) {
	if err := c.mayManage(); err != nil {
		return nil, err
	}
	if err := c.read(); err != nil {
		return nil, err
	}
	found, ok := c.gateway.sockets.Load(id)
	if !ok {
		return nil, c.front.refuse(gone, reasonGone)
	}
	s := found.(*WebSocket)
	switch c.method {
	case http.MethodPost:
		return c.post(s)
	case http.MethodGet:
		return c.describe(s)
	case http.MethodDelete:
		_ = s.Disconnect(closeNormal, "Connection Closed Normally") // a failure of the function's is not the caller's
		return &response{status: http.StatusNoContent, header: http.Header{}}, nil
	}
	return nil, c.front.refuse(notSigned, reasonNoRoute)
}

// mayManage asks Config.Management, and refuses everybody without one.
func (c *call) mayManage() error {
	authorizer := c.gateway.config.Management
	if authorizer == nil {
		return c.front.refuse(accessDenied, "Config.Management is nil")
	}
	r := c.request.Clone(withCall(c.request.Context(), c))
	r.Body = http.NoBody
	if _, err := authorizer.Authorize(r, Route{Key: connectionsRoute}); err != nil {
		return c.front.denied(err)
	}
	return nil
}

// post gives the client a message, if it can take one more.
func (c *call) post(s *WebSocket) (*response, error) {
	if s.closing.Load() != nil {
		return nil, c.front.refuse(gone, reasonGone)
	}
	select {
	case s.posted <- string(c.body):
	default:
		return nil, c.front.refuse(clientSlow, "the client does not read its messages")
	}
	s.active.Store(c.at.UnixMilli())
	return &response{status: http.StatusOK, header: http.Header{}}, nil
}

// describe says when the client was active, and from where.
func (c *call) describe(s *WebSocket) (*response, error) {
	body, err := json.Marshal(map[string]any{
		"connectedAt":  isoTime(s.context.ConnectedAt),
		"lastActiveAt": isoTime(s.active.Load()),
		"identity":     map[string]any{"sourceIp": s.context.Identity["sourceIp"], "userAgent": s.context.Identity["userAgent"]},
	})
	return &response{status: http.StatusOK, header: http.Header{"Content-Type": {jsonType}}, body: body}, err
}

func isoTime(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
