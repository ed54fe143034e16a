package claims

import (
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// scopeClaim returns the claim that holds the scopes.
func (t *tokenClaims) scopeClaim(r *rules) (name string, v value) {
	switch {
	case r.scope != "":
		return r.scope, t.scopes
	case t.scp.present():
		return "scp", t.scp
	}
	return "scope", t.scope
}

// readScopes returns what the token grants by a claim: a string of scope-tokens
// with a blank between two (RFC 6749, section 3.3), or a list of them. What is
// not a scope-token, such as an array's element with a blank in it or text with a
// tab or U+00A0, grants nothing.
func (id *Identity) readScopes(name string, c claim) (scopes []string, err error) {
	if c.kind == '"' && !id.rendering().isArray(name, c.text) {
		scopes = strings.Split(c.text, " ")
	} else if scopes, err = id.list(name, c); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(scopes, func(s string) bool { return !bearer.IsScopeToken(s) }), nil
}
