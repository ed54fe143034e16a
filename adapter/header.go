package adapter

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

var isTokenByte = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~")

// isToken tells whether s is a token (RFC 9110, section 5.6.2): a method or a
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

// headerLines copies the event's header lines to the arena. Where the event has
// both maps the lists win, name by name. It reports false if a line could not
// have come in an HTTP request, and leaves that out.
func (s *scratch) headerLines() bool {
	f := &s.fields
	s.lines, s.host, s.https, s.plainHTTP = s.lines[:0], span{}, false, false
	ok := true
	for i, p := range f.multiHeaders {
		ok = s.headerLine(p, i > 0 && p.name == f.multiHeaders[i-1].name) && ok
	}
	known := names{list: f.multiHeaders, data: f.data, fold: true}
	for i, p := range f.headers {
		if !known.has(p.name) {
			ok = s.headerLine(p, i > 0 && p.name == f.headers[i-1].name) && ok
		}
	}
	return s.cookieLine() && ok
}

// headerLine copies one line; again tells that it is of the same list as the
// one before.
func (s *scratch) headerLine(p pair, again bool) bool {
	if !again {
		s.name = s.copy(p.name)
		if !canonicalize(s.name.of(s.arena)) {
			s.name = span{}
		}
	}
	if s.name == (span{}) {
		return false
	}
	l := line{name: s.name}
	l.value = s.copy(p.value)
	value := l.value.of(s.arena)
	// JSON has every control character escaped but one, and most values are plain.
	if bytes.IndexByte(value, 0x7f) >= 0 || !p.value.Plain() && !isFieldValue(value) {
		return false
	}
	switch string(l.name.of(s.arena)) {
	case "Host":
		if s.host != (span{}) || !isHost(value) {
			return false // net/http's server takes one, too
		}
		s.host = l.value
		return true
	case "Cookie":
		if len(s.fields.cookies) > 0 {
			return true
		}
	case "X-Forwarded-Proto":
		s.https, s.plainHTTP = string(value) == "https", string(value) == "http"
	}
	s.lines = append(s.lines, l)
	return true
}

// cookieLine makes one line of the event's cookies, as RFC 6265, section 5.4
// has it.
func (s *scratch) cookieLine() bool {
	cookies := s.fields.cookies
	if len(cookies) == 0 {
		return true
	}
	l := line{name: s.append("Cookie")}
	l.value.start = len(s.arena)
	for i, c := range cookies {
		if i > 0 {
			s.arena = append(s.arena, "; "...)
		}
		s.arena = c.Append(s.arena, s.fields.data)
	}
	l.value.end = len(s.arena)
	if !isFieldValue(l.value.of(s.arena)) {
		return false
	}
	s.lines = append(s.lines, l)
	return true
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
func isFieldValue(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

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
			values[i] = arena[lines[i].value.start:lines[i].value.end]
		}
		key, before := arena[name.start:name.end], len(h)
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
		key := arena[l.name.start:l.name.end]
		h[key] = append(h[key], arena[l.value.start:l.value.end])
	}
	return h
}

// names answers whether a list holds a name. Events have their maps in equal
// order, so that the search begins behind the last name found.
type names struct {
	list []pair
	data []byte
	fold bool // names differing in case are one
	next int
	set  map[string]bool // of a list too long to search
}

const searchable = 128

func (n *names) has(name scan.Text) bool {
	if len(n.list) > searchable {
		return n.inSet(name)
	}
	for range n.list {
		if n.next == len(n.list) {
			n.next = 0
		}
		if n.same(n.list[n.next].name, name) {
			return true
		}
		n.next++
	}
	return false
}

func (n *names) same(a, b scan.Text) bool {
	if a.Len() != b.Len() {
		return false
	}
	x, y := a.Bytes(n.data), b.Bytes(n.data)
	return bytes.Equal(x, y) || n.fold && bytes.EqualFold(x, y)
}

func (n *names) inSet(name scan.Text) bool {
	if n.set == nil {
		n.set = make(map[string]bool, len(n.list))
		for _, p := range n.list {
			n.set[n.key(p.name)] = true
		}
	}
	return n.set[n.key(name)]
}

func (n *names) key(name scan.Text) string {
	key := string(name.Bytes(n.data))
	if n.fold {
		return strings.ToLower(key)
	}
	return key
}
