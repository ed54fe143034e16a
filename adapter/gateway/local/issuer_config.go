package local

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// IssuerConfig says who can get tokens from an [Issuer], and which.
type IssuerConfig struct {
	Name     string        // by which gateway routes and authz.Issuer refer to it; only the first issuer may have none
	URL      string        // the exact iss of every token: scheme, host and port, such as "http://localhost:8081"
	Clients  []Client      // at least one
	Users    []User        // who can sign in; nil: nobody, so that only clients get tokens
	Lifetime time.Duration // of access and ID tokens, in whole seconds; 0: one hour, as in Cognito
}

// Client is an application that may ask for tokens: what Cognito calls an app
// client.
type Client struct {
	ID           string
	Secret       string   // "": a public client, which gets no token for itself
	Scopes       []string // what it may ask for, and what it gets if it asks for nothing
	RedirectURIs []string // where users are sent back to after they signed in, matched exactly; nil: the client signs nobody in
	LogoutURIs   []string // where users are sent after they signed out, matched exactly; nil: /logout is refused
	Resources    []string // audiences that it may bind access tokens to (RFC 8707): absolute URIs without a fragment; nil: none
}

// User is somebody who can sign in at the issuer's page.
type User struct {
	Username string
	Password string
	Sub      string   // "": a UUID made from Username, the same after every restart
	Email    string   // "": the ID token has no email
	Groups   []string // names without blanks, as in Cognito, because a gateway writes a list as [a b]
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

// checkIssuerURL does not admit a path: the endpoints are at the root, and iss must
// match exactly, a trailing slash included.
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
	if !bearer.IsScopeToken(c.ID) || strings.Contains(c.ID, ":") {
		problems = append(problems, fmt.Errorf("local: client ID %q is empty or has a character that cannot be sent", c.ID))
	}
	if c.Secret == "" && len(c.RedirectURIs) == 0 {
		problems = append(problems, fmt.Errorf("local: client %q has neither a secret nor a redirect URI: it could not get a token", c.ID))
	}
	for _, scope := range c.Scopes {
		if !bearer.IsScopeToken(scope) {
			problems = append(problems, fmt.Errorf("local: client %q: %q is not a scope (RFC 6749 section 3.3)", c.ID, scope))
		}
	}
	for _, list := range []struct {
		kind, section string
		uris          []string
	}{
		{"redirect URI", "RFC 6749 section 3.1.2", c.RedirectURIs},
		{"logout URI", "it is where browsers are sent", c.LogoutURIs},
		{"resource", "RFC 8707 section 2", c.Resources},
	} {
		for _, uri := range list.uris {
			if !isAbsolute(uri) {
				problems = append(problems, fmt.Errorf("local: client %q: %s %q is not absolute or has a fragment (%s)", c.ID, list.kind, uri, list.section))
			}
		}
	}
	return errors.Join(problems...)
}

func isAbsolute(uri string) bool {
	u, err := url.Parse(uri)
	return err == nil && u.IsAbs() && !strings.Contains(uri, "#")
}

func (u User) check() error {
	var problems []error
	if u.Username == "" || u.Password == "" {
		problems = append(problems, fmt.Errorf("local: user %q has no name or no password", u.Username))
	}
	// GroupNameType of the API reference of Cognito user pools.
	for _, group := range u.Groups {
		if group == "" || strings.ContainsFunc(group, func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }) {
			problems = append(problems, fmt.Errorf("local: user %q: group %q is empty or has a blank, as no group of Cognito has", u.Username, group))
		}
	}
	return errors.Join(problems...)
}

func unique(kind, name string, seen map[string]bool) error {
	if seen[name] {
		return fmt.Errorf("local: %s %q is there twice", kind, name)
	}
	seen[name] = true
	return nil
}
