package local

import (
	"fmt"
	"net"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// announce prints where the API is and what to paste, and calls Ready.
func (s *service) announce(url string) error {
	text, err := s.welcome(url)
	if err != nil {
		return err
	}
	s.lines.Print(text)
	if s.Ready != nil {
		s.Ready(url)
	}
	return nil
}

func (s *service) welcome(url string) (string, error) {
	lines := []string{fmt.Sprintf("%v: %s", s.format(), url)}
	for _, i := range s.Issuers {
		lines = append(lines, strings.TrimSpace("Token issuer "+i.name)+": "+i.url)
	}
	lines = append(lines, s.problems()...)
	lines = append(lines, "", "Paste any of these; Ctrl-C stops the server:", "")
	for _, try := range s.tries() {
		line, err := try.curl(url, s.issuer())
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	if clients := s.clients(); len(clients) > 0 {
		lines = append(lines, "", "When the tokens have expired:", "")
		for _, client := range clients {
			lines = append(lines, client.curl(s.issuer().url))
		}
	}
	return strings.Join(append(lines, "", ""), "\n"), nil // an empty line before the first request
}

// clients are those whose tokens are in the curl lines and can be had again
// without a user.
func (o *Options) clients() []Client {
	var clients []Client
	seen := map[string]bool{"": true}
	for _, try := range o.Try {
		if !seen[try.Client] && o.issuer().clients[try.Client].Secret != "" {
			clients = append(clients, o.issuer().clients[try.Client])
		}
		seen[try.Client] = true
	}
	return clients
}

func (o *Options) tries() []Try {
	if o.Try == nil {
		return []Try{{Path: "/"}}
	}
	return o.Try
}

// url is where a client finds the API's root.
func (o *Options) url(addr net.Addr) string {
	host := addr.String()
	if name, port, err := net.SplitHostPort(host); err == nil && isLocalhost(name) {
		host = net.JoinHostPort("localhost", port)
	}
	return "http://" + host + o.prefix()
}

// isLocalhost reports whether a listener at ip is found by the name localhost.
func isLocalhost(ip string) bool {
	switch ip {
	case "127.0.0.1", "::1", "0.0.0.0", "::":
		return true
	}
	return false
}

// prefix is what stands before the API's own paths.
func (o *Options) prefix() string {
	base := strings.Trim(o.BasePath, "/")
	switch {
	case base != "":
		return "/" + base
	case o.BasePath != "", o.stage() == "$default", o.format() == adapter.FunctionURL:
		return ""
	}
	return "/" + o.stage()
}
