package adapter

import (
	"bytes"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// isUnsent reports whether a header speaks of a connection the function does not
// have, or of a body that the front frames anew (RFC 9110, section 7.6.1). API
// Gateway renames some of them rather than send them. A trailer's name, with
// http.TrailerPrefix, is not a token and is not sent either.
func isUnsent(name string) bool {
	switch name {
	case "Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// writeHead writes the reply's JSON up to the header's last member. It stays
// open, for a Content-Type that is known only with the body.
func (w *response) writeHead() {
	d, h := w.dialect, folded(w.header)
	w.head = append(w.head[:0], `{"statusCode":`...)
	w.head = strconv.AppendInt(w.head, int64(w.status), 10)
	if d.description {
		w.head = scan.AppendString(append(w.head, `,"statusDescription":`...), description(w.status))
	}
	if cookies := h["Set-Cookie"]; d.cookies && len(cookies) > 0 {
		w.head = appendStrings(append(w.head, `,"cookies":`...), cookies)
	}
	w.head = append(w.head, d.open()...)
	for name, values := range h {
		switch {
		case len(values) == 0:
		case isUnsent(name), !isToken(name):
			w.lost |= lossOf(name)
		case d.cookies && name == "Set-Cookie":
		case w.status == http.StatusNotModified && name == "Content-Type":
		case !d.lists && name == "Set-Cookie": // there is no way to join them
			w.head = d.appendMember(w.head, name, values[:1])
			w.lostCookies = uint16(len(values) - 1)
		case name == "Location" && w.base != "":
			w.head = d.appendMember(w.head, name, []string{prefixLocation(fieldValue(values[0]), w.base)})
		default:
			w.head = d.appendMember(w.head, name, values)
		}
	}
	w.settleType(h)
	w.names = len(w.header)
	if w.stream == nil && strings.HasPrefix(h.Get("Content-Type"), "text/event-stream") {
		w.lost |= lostEvents
	}
}

// description is what a load balancer writes in the status line: "200 OK".
func description(status int16) string {
	code := strconv.Itoa(int(status))
	return strings.TrimSpace(code + " " + http.StatusText(int(status)))
}

// folded returns the header with each name in its canonical form. Fronts do not
// tell names apart by case, so that two members of the reply's JSON would be one
// header twice. A handler has to write to the map itself to need this.
func folded(h http.Header) http.Header {
	odd := false
	for name := range h {
		odd = odd || !isCanonical(name)
	}
	if !odd {
		return h
	}
	whole := make(http.Header, len(h))
	for _, name := range slices.Sorted(maps.Keys(h)) { // the order in which net/http writes them
		key := http.CanonicalHeaderKey(name)
		whole[key] = append(whole[key], h[name]...)
	}
	return whole
}

// isCanonical reports whether a name is what http.CanonicalHeaderKey makes of it,
// for names that can be sent; of any other it may report either.
func isCanonical(name string) bool {
	upper := true
	for i := range len(name) {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' || !upper && 'A' <= c && c <= 'Z' {
			return false
		}
		upper = c == '-'
	}
	return true
}

// open begins the header.
func (d *dialect) open() string {
	if d.lists {
		return `,"multiValueHeaders":{`
	}
	return `,"headers":{`
}

// appendMember appends a header line, or several of one name.
func (d *dialect) appendMember(dst []byte, name string, values []string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(scan.AppendString(dst, name), ':')
	switch {
	case d.lists:
		return appendStrings(dst, values)
	case len(values) == 1:
		return scan.AppendString(dst, fieldValue(values[0]))
	}
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = fieldValue(v)
	}
	return scan.AppendString(dst, strings.Join(clean, ", "))
}

func appendStrings(dst []byte, values []string) []byte {
	dst = append(dst, '[')
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = scan.AppendString(dst, fieldValue(v))
	}
	return append(dst, ']')
}

// fieldValue makes of a value what net/http would send: without line ends, and
// without blanks around it. Other control characters become blanks too, since
// RFC 9110, section 5.5 calls them as dangerous. JSON holds UTF-8 alone, so that
// other bytes become U+FFFD.
func fieldValue(v string) string {
	if !isFieldValue(v) {
		clean := []byte(v)
		for i, c := range clean {
			if isControl(c) {
				clean[i] = ' '
			}
		}
		v = string(clean)
	}
	return strings.ToValidUTF8(strings.Trim(v, " \t"), "\uFFFD")
}

// encode makes the whole reply of a response that has come to its end. It returns
// nil and the reason if the reply cannot be sent.
func (w *response) encode(b *buffers) ([]byte, Reason) {
	if w.fault != "" {
		return nil, w.fault
	}
	content := b.content
	if w.isHEAD {
		content = nil
	}
	if w.isText(content, b.snapshot) {
		return w.complete(b.head, `},"isBase64Encoded":false,"body":`, content, textLen(content), scan.AppendString[[]byte])
	}
	return w.complete(b.head, `},"isBase64Encoded":true,"body":`, content, base64.StdEncoding.EncodedLen(len(content))+len(`""`), appendBase64)
}

// complete allocates the reply once. The size is that of the content as JSON, or a
// little less for text with control characters that are rare in it.
func (w *response) complete(head []byte, open string, content []byte, size int, appendContent func(dst, content []byte) []byte) ([]byte, Reason) {
	size += len(head) + len(open) + len(`}`)
	if size > w.dialect.limit {
		return nil, ReasonTooLarge
	}
	dst := append(make([]byte, 0, size), head...)
	dst = append(dst, open...)
	dst = append(appendContent(dst, content), '}')
	if len(dst) > w.dialect.limit {
		return nil, ReasonTooLarge
	}
	return dst, ""
}

// textLen returns the length of text as a JSON string, as if it held no control
// characters but the two that text is made of: counting those takes a fraction of
// the time that the exact length does.
func textLen(text []byte) int {
	n := len(text) + len(`""`)
	for _, c := range [...]byte{'"', '\\', '\n', '\t'} {
		n += bytes.Count(text, []byte{c})
	}
	return n
}

func appendBase64(dst, content []byte) []byte {
	return append(scan.AppendBase64(append(dst, '"'), content), '"')
}
