package gateway

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"
)

// text returns the body as the event's text or, with true, as base64.
func (c *call) text(binary bool) (string, bool) {
	if len(c.body) == 0 {
		return "", false
	}
	if binary {
		return base64.StdEncoding.EncodeToString(c.body), true
	}
	return string(c.body), false
}

// binaryByType is the rule of HTTP APIs, assumed to be that of Function URLs as
// well (unconfirmed): few types are text, and a form and a body without a type are
// binary. So are bodies with a Content-Encoding and bytes that a JSON string
// cannot hold (unconfirmed).
func (c *call) binaryByType() bool {
	encoding := c.request.Header.Get("Content-Encoding")
	if encoding != "" && !strings.EqualFold(encoding, "identity") {
		return true
	}
	if !utf8.Valid(c.body) {
		return true
	}
	switch media := mediaType(c.request.Header.Get("Content-Type")); media {
	case "application/json", "application/xml", "application/javascript":
		return false
	default:
		return !strings.HasPrefix(media, "text/")
	}
}

// binaryMedia reports whether a REST API's binaryMediaTypes hold the type of
// a Content-Type or Accept value ("Content type conversions in API Gateway").
func (g *Gateway) binaryMedia(value string) bool {
	media := mediaType(value)
	for _, t := range g.config.BinaryMediaTypes {
		group, wild := strings.CutSuffix(strings.ToLower(t), "/*")
		if t == "*/*" || t != "" && media == strings.ToLower(t) || wild && strings.HasPrefix(media, group+"/") {
			return true
		}
	}
	return false
}

// query decodes a raw query string, including "+" as a blank; it is nil if there is
// none. A part with an invalid escape stays as it is.
func query(raw, separators string) map[string][]string {
	return splitQuery(raw, separators, queryText)
}

// splitQuery takes a raw query string apart and calls text on every name and
// value.
func splitQuery(raw, separators string, text func(string) string) map[string][]string {
	var values map[string][]string
	for _, part := range strings.FieldsFunc(raw, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		key, value, _ := strings.Cut(part, "=")
		if values == nil {
			values = map[string][]string{}
		}
		key = text(key)
		values[key] = append(values[key], text(value))
	}
	return values
}

func queryText(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
