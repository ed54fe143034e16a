package local

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// checkAddr wants a loopback host: "localhost" or an IP address, for any other
// name may be told to mean an address of the network.
func (o *Options) checkAddr(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("local: address %q is not of the form host:port", addr)
	}
	if !o.Expose && !loopback(host) {
		return fmt.Errorf("local: address %q is not on loopback; say localhost, or set Expose", addr)
	}
	return nil
}

// checkIssuerAddrs is for issuers that ListenAndServe itself has to serve.
func (o *Options) checkIssuerAddrs() error {
	var problems []error
	for _, i := range o.Issuers {
		switch {
		case i == nil: // reported already
		case !strings.HasPrefix(i.url, "http://"):
			problems = append(problems, fmt.Errorf("local: issuer URL %q: only plain HTTP is served here", i.url))
		default:
			problems = append(problems, o.checkAddr(i.host()))
		}
	}
	return errors.Join(problems...)
}

// host is where the issuer's URL says it can be reached.
func (i *Issuer) host() string {
	_, host, _ := strings.Cut(i.url, "://")
	if u := (&url.URL{Host: host}); u.Port() == "" {
		return net.JoinHostPort(u.Hostname(), "http")
	}
	return host
}

// loopback reports whether host, without a port, can only be this machine.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// hostCheck answers 421 (RFC 9110 section 15.5.20) to requests that name
// another host: a page whose own name was made to point at 127.0.0.1 is, to
// the browser, of the same origin, and only the Host header tells.
func (s *service) hostCheck(next http.Handler) http.Handler {
	if s.Expose {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if loopback((&url.URL{Host: r.Host}).Hostname()) {
			next.ServeHTTP(w, r)
			return
		}
		http.Error(w, "this server is for localhost only", http.StatusMisdirectedRequest)
		s.lines.Print(requestLine(r, gateway.Record{Status: http.StatusMisdirectedRequest, RefusedBy: "local", Reason: "the host is not this machine"}, verdict{}))
	})
}
