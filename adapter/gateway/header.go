package gateway

import (
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// hopByHop are headers of one connection (RFC 9110 section 7.6.1). HTTP APIs
// and Function URLs are assumed to keep them from the function (unconfirmed);
// they would break the framing of the response as well.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

// notInREST never reach a function behind a REST API (recorded).
var notInREST = append([]string{
	"Content-Length", "Content-Md5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "Www-Authenticate",
}, hopByHop...)

// header returns the event's headers: the client's except those of drop, and the
// ones that API Gateway, Function URLs and ALBs add. Names are canonical.
func (c *call) header(drop []string) http.Header {
	h := c.clientHeader(drop)
	c.forward(h)
	return h
}

// clientHeader returns the client's headers except those of drop, with its address
// at the end of X-Forwarded-For. An X-Forwarded-For of its own stays in front, as
// with REST APIs and ALBs (for the others unconfirmed), so that the first entry
// proves nothing.
func (c *call) clientHeader(drop []string) http.Header {
	h := http.Header{}
	for name, values := range c.request.Header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		h[name] = append(h[name], values...)
	}
	if len(c.body) > 0 || h.Get("Content-Length") != "" {
		h.Set("Content-Length", strconv.Itoa(len(c.body)))
	}
	for _, name := range drop {
		h.Del(name)
	}
	if c.request.Host != "" {
		h.Set("Host", c.request.Host)
	}
	before := h.Values("X-Forwarded-For")
	h.Set("X-Forwarded-For", strings.Join(append(before[:len(before):len(before)], c.sourceIP()), ", "))
	return h
}

// forward adds what is said about the client's connection and its trace.
func (c *call) forward(h http.Header) {
	h.Set("X-Forwarded-Proto", c.gateway.config.Scheme)
	h.Set("X-Forwarded-Port", map[string]string{"https": "443", "http": "80"}[c.gateway.config.Scheme])
	h.Set("X-Amzn-Trace-Id", c.trace)
}

// joined is the payload 2.0 form: lower-case names, repeated values joined by
// a comma alone. Cookies are joined as RFC 9113 section 8.2.3 does.
func joined(h http.Header) map[string]string {
	headers := make(map[string]string, len(h))
	for name, values := range h {
		separator := ","
		if name == "Cookie" {
			separator = "; "
		}
		headers[strings.ToLower(name)] = strings.Join(values, separator)
	}
	return headers
}

// lower returns the map with lower-case names, which HTTP/2 made usual.
func lower[V any](values map[string]V) map[string]V {
	out := make(map[string]V, len(values))
	for name, value := range values {
		out[strings.ToLower(name)] = value
	}
	return out
}

// last is the single-value map of a multi-value one: the last value wins.
func last(values map[string][]string) map[string]string {
	if values == nil {
		return nil
	}
	single := make(map[string]string, len(values))
	for name, list := range values {
		if len(list) > 0 {
			single[name] = list[len(list)-1]
		}
	}
	return single
}

// cookies are the single cookies of all Cookie headers, in order.
func cookies(h http.Header) []string {
	var list []string
	for _, line := range h["Cookie"] {
		for cookie := range strings.SplitSeq(line, ";") {
			if cookie = strings.TrimSpace(cookie); cookie != "" {
				list = append(list, cookie)
			}
		}
	}
	return list
}

// sourceIP is the client's address without port and IPv6 zone.
func (c *call) sourceIP() string {
	host, _, err := net.SplitHostPort(c.request.RemoteAddr)
	if err != nil {
		return c.request.RemoteAddr
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.WithZone("").String()
	}
	return host
}

// domain is the host that the client used, without a port. The kind of host
// distinguishes a Function URL from an HTTP API. If the client names a host of the
// other kind, domain is a host of the front instead.
func (c *call) domain() string {
	host := c.request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	isURL := strings.Contains(host, ".lambda-url.") && strings.HasSuffix(host, ".on.aws")
	switch wantURL := c.gateway.config.Format == adapter.FunctionURL; {
	case wantURL && !isURL:
		return c.gateway.config.APIID + ".lambda-url." + region + ".on.aws"
	case !wantURL && (isURL || host == ""):
		return c.gateway.config.APIID + ".execute-api." + region + ".amazonaws.com"
	}
	return host
}

// prefix is a domain's first label.
func prefix(domain string) string {
	label, _, _ := strings.Cut(domain, ".")
	return label
}

// mediaType is a Content-Type or Accept value without parameters, lower-case.
func mediaType(value string) string {
	if media, _, err := mime.ParseMediaType(value); err == nil {
		return media
	}
	media, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(media))
}
