package adapter

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
)

var isTokenByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")

// isToken reports whether s is a token (RFC 9110, section 5.6.2): a method or a
// header name.
func isToken[T string | []byte](s T) bool {
	for i := range len(s) {
		if !isTokenByte[s[i]] {
			return false
		}
	}
	return len(s) > 0
}

// line is a header line in the arena. Lines of one list share their name.
type line struct{ name, value span }

// headerLines copies the event's header lines to the arena. If the event has
// both maps, the lists win, name by name. A line that could not have come in an
// HTTP request is left out and noted in s.wrong.
func (s *scratch) headerLines(ctx context.Context) {
	f, traceID := &s.fields, trace(ctx)
	s.lines, s.host, s.https, s.plainHTTP = s.lines[:0], span{}, false, false
	s.sized, s.traced = false, traceID != ""
	s.lines = slices.Grow(s.lines, len(f.multiHeaders)+len(f.headers)+3)
	for i, p := range f.multiHeaders {
		s.headerLine(p, i > 0 && p.name == f.multiHeaders[i-1].name)
	}
	known := names{list: f.multiHeaders, data: f.data, fold: true}
	for i, p := range f.headers {
		if !known.has(p.name) {
			s.headerLine(p, i > 0 && p.name == f.headers[i-1].name)
		}
	}
	s.cookieLine()
	s.traceLine(traceID)
}

// headerLine copies one line; again says that it belongs to the same list as the
// line before.
func (s *scratch) headerLine(p pair, again bool) {
	if !again {
		s.name = s.copy(p.name)
		if !canonicalize(s.name.of(s.arena)) {
			s.name = span{}
		}
	}
	if s.name == (span{}) {
		s.blame("a header's name")
		return
	}
	l := line{name: s.name}
	l.value = s.copy(p.value)
	name, value := l.name.of(s.arena), l.value.of(s.arena)
	// JSON has every control character escaped but one, and most values are plain.
	if bytes.IndexByte(value, 0x7f) >= 0 || !p.value.Plain() && !isFieldValue(value) {
		s.blameHeader(name)
		return
	}
	if s.keeps(name, l.value) {
		s.lines = append(s.lines, l)
	}
}

// keeps reports whether a line becomes part of Request.Header. The others have
// fields of their own, as in net/http's server, or speak of a connection that
// the function does not have.
func (s *scratch) keeps(name []byte, at span) bool {
	value := at.of(s.arena)
	switch string(name) {
	case "Host":
		if s.host != (span{}) || !isHost(value) {
			s.blameHeader(name) // net/http's server takes one, too
			return false
		}
		s.host = at
		return false
	case "Content-Length":
		s.sized = true
		return false
	case "Transfer-Encoding":
		return false
	case "X-Amzn-Trace-Id":
		return !s.traced
	case "Cookie":
		return len(s.fields.cookies) == 0
	case "X-Forwarded-Proto":
		s.https, s.plainHTTP = string(value) == "https", string(value) == "http"
	}
	return true
}

// cookieLine makes one line of the event's cookies, as RFC 6265, section 5.4
// has it.
func (s *scratch) cookieLine() {
	cookies := s.fields.cookies
	if len(cookies) == 0 {
		return
	}
	l := line{name: s.append("Cookie")}
	l.value.start = int32(len(s.arena))
	for i, c := range cookies {
		if i > 0 {
			s.arena = append(s.arena, "; "...)
		}
		s.arena = c.Append(s.arena, s.fields.data)
	}
	l.value.end = int32(len(s.arena))
	if !isFieldValue(l.value.of(s.arena)) {
		s.blame("cookies")
		return
	}
	s.lines = append(s.lines, l)
}

// lengthLine makes Content-Length equal Request.ContentLength, whatever the
// event says: a REST API leaves the header out, and a client may send another.
func (s *scratch) lengthLine(size int) {
	if size == 0 && !s.sized {
		return
	}
	l := line{name: s.append("Content-Length")}
	l.value.start = int32(len(s.arena))
	s.arena = strconv.AppendInt(s.arena, int64(size), 10)
	l.value.end = int32(len(s.arena))
	s.lines = append(s.lines, l)
}

// traceKey is aws-lambda-go's context key for the trace header of an invocation.
// That header names the invocation's own segment, and is the runtime's word,
// while what the event has may be the client's.
const traceKey = "x-amzn-trace-id"

// trace returns the trace header that the runtime gave the invocation, or "".
func trace(ctx context.Context) string {
	id, _ := ctx.Value(traceKey).(string)
	if !isFieldValue(id) {
		return ""
	}
	return id
}

func (s *scratch) traceLine(id string) {
	if id != "" {
		s.lines = append(s.lines, line{name: s.append("X-Amzn-Trace-Id"), value: s.append(id)})
	}
}

// canonicalize changes a header name to the form of http.CanonicalHeaderKey.
func canonicalize(name []byte) bool {
	upper := true
	for i, c := range name {
		switch {
		case !isTokenByte[c]:
			return false
		case upper && 'a' <= c && c <= 'z':
			name[i] = c - ('a' - 'A')
		case !upper && 'A' <= c && c <= 'Z':
			name[i] = c + ('a' - 'A')
		}
		upper = c == '-'
	}
	return len(name) > 0
}

// isFieldValue refuses control characters (RFC 9110, section 5.5), as net/http's
// server does.
func isFieldValue[T string | []byte](value T) bool {
	for i := range len(value) {
		if isControl(value[i]) {
			return false
		}
	}
	return true
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// isHostByte marks what net/http's server takes in a Host (RFC 3986, section
// 3.2.2, and brackets).
var isHostByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!$%&()*+,-.:;=[]'_~")

func isHost(value []byte) bool {
	for _, c := range value {
		if !isHostByte[c] {
			return false
		}
	}
	return true
}

// header makes the header map: its strings are parts of arena, and one slice
// holds all values.
func header(arena string, lines []line) http.Header {
	h := make(http.Header, len(lines))
	values := make([]string, len(lines))
	for i := 0; i < len(lines); {
		first, name := i, lines[i].name
		for ; i < len(lines) && lines[i].name == name; i++ {
			values[i] = lines[i].value.in(arena)
		}
		key, before := name.in(arena), len(h)
		h[key] = values[first:i:i]
		if len(h) == before {
			return headerInPieces(arena, lines)
		}
	}
	return h
}

// headerInPieces is for the rare event in which a name comes in two spellings.
func headerInPieces(arena string, lines []line) http.Header {
	h := make(http.Header, len(lines))
	for _, l := range lines {
		key := l.name.in(arena)
		h[key] = append(h[key], l.value.in(arena))
	}
	return h
}
