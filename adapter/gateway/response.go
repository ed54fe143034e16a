package gateway

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// response is what the client is about to be sent.
type response struct {
	status int
	header http.Header
	body   []byte
	said   http.Header // the function's own headers; nil for an answer of the front's own
	stream *stream     // the body instead, as it arrives; nil: body is all
	socket *wire       // what the connection becomes; nil: it stays HTTP
}

// write sends the response, and returns an error if it broke off. If HTTP does not
// allow a body, it sends neither one nor its type and length. What the fronts do
// with a body for HEAD, 204 and 304 is unconfirmed.
func (a *response) write(w http.ResponseWriter, method string) error {
	if a.socket != nil {
		return a.socket.begin(w)
	}
	header := w.Header()
	maps.Copy(header, a.header)
	if a.stream != nil {
		defer a.stream.Close()
		w.WriteHeader(a.status)
		if method == http.MethodHead || !bodyAllowed(a.status) {
			return nil
		}
		return a.stream.copyTo(w)
	}
	body := a.body
	if !bodyAllowed(a.status) {
		body = nil
	}
	if len(body) > 0 || bodyAllowed(a.status) && method != http.MethodHead {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if len(body) > 0 && method != http.MethodHead {
		w.Write(body)
	}
	return nil
}

// bodyAllowed: RFC 9110 sections 15.3.5 and 15.4.5.
func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// proxyReply is a function's reply in the shape of a proxy integration.
type proxyReply struct {
	status int // 0: not said
	single map[string]string
	multi  map[string][]string
	body   string
	base64 bool
}

// object decodes a JSON object; false for anything else. It decodes into a map
// because encoding/json ignores the case of member names in structs.
func object(raw []byte) (map[string]json.RawMessage, bool) {
	var members map[string]json.RawMessage
	err := json.Unmarshal(raw, &members)
	return members, err == nil && members != nil
}

// readReply decodes the members that all formats share; false if one is of a
// type it cannot have.
func readReply(members map[string]json.RawMessage) (proxyReply, bool) {
	var reply proxyReply
	ok := readStatus(members["statusCode"], &reply.status) &&
		readSingle(members["headers"], &reply.single) &&
		readMulti(members["multiValueHeaders"], &reply.multi) &&
		readOptional(members["body"], &reply.body) &&
		readOptional(members["isBase64Encoded"], &reply.base64)
	return reply, ok
}

// readStatus takes an integer or its text. A final status is all that a client
// can be sent, so others are malformed (0 is recorded, the rest unconfirmed).
func readStatus(raw json.RawMessage, status *int) bool {
	text, present, ok := scalar(raw)
	if !ok || !present {
		return ok
	}
	var err error
	*status, err = strconv.Atoi(text)
	return err == nil && *status >= 200 && *status <= 599
}

func readSingle(raw json.RawMessage, headers *map[string]string) bool {
	var values map[string]json.RawMessage
	if !readOptional(raw, &values) {
		return false
	}
	*headers = map[string]string{}
	for name, value := range values {
		text, present, ok := scalar(value)
		if !ok {
			return false
		}
		if present {
			(*headers)[name] = text
		}
	}
	return true
}

func readMulti(raw json.RawMessage, headers *map[string][]string) bool {
	var lists map[string][]json.RawMessage
	if !readOptional(raw, &lists) {
		return false
	}
	*headers = map[string][]string{}
	for name, list := range lists {
		for _, value := range list {
			text, present, ok := scalar(value)
			if !ok {
				return false
			}
			if present {
				(*headers)[name] = append((*headers)[name], text)
			}
		}
	}
	return true
}

// readOptional leaves *v alone for a member that is missing or null.
func readOptional(raw json.RawMessage, v any) bool {
	return raw == nil || json.Unmarshal(raw, v) == nil
}

// scalar is the text of a string, number or boolean: true as a header value
// reaches the client as "true" (recorded).
func scalar(raw json.RawMessage) (text string, present, ok bool) {
	if raw == nil || string(raw) == "null" {
		return "", false, true
	}
	switch raw[0] {
	case '{', '[':
		return "", false, false
	case '"':
		err := json.Unmarshal(raw, &text)
		return text, true, err == nil
	}
	return string(raw), true, true
}

// merge puts both header maps into one. The fronts differ in which of the two comes
// first if both have a name.
func (reply proxyReply) merge(multiFirst bool) http.Header {
	header := http.Header{}
	addMulti := func() {
		for _, name := range slices.Sorted(maps.Keys(reply.multi)) {
			for _, value := range reply.multi[name] {
				header.Add(name, value)
			}
		}
	}
	if multiFirst {
		addMulti()
	}
	for _, name := range slices.Sorted(maps.Keys(reply.single)) {
		if value := reply.single[name]; !multiFirst || !slices.Contains(header.Values(name), value) {
			header.Add(name, value)
		}
	}
	if !multiFirst {
		addMulti()
	}
	return header
}

// response is the reply as the client gets it, the front's default type where
// it names none.
func (c *call) response(reply proxyReply, said http.Header) (*response, error) {
	body, err := c.bodyOf(reply)
	if err != nil {
		return nil, err
	}
	header := said.Clone()
	for _, name := range c.front.remapped {
		if values := header.Values(name); len(values) > 0 {
			header["X-Amzn-Remapped-"+name] = values
			header.Del(name)
		}
	}
	for _, name := range hopByHop {
		header.Del(name)
	}
	header.Del("Content-Length")
	if header.Get("Content-Type") == "" && bodyAllowed(reply.status) {
		header["Content-Type"] = nil // keeps net/http from guessing one
		if c.front.contentType != "" {
			header.Set("Content-Type", c.front.contentType)
		}
	}
	return &response{status: reply.status, header: header, body: body, said: said}, nil
}

func (c *call) bodyOf(reply proxyReply) ([]byte, error) {
	if !reply.base64 {
		return []byte(reply.body), nil
	}
	body, err := base64.StdEncoding.DecodeString(reply.body)
	if err != nil {
		return nil, c.front.refuse(badBase64, "the reply's body is not base64")
	}
	return body, nil
}
