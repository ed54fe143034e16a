package local

import (
	"cmp"
	"fmt"
	"net"
	"regexp"
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

// welcome is what a newcomer needs, and short enough to be read.
func (s *service) welcome(url string) (string, error) {
	lines := []string{fmt.Sprintf("%v: %s", s.format(), url)}
	for _, i := range s.Issuers {
		lines = append(lines, strings.TrimSpace("Token issuer "+i.name)+": "+i.url)
	}
	if s.console != nil {
		lines = append(lines, "", "To watch requests, make tokens and try them, open "+s.issuer().url+"/")
	}
	lines = append(lines, s.problems()...)
	if who := s.signIns(); who != "" {
		lines = append(lines, "Users who can sign in there: "+who)
	}
	tokens, names, err := s.assignments()
	if err != nil {
		return "", err
	}
	paste := "Paste these lines; Ctrl-C stops the server:"
	if s.console != nil {
		paste = "Or paste these lines; Ctrl-C stops the server:"
	}
	lines = append(append(lines, "", paste, ""), tokens...)
	for _, try := range s.tries() {
		lines = append(lines, try.comment(), try.curl(url, names[try.caller()]))
	}
	return strings.Join(append(lines, "", ""), "\n"), nil // an empty line before the first request
}

// signIns are users and passwords; "" where the console is not there to sign
// them in.
func (s *service) signIns() string {
	if s.console == nil {
		return ""
	}
	var users []string
	for _, user := range s.issuer().sortedUsers() {
		users = append(users, fmt.Sprintf("%s (password %s)", user.Username, user.Password))
	}
	return strings.Join(users, ", ")
}

// assignments set a shell variable for each caller of Try; names are the
// variables by caller.
func (o *Options) assignments() (lines []string, names map[string]string, err error) {
	names = map[string]string{}
	taken := map[string]bool{}
	for _, try := range o.Try {
		if try.Client == "" || names[try.caller()] != "" {
			continue
		}
		token, err := o.tokenFor(try)
		if err != nil {
			return nil, nil, err
		}
		name := variable(cmp.Or(try.User, try.Client), taken)
		names[try.caller()] = name
		lines = append(lines, name+"="+token)
	}
	if len(lines) > 0 {
		lines = append(lines, "")
	}
	return lines, names, nil
}

var notInVariables = regexp.MustCompile(`[^A-Z0-9]+`)

// variable returns a name for a shell variable that is not taken yet. It begins
// with a letter of ours where the caller's does not.
func variable(caller string, taken map[string]bool) string {
	base := strings.Trim(notInVariables.ReplaceAllString(strings.ToUpper(caller), "_"), "_")
	if base == "" || base[0] < 'A' {
		base = "T" + base
	}
	name := base
	for n := 2; taken[name] || reserved[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	taken[name] = true
	return name
}

// reserved are variables that a shell needs for itself.
var reserved = map[string]bool{
	"PATH": true, "HOME": true, "IFS": true, "PS1": true, "PS2": true, "ENV": true, "USER": true, "SHELL": true, "PWD": true, "UID": true, "EUID": true, "PPID": true,
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
