package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
)

// membersREST are all that a REST API accepts in a reply; another one makes it
// malformed (recorded; for payload 1.0 unconfirmed and assumed).
var membersREST = map[string]bool{
	"isBase64Encoded": true, "statusCode": true, "headers": true, "multiValueHeaders": true, "body": true,
}

// remappedREST are response headers that reach the client under another name
// ("Important notes for REST APIs"; recorded for all but the last).
var remappedREST = []string{"Connection", "Content-Length", "Date", "Server", "Www-Authenticate"}

// replyREST: a reply without statusCode is a 200, multi-value headers come
// before single ones, and an equal pair is sent once. Base64 is undone only if
// the client's first Accept type is binary.
func replyREST(c *call, raw []byte) (*response, error) {
	reply, err := c.readV1(raw)
	if err != nil {
		return nil, err
	}
	if reply.status == 0 {
		reply.status = http.StatusOK
	}
	accept, _, _ := strings.Cut(c.request.Header.Get("Accept"), ",")
	reply.base64 = reply.base64 && c.gateway.binaryMedia(accept)
	return c.response(reply, reply.merge(true))
}

// replyHTTPAPIV1: single headers come before multi-value ones. Without
// statusCode the reply is malformed (unconfirmed).
func replyHTTPAPIV1(c *call, raw []byte) (*response, error) {
	reply, err := c.readV1(raw)
	if err != nil {
		return nil, err
	}
	if reply.status == 0 {
		return nil, c.front.refuse(badReply, "the reply has no statusCode")
	}
	return c.response(reply, reply.merge(false))
}

func (c *call) readV1(raw []byte) (proxyReply, error) {
	members, ok := object(raw)
	switch {
	case !ok && !json.Valid(raw):
		return proxyReply{}, c.front.refuse(replyNotJSON, "the reply is not JSON")
	case !ok || len(members) == 0:
		return proxyReply{}, c.front.refuse(badReply, "the reply is not a proxy reply")
	}
	for name := range members {
		if !membersREST[name] {
			return proxyReply{}, c.front.refuse(badReply, "the reply has an unknown member")
		}
	}
	reply, ok := readReply(members)
	if !ok {
		return proxyReply{}, c.front.refuse(badReply, "a member of the reply has the wrong type or value")
	}
	return reply, nil
}
