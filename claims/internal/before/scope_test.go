package before

import (
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// readScopes returns what the token grants, from the configured claim: a string
// of scope-tokens with a blank between two (RFC 6749, section 3.3), or a list of
// them. What is no scope-token, such as an array's element with a blank in it or
// text with a tab or U+00A0, grants nothing.
func (id *Identity) readScopes() ([]string, error) {
	name := id.scopeClaim()
	c, ok := id.claims.find(name)
	if !ok {
		return nil, nil
	}
	var scopes []string
	var err error
	if c.kind == '"' && !id.isRenderedList(name, c.text) {
		scopes = strings.Split(c.text, " ")
	} else if scopes, err = id.List(name); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(scopes, func(s string) bool { return !bearer.IsScopeToken(s) }), nil
}

func (id *Identity) scopeClaim() string {
	if id.rules.scope != "" {
		return id.rules.scope
	}
	if _, ok := id.claims.find("scp"); ok {
		return "scp"
	}
	return "scope"
}

// isRenderedList tells whether a claim's text has the form in which the source
// writes an array.
func (id *Identity) isRenderedList(name, text string) bool {
	switch {
	case id.Source == JWT:
		_, bracketed := authorizer.Unbracket(text)
		return bracketed
	case id.Source.joinsByComma():
		// scope is a string always, and scope-tokens may hold commas.
		return name != "scope" && strings.Contains(text, ",")
	}
	return false
}
