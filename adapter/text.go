package adapter

import (
	"net/http"
	"strings"
	"unicode/utf8"
)

// media is what the header says of the body.
type media uint8

const (
	unsettled media = iota // there is no Content-Type yet: the body decides
	textual                // a type of text
	binary                 // any other type
	encoded                // there is a Content-Encoding
	untyped                // there will be no Content-Type
)

// settleType notes what the header says of the body. As in net/http, an encoded
// body is not sniffed, and a nil Content-Type suppresses it.
func (w *response) settleType(h http.Header) {
	types, typed := h["Content-Type"]
	switch {
	case isEncoded(h["Content-Encoding"]):
		w.media = encoded
		return
	case len(types) > 0 && types[0] != "":
		w.media = mediaOf(types[0])
	case typed || h.Get("Content-Encoding") != "":
		w.media = untyped
	}
	if w.exchange.handler.options.IsText != nil && w.stream == nil {
		w.snapshot = h.Clone()
	}
}

// isEncoded reports whether Content-Encoding names a coding. It is a list, which
// may hold empty elements, and identity is the lack of a coding (RFC 9110,
// sections 5.6.1 and 8.4).
func isEncoded(lines []string) bool {
	for _, line := range lines {
		for coding := range strings.SplitSeq(line, ",") {
			if coding = strings.Trim(coding, " \t"); coding != "" && !strings.EqualFold(coding, "identity") {
				return true
			}
		}
	}
	return false
}

// isText decides between text and base64. A body that the header says nothing of
// is judged by itself.
func (w *response) isText(content []byte, snapshot http.Header) bool {
	text := w.media == textual
	switch {
	case len(content) == 0:
		return true
	case w.media == encoded:
		return false
	case snapshot != nil:
		text = w.exchange.handler.options.IsText(snapshot)
	case w.media == untyped:
		text = mediaOf(http.DetectContentType(content)) == textual
	}
	return text && utf8.Valid(content)
}

// mediaOf reports whether a media type is one of text, which a front takes as it is.
func mediaOf(contentType string) media {
	name, _, _ := strings.Cut(contentType, ";")
	name = strings.ToLower(strings.TrimSpace(name))
	if strings.HasPrefix(name, "text/") {
		return textual
	}
	if i := strings.LastIndexByte(name, '+'); i >= 0 {
		switch name[i+1:] {
		case "json", "xml", "yaml", "jwt":
			return textual
		}
	}
	switch name {
	case "application/json", "application/xml", "application/javascript", "application/ecmascript",
		"application/x-javascript", "application/x-www-form-urlencoded",
		"application/yaml", "application/x-yaml", "application/toml", "application/sql",
		"application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq",
		"application/graphql", "application/jwt":
		return textual
	}
	return binary
}
