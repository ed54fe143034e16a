package local

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// Try is a request that is printed as a curl line to paste.
type Try struct {
	Method string // "": GET
	Path   string // as in a URL, with its query: "/notes?limit=2"; below the API's own URL
	Client string // the client whose token is sent; "": no token
	User   string // the user Client signed in; "": Client speaks for itself
	Body   string // "": none; sent as application/json if it is JSON, else as text/plain
	Want   int    // the status to expect; 0: nothing is said
}

var (
	word = regexp.MustCompile(`^[!#$%&'*+.^_|~0-9A-Za-z-]+$`) // RFC 9110 section 5.6.2
	path = regexp.MustCompile(`^/[!-~]*$`)
	safe = regexp.MustCompile(`^[-\w./:@%+=,]+$`)
)

func (t Try) check(issuer *Issuer) error {
	switch {
	case !word.MatchString(cmp.Or(t.Method, http.MethodGet)):
		return fmt.Errorf("local: try: %q is no method", t.Method)
	case !path.MatchString(t.Path):
		return fmt.Errorf("local: try: path %q does not begin with a slash or is not as in a URL", t.Path)
	case t.Want != 0 && http.StatusText(t.Want) == "":
		return fmt.Errorf("local: try: %q wants the status %d", t.Path, t.Want)
	case strings.ContainsFunc(t.body(), func(c rune) bool { return c < ' ' }):
		return fmt.Errorf("local: try: the body for %q would take more than a line", t.Path)
	case t.Client == "" && t.User == "":
		return nil
	}
	return t.checkNames(issuer)
}

func (t Try) checkNames(issuer *Issuer) error {
	if issuer == nil {
		return fmt.Errorf("local: try: a token for %q, and no issuer", t.Path)
	}
	client, known := issuer.clients[t.Client]
	_, user := issuer.users[t.User]
	switch {
	case !known:
		return fmt.Errorf("local: try: no client %q", t.Client)
	case t.User != "" && !user:
		return fmt.Errorf("local: try: no user %q", t.User)
	case t.User == "" && client.Secret == "":
		return fmt.Errorf("local: try: client %q is public: it speaks for users only", t.Client)
	}
	return nil
}

// curl is the request as a line for a POSIX shell. What to expect is part of
// the line's own output and no comment behind it, which zsh, by default, would
// hand to curl. The token is the last and longest word.
func (t Try) curl(url string, issuer *Issuer) (string, error) {
	words := []string{"curl", "-sS", "-w", t.verdict()}
	switch method := cmp.Or(t.Method, http.MethodGet); {
	case method == http.MethodHead:
		words = append(words, "--head")
	case method != http.MethodGet || t.Body != "":
		words = append(words, "-X", method)
	}
	if strings.Contains(t.Path, "/.") {
		words = append(words, "--path-as-is") // or curl resolves dot segments itself
	}
	if strings.ContainsAny(t.Path, "[]{}") {
		words = append(words, "--globoff")
	}
	words = append(words, url+t.Path)
	if t.Body != "" {
		words = append(words, "-H", "Content-Type: "+t.contentType(), "--data-raw", t.body())
	}
	token, err := issuer.tokenFor(t)
	if err != nil {
		return "", err
	}
	if token != "" {
		words = append(words, "-H", "Authorization: Bearer "+token)
	}
	return shell(words), nil
}

// verdict is what curl prints behind the body.
func (t Try) verdict() string {
	if t.Want == 0 {
		return `\n%{http_code}\n`
	}
	return fmt.Sprintf(`\n%%{http_code}, expected %d\n`, t.Want)
}

// tokenFor is what the token endpoint would give, all scopes of the client.
func (i *Issuer) tokenFor(t Try) (string, error) {
	if t.Client == "" {
		return "", nil
	}
	client := i.clients[t.Client]
	if t.User == "" {
		return i.clientToken(client, client.ownScopes(), "")
	}
	return i.userToken(session{Client: client.ID, Scopes: client.signInScopes(), Username: t.User, SignedIn: i.now()})
}

// curl is a line that gets a new token.
func (c Client) curl(issuer string) string {
	return shell([]string{"curl", "-sS", "-u", c.ID + ":" + c.Secret, "-d", "grant_type=client_credentials", issuer + "/oauth2/token"})
}

func (t Try) contentType() string {
	if json.Valid([]byte(t.Body)) {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// body puts JSON on one line.
func (t Try) body() string {
	var line bytes.Buffer
	if json.Compact(&line, []byte(t.Body)) != nil {
		return t.Body
	}
	return line.String()
}

// shell quotes words for a POSIX shell.
func shell(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if !safe.MatchString(word) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
