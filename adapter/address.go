package adapter

import (
	"bytes"
	"net/netip"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// remoteAddr writes the client's address in the form of net.Listener's. It
// has been seen with a port, behind mutual TLS, and with a blank before it.
func (s *scratch) remoteAddr(ip scan.Text) span {
	start := len(s.arena)
	text := bytes.TrimSpace(ip.Bytes(s.fields.data))
	switch colons := bytes.Count(text, []byte{':'}); {
	case colons == 0:
		s.arena = append(append(s.arena, text...), ":0"...)
	case colons > 1 && text[0] != '[':
		s.arena = append(append(append(s.arena, '['), text...), "]:0"...)
	default:
		s.arena = append(s.arena, text...)
	}
	return s.since(start)
}

// checkedAddr returns "" for what is not an address, such as the source IP of the
// console's test events.
func checkedAddr(addr string) string {
	if _, err := netip.ParseAddrPort(addr); err != nil {
		return ""
	}
	return addr
}

func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && strings.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
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
