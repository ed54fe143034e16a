package before

import (
	"errors"
	"fmt"
	"slices"
)

// ErrAmbiguous reports a list that cannot be told from its text: the authorizer
// rendered ["a", "b"] and something else alike. Config.Lists and
// Config.CommaLists say which claims hold no such something else.
var ErrAmbiguous = errors.New("claims: text of a list is ambiguous")

// List returns a claim that holds several strings, such as cognito:groups. A
// JSON array is exact; a string is a list of one. Where the authorizer rendered
// arrays as text, they are read only if nothing else can be meant:
//
//   - HTTP APIs write [a b]. It is read for the claims of Config.Lists, for scp,
//     and for cognito:groups and aud of a Cognito issuer, which hold no blanks;
//     never for scope, which is a string.
//   - Cognito authorizers of REST APIs write a,b, and Lambda authorizers may. It
//     is read for the claims of Config.CommaLists.
//
// Any other text in such a form is an error that wraps ErrAmbiguous. A claim
// that is missing or null gives a nil list; one of another type is an error.
func (id *Identity) List(name string) ([]string, error) {
	c, ok := id.claims.find(name)
	if !ok {
		return nil, nil
	}
	switch c.kind {
	case '"':
		return id.textList(name, c.text)
	case '[':
		if list, ok := stringsOf(c); ok {
			return list, nil
		}
	}
	return nil, fmt.Errorf("claims: claim %q is not a list of strings", name)
}

func (id *Identity) textList(name, text string) ([]string, error) {
	read := dialects[id.Source].list
	if read == nil {
		return []string{text}, nil
	}
	list, ok := read(text, id.rules.holdsNames(id, name))
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
	subject string
	scope   string // "": scp, else scope
	lists   []string
	commas  []string
	context []rename // of a Lambda authorizer

	issuerNames   map[string]string // issuers by logical name
	accessIssuers []string          // whose tokens are access tokens
}

var defaults = rules{subject: "sub"}

// holdsNames tells whether the elements of a list claim are known to be names
// without the character with which the source joins them.
func (r *rules) holdsNames(id *Identity, name string) bool {
	if id.Source.joinsByComma() {
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
