package cors

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// origins decides which Origin values are allowed.
type origins struct {
	any      bool
	exact    []string
	patterns []pattern
}

// match reports whether origin equals a listed one or fits a pattern.
func (o *origins) match(origin string) bool {
	return slices.Contains(o.exact, origin) ||
		slices.ContainsFunc(o.patterns, func(p pattern) bool { return p.match(origin) })
}

// maxOrigin is the length of the longest origin that can be listed or matched. A
// host name has at most 253 bytes (RFC 1035, section 2.3.4, without the root's
// dot).
const maxOrigin = len("https://") + 253 + len(":65535")

// originProblem returns why s is not the origin of a page that could be allowed,
// as browsers send it, or "". An origin is written scheme://host[:port], without
// the scheme's default port (HTML, "ASCII serialisation of an origin").
func originProblem(s string) string {
	scheme, authority, ok := strings.Cut(s, "://")
	switch {
	case s == "null":
		return "any page can make its origin null, with a sandboxed frame"
	case !ok:
		return "not an origin: it has no ://"
	case len(s) > maxOrigin:
		return "longer than any origin"
	}
	if problem := schemeProblem(scheme); problem != "" {
		return problem
	}
	if problem := authorityProblem(authority); problem != "" {
		return problem
	}
	host, port := splitPort(authority)
	if problem := hostProblem(host); problem != "" {
		return problem
	}
	return portProblem(scheme, port)
}

// schemeProblem follows RFC 3986, section 3.1. Schemes of applications, such as
// capacitor and chrome-extension, are valid: their pages send them in Origin.
func schemeProblem(s string) string {
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case 'A' <= c && c <= 'Z':
			return "browsers send the scheme in lower case"
		default:
			return "invalid scheme"
		}
	}
	if s == "" {
		return "no scheme"
	}
	return ""
}

func authorityProblem(s string) string {
	for _, c := range []byte(s) {
		switch {
		case c == '/':
			return "an origin has no path and no trailing slash"
		case c == '?':
			return "an origin has no query"
		case c == '#':
			return "an origin has no fragment"
		case c == '@':
			return "an origin has no userinfo"
		case 'A' <= c && c <= 'Z':
			return "browsers send the host in lower case"
		case c >= 0x80:
			return "browsers send the host in ASCII, as xn--…"
		}
	}
	return ""
}

// splitPort splits host[:port]. The port keeps its colon; "" means none.
func splitPort(authority string) (host, port string) {
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		return authority[:i], authority[i:]
	}
	return authority, ""
}

// hostProblem accepts hosts in the one form in which a URL has them ("host
// serializing" in the URL standard), IP addresses in their canonical spelling.
func hostProblem(host string) string {
	if strings.HasPrefix(host, "[") {
		return addressProblem(strings.TrimSuffix(host[1:], "]"), host, netip.Addr.Is6)
	}
	if len(host) > 253 {
		return "host longer than 253 bytes"
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if !isLabel(label) {
			return "invalid host"
		}
		last = label
	}
	// A host whose last label is a number is an address ("ends in a number
	// checker" in the URL standard).
	if isNumber(last) {
		return addressProblem(host, host, netip.Addr.Is4)
	}
	return ""
}

func addressProblem(text, host string, family func(netip.Addr) bool) string {
	addr, err := netip.ParseAddr(text)
	switch {
	case err != nil || !family(addr) || addr.Is4In6() || addr.Zone() != "":
		return "invalid IP address"
	case addr.Is6() && "["+addr.String()+"]" != host:
		return "browsers send the IP address in its canonical form"
	}
	return ""
}

const maxLabel = 63 // RFC 1035, section 2.3.4

func isLabel(s string) bool {
	if len(s) == 0 || len(s) > maxLabel {
		return false
	}
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

func isNumber(label string) bool {
	if hex, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

func portProblem(scheme, port string) string {
	if port == "" {
		return ""
	}
	n, err := strconv.ParseUint(port[1:], 10, 16)
	switch {
	case err != nil || n == 0 || port[1] == '0':
		return "invalid port"
	case scheme == "http" && n == 80, scheme == "https" && n == 443:
		return "browsers omit the default port"
	}
	return ""
}

// isLoopback reports whether browsers resolve host to the loopback interface (RFC
// 6761, section 6.3).
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}
