package claims

import (
	"fmt"
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// ErrAmbiguous reports a list whose text has several meanings: the authorizer
// renders ["a", "b"] and some other value as the same text. Config.Lists and
// Config.CommaLists name the claims that never have such another value.
var ErrAmbiguous error = cause.Text("claims: text of a list is ambiguous")

// List returns a claim that holds several strings, such as cognito:groups. A
// JSON array is exact; a string is a list of one. If the authorizer rendered an
// array as text, List reads the text only if it can mean nothing else:
//
//   - HTTP APIs write [a b]. List reads it for the claims of Config.Lists, for scp,
//     and for cognito:groups and aud of a Cognito user pool, whose elements never
//     hold blanks. It never reads it for scope, which is a string.
//   - Cognito authorizers of REST APIs write a,b, and Lambda authorizers may. List
//     reads it for the claims of Config.CommaLists.
//
// For any other text in such a form List returns an error that wraps
// ErrAmbiguous. It returns nil for a claim that is missing or null, and an error
// for a claim of another type. The list is a copy and may be modified.
func (id *Identity) List(name string) ([]string, error) {
	c, _ := id.claims.find(name)
	return id.list(name, c)
}

// list is List of a claim that was found already.
func (id *Identity) list(name string, c claim) ([]string, error) {
	switch c.kind {
	case 0:
		return nil, nil
	case '"':
		return id.textList(name, c.text)
	case '[':
		if list, ok := stringsOf(c); ok {
			return list, nil
		}
	}
	return nil, cause.Text(fmt.Sprintf("claims: claim %q is not a list of strings", name))
}

func (id *Identity) textList(name, text string) ([]string, error) {
	how := id.rendering()
	if !how.isText() {
		return []string{text}, nil
	}
	list, ok := how.list(text, id.rules.holdsNames(id, name))
	if !ok {
		return nil, fmt.Errorf("%w: claim %q", ErrAmbiguous, name)
	}
	return list, nil
}

// stringsOf returns a JSON array's elements, false unless all are strings.
func stringsOf(array claim) ([]string, bool) {
	elements := array.decode().([]any)
	list := make([]string, len(elements))
	for i, element := range elements {
		text, ok := element.(string)
		if !ok {
			return nil, false
		}
		list[i] = text
	}
	return list, true
}

// rules are the part of a Config that says how claims are read.
type rules struct {
	subject   string
	scope     string // "": scp, else scope
	lists     []string
	commas    []string
	context   []rename // of a Lambda authorizer
	principal []rename // and where the principalId says who is calling

	handedKey string // of its context, which holds a whole identity; "": none
	handed    *rules // for that identity

	issuerNames   map[string]string // issuers by logical name
	accessIssuers []string          // whose tokens are access tokens
}

var defaults = rules{subject: "sub"}

// holdsNames reports whether the elements of a list claim are known to be names
// without the character by which the source joins them.
func (r *rules) holdsNames(id *Identity, name string) bool {
	if id.rendering().commas {
		return slices.Contains(r.commas, name)
	}
	switch name {
	case "scope":
		return false // a string by RFC 8693, section 4.2; brackets in it mean something else
	case "scp":
		return true // scope-tokens hold no blanks: RFC 6749, section 3.3
	case "cognito:groups", "aud":
		// A user pool's group names hold no white space, nor do the ids of its
		// clients and the URLs of its resource servers, which are its audiences:
		// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
		// Other issuers may let their tenants choose audiences, and then one
		// audience "a b" would be read as the two a and b.
		if isCognitoIssuer(id.Issuer) {
			return true
		}
	}
	return slices.Contains(r.lists, name)
}
