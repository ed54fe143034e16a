package gateway

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
)

// integrationType is the Content-Type of a reply that begins with a prelude
// ("Building a custom runtime for AWS Lambda", Response streaming).
const integrationType = "application/vnd.awslambda.http-integration-response"

// maxPrelude is where the delimiter has to be found at the latest ("Set up a
// Lambda proxy integration with payload response streaming in API Gateway";
// assumed of Function URLs, unconfirmed).
const maxPrelude = 16 << 10

// delimiter stands between prelude and body.
const delimiter = "\x00\x00\x00\x00\x00\x00\x00\x00"

var errNoDelimiter = errors.New("gateway: no delimiter")

// noPrelude are the errors of a stream without prelude.
var noPrelude = []error{io.EOF, io.ErrUnexpectedEOF, bufio.ErrBufferFull, errNoDelimiter}

// stream invokes the function and returns its reply as far as the prelude
// tells it; the body is read while it is sent.
func (c *call) stream(event []byte) (*response, error) {
	ctx, cancel := c.context()
	context.AfterFunc(c.request.Context(), cancel)
	answer, err := c.begin(ctx, event)
	if err != nil {
		cancel()
		return nil, err
	}
	answer.stream.cancel = cancel
	return answer, nil
}

func (c *call) begin(ctx context.Context, event []byte) (*response, error) {
	s, err := c.open(ctx, event)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	if c.front.verbatim && s.contentType != integrationType {
		return verbatim(s), nil
	}
	prelude, err := s.prelude()
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	answer, err := c.front.prelude(c, prelude)
	if err != nil {
		return nil, err
	}
	answer.stream = s
	return answer, nil
}

// verbatim is the response to a stream that is not taken for an HTTP reply: it
// is the body, whatever it looks like (recorded of a buffered reply).
func verbatim(s *stream) *response {
	header := http.Header{"Content-Type": {s.contentType}}
	return &response{status: http.StatusOK, header: header, said: http.Header{}, stream: s}
}

// prelude reads up to the body. The first NUL ends the prelude, as JSON cannot
// hold one.
func (s *stream) prelude() ([]byte, error) {
	text, err := s.ReadSlice(delimiter[0])
	if err != nil {
		return nil, err
	}
	text = bytes.Clone(text[:len(text)-1])
	rest := make([]byte, len(delimiter)-1)
	if _, err := io.ReadFull(s, rest); err != nil {
		return nil, err
	}
	if string(rest) != delimiter[1:] {
		return nil, errNoDelimiter
	}
	return text, nil
}

// broken says why there is no prelude. A function may notice first that its
// time is up, so its error does not count then.
func (c *call) broken(ctx context.Context, err error) *Refusal {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return c.front.refuse(timedOut, "the function did not answer in time")
	case ctx.Err() != nil:
		return c.front.refuse(functionFailed, "the client went away")
	case slices.Contains(noPrelude, err):
		return c.front.refuse(badReply, "the stream does not begin with a prelude")
	}
	return c.front.failed(err)
}

// membersPrelude are the members of a prelude (the page of maxPrelude).
var membersPrelude = map[string]bool{
	"statusCode": true, "headers": true, "multiValueHeaders": true, "cookies": true,
}

// preludeREST: an unknown member is as bad as in a buffered reply
// (unconfirmed).
func preludeREST(c *call, raw []byte) (*response, error) {
	members, ok := object(raw)
	if !ok {
		return nil, c.front.refuse(badReply, "the prelude is not a JSON object")
	}
	for name := range members {
		if !membersPrelude[name] {
			return nil, c.front.refuse(badReply, "the prelude has an unknown member")
		}
	}
	return c.head(members, true)
}

// preludeURL: unknown members, multiValueHeaders, body and isBase64Encoded
// are ignored (unconfirmed).
func preludeURL(c *call, raw []byte) (*response, error) {
	members, ok := object(raw)
	if !ok {
		return nil, c.front.refuse(badReply, "the prelude is not a JSON object")
	}
	for _, name := range []string{"multiValueHeaders", "body", "isBase64Encoded"} {
		delete(members, name)
	}
	return c.head(members, false)
}

// head is the response that a prelude describes, with status 200 if it names
// none. What a malformed one leads to is unconfirmed.
func (c *call) head(members map[string]json.RawMessage, multiFirst bool) (*response, error) {
	reply, ok := readReply(members)
	var cookies []string
	if !ok || !readOptional(members["cookies"], &cookies) {
		return nil, c.front.refuse(badReply, "a member of the prelude has the wrong type or value")
	}
	if reply.status == 0 {
		reply.status = http.StatusOK
	}
	header := reply.merge(multiFirst)
	for _, cookie := range cookies {
		header.Add("Set-Cookie", cookie)
	}
	return c.response(reply, header)
}
