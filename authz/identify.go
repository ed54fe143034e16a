package authz

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
)

// leeway is how long an identity counts after its Expiry: clocks differ, and a
// request takes its time from the gateway to here.
const leeway = 60 * time.Second

var (
	errExpired = errors.New("authz: the identity has expired")
	errSeveral = errors.New("authz: more than one credential in Authorization")
)

// identify returns who is calling, and the refusal (Status 0: none) that meets
// this caller wherever an identity is required. Only an expired identity comes
// with one, for the record.
func (g *Guard) identify(r *http.Request) (*claims.Identity, Error) {
	offered := tokens(r.Header["Authorization"])
	if offered > 1 {
		return nil, Error{Status: http.StatusBadRequest, Code: CodeInvalidRequest, Err: errSeveral}
	}
	code := ""
	if offered == 1 {
		code = CodeInvalidToken
	}
	id, err := g.caller(r)
	switch {
	case err != nil:
		return nil, refusalFor(err, http.StatusUnauthorized, code)
	case isNobody(id):
		return nil, Error{Status: http.StatusUnauthorized, Code: code}
	case expired(id):
		return id, Error{Status: http.StatusUnauthorized, Code: CodeInvalidToken, Err: errExpired}
	}
	return id, Error{}
}

func (g *Guard) caller(r *http.Request) (*claims.Identity, error) {
	if g.Identifier != nil {
		return g.Identifier.Identify(r)
	}
	id, _ := claims.FromContext(r.Context())
	return id, nil
}

// isNobody also knows an Identity that no one vouched for or that names no
// one, as an Identify might make by hand: claims.FromContext hides those, and a
// handler must not see another caller than was decided on.
func isNobody(id *claims.Identity) bool {
	return id == nil || id.Source == 0 || id.Subject == ""
}

func expired(id *claims.Identity) bool {
	return !id.Expiry.IsZero() && time.Since(id.Expiry) > leeway
}

// tokens counts the bearer tokens that a caller offered, by the values of
// Authorization: 0, 1, or 2 for any number beyond that could be told apart.
// Another scheme offers none (RFC 6750 section 3.1), a bare token is one, as
// HTTP APIs take it. Some fronts join values with commas, which no bearer token
// contains (RFC 6750 section 2.1).
func tokens(values []string) int {
	switch len(values) {
	case 0:
		return 0
	case 1:
		return tokensIn(values[0])
	}
	return 2
}

func tokensIn(value string) int {
	found, parts := 0, 0
	for part := range strings.SplitSeq(value, ",") {
		parts++
		if isToken(strings.TrimSpace(part), parts == 1) {
			found = 1
		}
	}
	if found == 1 && parts > 1 {
		return 2
	}
	return found
}

// isToken reports whether a part of Authorization is a bearer token. A word
// alone is one only at the start: after a comma it may be a parameter of
// another scheme.
func isToken(part string, first bool) bool {
	scheme, _, blank := strings.Cut(part, " ")
	if !blank {
		return first && part != ""
	}
	return strings.EqualFold(scheme, "Bearer")
}
