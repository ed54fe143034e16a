package adapter

import (
	"net/netip"
	"strings"
)

// alb reads events of an Application Load Balancer's Lambda target. Neither path
// nor query has been decoded. The target group's setting for multi-value headers
// decides which maps there are, and in which the reply must be. A health check
// has no Host.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
func (f *fields) alb() source {
	return source{method: f.method, path: f.path, query: rawMaps, forwarded: true}
}

// forwardedFor returns the client's address by X-Forwarded-For, to which every
// proxy on the way appends the address that it was called from: behind the last
// hops entries, which are those of trusted proxies, stands the client. What is
// before that is the client's word. With fewer entries than that, the first is
// as far as anyone saw.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
func forwardedFor(lines []string, hops int) string {
	rest := ""
	if len(lines) > 0 {
		rest = lines[len(lines)-1]
		lines = lines[:len(lines)-1]
	}
	for {
		i := strings.LastIndexByte(rest, ',')
		entry := rest[i+1:]
		if hops == 0 || i < 0 && len(lines) == 0 {
			return withPort(strings.TrimSpace(entry))
		}
		hops--
		if i >= 0 {
			rest = rest[:i]
		} else {
			rest, lines = lines[len(lines)-1], lines[:len(lines)-1]
		}
	}
}

// withPort returns an address in the form of http.Request.RemoteAddr, "" for
// what is not an address. With client port preservation, entries have a port.
func withPort(address string) string {
	if ip, err := netip.ParseAddr(address); err == nil {
		return netip.AddrPortFrom(ip, 0).String()
	}
	if _, err := netip.ParseAddrPort(address); err == nil {
		return address
	}
	return ""
}
