package jwtverify

import (
	"bytes"
	"encoding/base64"
)

// maxToken is in bytes. API Gateway's limit for all headers together is lower
// (docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
const maxToken = 16 << 10

var (
	errTooLong  = invalid("longer than 16 KB")
	errForm     = invalid("not a JWS in compact form")
	errHeader   = invalid("the header is not a JSON object with distinct members")
	errPayload  = invalid("the payload is not a JSON object with distinct members")
	errKeyID    = invalid("no kid")
	errCritical = invalid("the header has crit or b64")
)

// A token is a JWS in compact form (RFC 7515 section 7.1) that nobody has
// verified yet.
type token struct {
	alg, kid, typ string
	claims        object
	payload       []byte // claims as they came
	signed        []byte // the JWS signing input
	signature     []byte
}

// parse reads a token. It trusts nothing in it: jku, jwk, x5u and x5c, which
// name keys, are not read at all.
func parse(text string) (*token, error) {
	if len(text) > maxToken {
		return nil, errTooLong
	}
	data := []byte(text)
	header, payload, signature, ok := split(data)
	if !ok {
		return nil, errForm
	}
	t := &token{payload: payload, signature: signature, signed: data[:bytes.LastIndexByte(data, '.')]}
	if err := t.readHeader(header); err != nil {
		return nil, err
	}
	var err error
	if t.claims, err = decode(payload); err != nil {
		return nil, errPayload
	}
	return t, nil
}

// split decodes the three parts; false unless there are exactly two dots.
func split(data []byte) (header, payload, signature []byte, ok bool) {
	var decoded [3][]byte
	rest := make([]byte, base64URL.DecodedLen(len(data)))
	for i := range decoded {
		part, after, dot := bytes.Cut(data, []byte("."))
		n, ok := decodePart(rest, part)
		if !ok || dot != (i < 2) {
			return nil, nil, nil, false
		}
		decoded[i], rest, data = rest[:n:n], rest[n:], after
	}
	return decoded[0], decoded[1], decoded[2], true
}

var base64URL = base64.RawURLEncoding.Strict()

// decodePart accepts one spelling of each part only (RFC 7515 section 2: no
// padding, line breaks or other characters), so that no two texts are one token;
// the decoder alone would pass over line breaks.
func decodePart(dst, part []byte) (n int, ok bool) {
	if len(part) == 0 || bytes.IndexByte(part, '\n') >= 0 || bytes.IndexByte(part, '\r') >= 0 {
		return 0, false
	}
	n, err := base64URL.Decode(dst, part)
	return n, err == nil
}

func (t *token) readHeader(data []byte) error {
	header, err := decode(data)
	if err != nil {
		return errHeader
	}
	t.alg, t.kid, t.typ = header.str("alg"), header.str("kid"), header.str("typ")
	switch {
	case header.has("crit") || header.has("b64"): // RFC 7515 section 4.1.11, RFC 7797
		return errCritical
	case t.kid == "":
		return errKeyID
	}
	return nil
}
