package local

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// IssuerConfig says who can get tokens from an [Issuer], and which.
type IssuerConfig struct {
	URL      string        // the iss of every token, to the letter: scheme, host and port, as "http://localhost:8081"
	Clients  []Client      // at least one
	Users    []User        // who can sign in; nil: nobody, only clients get tokens
	Lifetime time.Duration // of access and ID tokens, in whole seconds; 0: one hour, as in Cognito
}

// Client is an application that may ask for tokens: what Cognito calls an app
// client.
type Client struct {
	ID           string
	Secret       string   // "": a public client, which gets no token for itself
	Scopes       []string // what it may ask for, and what it gets if it asks for nothing
	RedirectURIs []string // where signed-in users are sent back to, compared to the letter; nil: it signs nobody in
}

// User is somebody who can sign in at the issuer's page.
type User struct {
	Username string
	Password string
	Sub      string // "": a UUID made from Username, the same after every restart
	Email    string // "": the ID token has no email
	Groups   []string
}

func (c IssuerConfig) check() error {
	problems := []error{checkIssuerURL(c.URL)}
	if c.Lifetime < 0 || c.Lifetime%time.Second != 0 {
		problems = append(problems, fmt.Errorf("local: token lifetime %s is not a whole number of seconds", c.Lifetime))
	}
	if len(c.Clients) == 0 {
		problems = append(problems, errors.New("local: no client: nobody could get a token"))
	}
	clients, users := map[string]bool{}, map[string]bool{}
	for _, client := range c.Clients {
		problems = append(problems, client.check(), unique("client", client.ID, clients))
	}
	for _, user := range c.Users {
		problems = append(problems, user.check(), unique("user", user.Username, users))
	}
	return errors.Join(problems...)
}

// checkIssuerURL admits no path: the endpoints are at the root, and iss is
// compared to the letter, a trailing slash included.
func checkIssuerURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Port() == "0" || u.Scheme+"://"+u.Host != s {
		return fmt.Errorf("local: issuer URL %q is not of the form http://host:port", s)
	}
	return nil
}

func (c Client) check() error {
	var problems []error
	// A colon would end the user name of HTTP Basic (RFC 7617 section 2).
	if !isScopeToken(c.ID) || strings.Contains(c.ID, ":") {
		problems = append(problems, fmt.Errorf("local: client ID %q is empty or has a character that cannot be sent", c.ID))
	}
	if c.Secret == "" && len(c.RedirectURIs) == 0 {
		problems = append(problems, fmt.Errorf("local: client %q has neither a secret nor a redirect URI: it could not get a token", c.ID))
	}
	for _, scope := range c.Scopes {
		if !isScopeToken(scope) {
			problems = append(problems, fmt.Errorf("local: client %q: %q is no scope (RFC 6749 section 3.3)", c.ID, scope))
		}
	}
	for _, uri := range c.RedirectURIs {
		if u, err := url.Parse(uri); err != nil || !u.IsAbs() || u.Fragment != "" {
			problems = append(problems, fmt.Errorf("local: client %q: redirect URI %q is not absolute or has a fragment (RFC 6749 section 3.1.2)", c.ID, uri))
		}
	}
	return errors.Join(problems...)
}

func (u User) check() error {
	if u.Username == "" || u.Password == "" {
		return fmt.Errorf("local: user %q has no name or no password", u.Username)
	}
	return nil
}

func unique(kind, name string, seen map[string]bool) error {
	if seen[name] {
		return fmt.Errorf("local: %s %q is there twice", kind, name)
	}
	seen[name] = true
	return nil
}

// isScopeToken reports whether s is a scope-token of RFC 6749 section 3.3:
// printable ASCII without blank, quotation mark and backslash.
func isScopeToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return s != ""
}
