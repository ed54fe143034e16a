package adapter

// pathByte marks what may stand in a path unescaped both for url.URL's default
// encoding and in the path of a request line.
const pathByte = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@"

// rawPathByte marks what url.URL escapes by default and yet leaves in a RawPath
// (RFC 3986, section 3.3, and the brackets).
const rawPathByte = "!'()*[]"

var (
	isPathByte    = byteSet(pathByte)
	isRawPathByte = byteSet(rawPathByte)
)

func byteSet(members string) (set [256]bool) {
	for _, c := range []byte(members) {
		set[c] = true
	}
	return set
}

// isPlainPath reports whether a path is the same decoded and escaped, as most
// are.
func isPlainPath(path []byte) bool {
	for _, c := range path {
		if !isPathByte[c] {
			return false
		}
	}
	return len(path) > 0 && path[0] == '/'
}

// uriPath is a path in the request line.
type uriPath struct {
	escaped span // in the arena
	differs bool // the decoded path, which is URL.Path, reads differently
	custom  bool // escaped is not the default encoding: URL.RawPath has it too
}

// decodedPath writes a path that the front has decoded already. It is never
// parsed: a "?", "#" or "%" in it is part of the path.
func (s *scratch) decodedPath(path []byte) (p uriPath) {
	p.escaped.start = int32(len(s.arena))
	s.root(path)
	for _, c := range path {
		if isPathByte[c] {
			s.arena = append(s.arena, c)
			continue
		}
		s.percent(c)
		p.differs = true
	}
	p.escaped.end = int32(len(s.arena))
	return p
}

// encodedPath writes a path as the client encoded it. Fronts hand on escapes
// that are none ("%zz") and may decode a path that should not be: what cannot
// stand in an encoded path stands for itself.
func (s *scratch) encodedPath(path []byte) (p uriPath) {
	p.escaped.start = int32(len(s.arena))
	s.root(path)
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '%' && isEscape(path[i:]):
			p.differs = true
			p.custom = p.custom || isPathByte[unhex(path[i:])] || isLower(path[i+1]) || isLower(path[i+2])
			s.arena = append(s.arena, path[i:i+3]...)
			i += 2
		case isPathByte[c]:
			s.arena = append(s.arena, c)
		case isRawPathByte[c]:
			s.arena = append(s.arena, c)
			p.custom = true
		default:
			s.percent(c)
			p.differs = true
		}
	}
	p.escaped.end = int32(len(s.arena))
	return p
}

// unescapePath writes what an escaped path of the arena stands for.
func (s *scratch) unescapePath(at span) span {
	start := len(s.arena)
	for i := at.start; i < at.end; i++ {
		c := s.arena[i]
		if c == '%' {
			c = unhex(s.arena[i:])
			i += 2
		}
		s.arena = append(s.arena, c)
	}
	return s.since(start)
}

// root writes the slash that a path has to begin with.
func (s *scratch) root(path []byte) {
	if len(path) == 0 || path[0] != '/' {
		s.arena = append(s.arena, '/')
	}
}

func (s *scratch) percent(c byte) {
	const digits = "0123456789ABCDEF"
	s.arena = append(s.arena, '%', digits[c>>4], digits[c&15])
}

func isEscape(s []byte) bool { return len(s) >= 3 && isHex(s[1]) && isHex(s[2]) }

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isLower(c byte) bool { return 'a' <= c && c <= 'f' }

// unhex returns the byte that the escape at the start of s stands for.
func unhex(s []byte) byte { return hexDigit(s[1])<<4 | hexDigit(s[2]) }

func hexDigit(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}
