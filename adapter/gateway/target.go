package gateway

import (
	"encoding/json"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// replyTarget reads the reply to a target group, perhaps more strictly than AWS
// does (unconfirmed): statusCode must be an integer and header values strings, as
// documented, and headers in the map called wrong are malformed, since they might
// get lost. Unknown members are ignored.
func (c *call) replyTarget(raw []byte, wrong string) (*response, error) {
	members, ok := object(raw)
	if !ok {
		return nil, c.front.refuse(badReply, "the reply is not a JSON object")
	}
	var reply proxyReply
	var lost map[string]json.RawMessage
	var description string
	switch {
	case !isNumber(members["statusCode"]) || !readStatus(members["statusCode"], &reply.status):
		return nil, c.front.refuse(badReply, "the reply's statusCode is not an integer from 200 to 599")
	case !readOptional(members[wrong], &lost) || len(lost) > 0:
		return nil, c.front.refuse(badReply, adapter.Reason("the reply has "+wrong+", which the front does not read"))
	case !readOptional(members["headers"], &reply.single) || !readOptional(members["multiValueHeaders"], &reply.multi):
		return nil, c.front.refuse(badReply, "a header of the reply has the wrong type")
	case !readOptional(members["body"], &reply.body) || !readOptional(members["isBase64Encoded"], &reply.base64) ||
		!readOptional(members["statusDescription"], &description):
		return nil, c.front.refuse(badReply, "a member of the reply has the wrong type")
	}
	return c.response(reply, reply.merge(false))
}

// isNumber reports whether a JSON value is a number.
func isNumber(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '-' || '0' <= raw[0] && raw[0] <= '9')
}
