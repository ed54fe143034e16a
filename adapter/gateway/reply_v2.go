package gateway

import (
	"encoding/json"
	"net/http"
)

// replyV2 reads a reply to an HTTP API's payload 2.0 or a Function URL.
// Members that it does not know, among them multiValueHeaders, are ignored
// (unconfirmed).
func replyV2(c *call, raw []byte) (*response, error) {
	members, ok := object(raw)
	if status := members["statusCode"]; !ok || status == nil || string(status) == "null" {
		return inferred(raw), nil
	}
	delete(members, "multiValueHeaders")
	reply, ok := readReply(members)
	var cookies []string
	if !ok || !readOptional(members["cookies"], &cookies) {
		return nil, c.front.refuse(badReply, "a member of the reply has the wrong type or value")
	}
	header := reply.merge(false)
	for _, cookie := range cookies {
		header.Add("Set-Cookie", cookie)
	}
	return c.response(reply, header)
}

// inferred is the response to a reply without statusCode: the reply is the
// body, whether it is JSON or not, a JSON string without its quotes
// (recorded).
func inferred(raw []byte) *response {
	body := raw
	var text *string
	if json.Unmarshal(raw, &text) == nil && text != nil {
		body = []byte(*text)
	}
	return &response{
		status: http.StatusOK,
		header: http.Header{"Content-Type": {jsonType}},
		body:   body,
		said:   http.Header{},
	}
}
