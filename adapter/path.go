package adapter

import (
	"net/url"
	"strings"
)

// pathByte marks what may stand in a path unescaped both for url.URL's default
// encoding and in the path of a request line.
const pathByte = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@"

var isPathByte = byteSet(pathByte)

func byteSet(members string) (set [256]bool) {
	for _, c := range []byte(members) {
		set[c] = true
	}
	return set
}

// uriPath is a path in the forms that a request has it in.
type uriPath struct {
	decoded string // URL.Path
	escaped string // in the request line
	custom  bool   // escaped is not the default encoding: URL.RawPath has it too
}

// isPlainPath tells whether a path is the same decoded and escaped, which most
// are.
func isPlainPath(path []byte) bool {
	for _, c := range path {
		if !isPathByte[c] {
			return false
		}
	}
	return len(path) > 0 && path[0] == '/'
}

// decodedPath takes a path that the front has decoded already. It is never
// parsed: a "?", "#" or "%" in it is part of the path.
func decodedPath(path string) uriPath {
	path = rooted(path)
	return uriPath{decoded: path, escaped: (&url.URL{Path: path}).EscapedPath()}
}

// encodedPath takes a path as the client encoded it. Fronts hand on escapes that
// are none ("%zz") and may decode a path that should not be: whatever cannot
// stand in an encoded path stands for itself.
func encodedPath(path string) uriPath {
	raw := escapeStray(rooted(path))
	decoded, err := url.PathUnescape(raw)
	if err != nil { // cannot be: escapeStray left no such escape
		return decodedPath(path)
	}
	p := uriPath{decoded: decoded, escaped: (&url.URL{Path: decoded, RawPath: raw}).EscapedPath()}
	p.custom = p.escaped != (&url.URL{Path: decoded}).EscapedPath()
	return p
}

func rooted(path string) string {
	if strings.HasPrefix(path, "/") {
		return path
	}
	return "/" + path
}

// escapeStray escapes each "%" that starts no escape, and each byte that may
// not stand in a path (RFC 3986, section 3.3, and the brackets that net/url
// leaves alone).
func escapeStray(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		c := path[i]
		if isPathByte[c] || strings.IndexByte("!'()*[]", c) >= 0 || c == '%' && isEscape(path[i:]) {
			b.WriteByte(c)
		} else {
			b.WriteString(percent(c))
		}
	}
	return b.String()
}

func isEscape[T string | []byte](s T) bool {
	return len(s) >= 3 && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func percent(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'%', digits[c>>4], digits[c&15]})
}
