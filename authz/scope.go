package authz

import (
	"net/http"
	"strconv"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/bearer"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

type scope struct {
	name    string
	text    string
	missing error // made once, so that a refusal inside Any costs nothing
}

// Scope requires the scope s, compared byte for byte. It panics if s is not a
// scope-token (RFC 6749 section 3.3). A scope with a blank in it, for example,
// could never be held and would be read as two scopes in the challenge.
func Scope(s string) Requirement {
	if !bearer.IsScopeToken(s) {
		panic("authz: " + strconv.Quote(s) + " is not a scope-token (RFC 6749 section 3.3)")
	}
	text := "scope " + s
	return &scope{s, text, cause.Text("authz: needs " + text)}
}

// AllScopes requires every one of the scopes. It panics if there are none or
// one is not a scope-token.
func AllScopes(s ...string) Requirement { return All(eachScope("AllScopes", s)...) }

// AnyScope requires at least one of the scopes. It panics if there are none or
// one is not a scope-token.
func AnyScope(s ...string) Requirement { return Any(eachScope("AnyScope", s)...) }

func eachScope(where string, names []string) []Requirement {
	if len(names) == 0 {
		panic("authz: " + where + " without a scope")
	}
	each := make([]Requirement, len(names))
	for i, name := range names {
		each[i] = Scope(name)
	}
	return each
}

func (s *scope) Check(_ *http.Request, id *claims.Identity) error {
	err, _ := s.lacks(id)
	return err
}

func (s *scope) lacks(id *claims.Identity) (err error, missed bool) {
	if id.HasScope(s.name) {
		return nil, false
	}
	return s.missing, true
}

func (s *scope) String() string   { return s.text }
func (s *scope) scopes() []string { return []string{s.name} }

// scopesOf returns the scopes that reqs name, each once and in that order: what
// a client could ask for (RFC 6750 section 3, attribute scope).
func scopesOf(reqs ...Requirement) []string {
	var all []string
	seen := map[string]bool{}
	for _, req := range reqs {
		named, ok := req.(interface{ scopes() []string })
		if !ok {
			continue
		}
		for _, s := range named.scopes() {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}
