package gateway

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// replyHTTPAPIV2 reads a reply to an HTTP API's payload 2.0.
func replyHTTPAPIV2(c *call, raw []byte) (*response, error) {
	members, ok := object(raw)
	if !ok || noStatus(members) {
		return inferred(raw), nil
	}
	return c.replyV2(members)
}

// replyURL reads a reply to a Function URL, which writes a value without
// statusCode anew, without blanks between its tokens (recorded of Python's
// replies).
func replyURL(c *call, raw []byte) (*response, error) {
	members, ok := object(raw)
	if !ok || noStatus(members) {
		var compact bytes.Buffer
		if json.Compact(&compact, raw) == nil {
			raw = compact.Bytes()
		}
		return inferred(raw), nil
	}
	return c.replyV2(members)
}

func noStatus(members map[string]json.RawMessage) bool {
	status := members["statusCode"]
	return status == nil || string(status) == "null"
}

// replyV2 reads a reply with a statusCode. Members that the front does not know,
// among them multiValueHeaders, are ignored (unconfirmed).
func (c *call) replyV2(members map[string]json.RawMessage) (*response, error) {
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
