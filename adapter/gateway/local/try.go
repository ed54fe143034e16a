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

// Try is a request to begin with: a curl line to paste, and a button of the
// console.
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

func (t Try) method() string { return cmp.Or(t.Method, http.MethodGet) }

func (t Try) check(issuer *Issuer) error {
	switch {
	case !word.MatchString(t.method()):
		return fmt.Errorf("local: try: %q is not a method", t.Method)
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
		return fmt.Errorf("local: try: %q needs a token, and there is no issuer", t.Path)
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

// caller is who sends the request, for people; "nobody" without a token.
func (t Try) caller() string {
	switch {
	case t.Client == "":
		return "nobody"
	case t.User == "":
		return t.Client
	}
	return t.User + " by " + t.Client
}

// comment says who is calling and what to expect. It is a line of its own: zsh,
// by default, would hand one behind the command to curl.
func (t Try) comment() string {
	if t.Want == 0 {
		return "# " + t.caller()
	}
	return fmt.Sprintf("# %s, expects %d", t.caller(), t.Want)
}

// curl is the request as a line for a POSIX shell, with the token in a variable.
func (t Try) curl(url, variable string) string {
	words := []string{"curl", "-i"}
	switch method := t.method(); {
	case method == http.MethodHead:
		words = []string{"curl", "--head"}
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
	if variable == "" {
		return shell(words)
	}
	return shell(words) + ` -H "Authorization: Bearer $` + variable + `"`
}

// resource is what a client's access tokens are bound to where the authorizer
// wants an aud; "" elsewhere.
func (o *Options) resource(c Client) string {
	if !o.NativeJWT || len(c.Resources) == 0 {
		return ""
	}
	return c.Resources[0]
}

// tokenFor is what the token endpoint would give, all scopes of the client.
func (o *Options) tokenFor(t Try) (string, error) {
	i := o.issuer()
	if t.Client == "" {
		return "", nil
	}
	client := i.clients[t.Client]
	if t.User == "" {
		return i.clientToken(client, client.ownScopes(), o.resource(client))
	}
	return i.userToken(session{Client: client.ID, Scopes: client.signInScopes(), Username: t.User, Resource: o.resource(client), SignedIn: i.now()})
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
