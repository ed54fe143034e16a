package authz

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

// groupsClaim is where Cognito user pools put groups; another issuer's are
// asked for with Claim.
const groupsClaim = "cognito:groups"

// oneOf is a requirement that something about the caller is one of some values.
type oneOf struct {
	text    string
	claim   string // "" unless it is one that Identity has no field for
	values  []string
	missing error
	unread  error // the list is ambiguous
	holds   func(id *claims.Identity, values []string) (bool, error)
}

// Groups requires membership in at least one of the groups anyOf, by the claim
// cognito:groups, compared byte for byte. Every accepted issuer can write that
// claim: if one of them is not a user pool, combine Groups with Issuer. A caller
// whose list of groups is ambiguous, as a REST API's comma-joined one may be, is
// in no group. Groups panics if there are no names or one is empty.
func Groups(anyOf ...string) Requirement {
	return newOneOf("Groups", "group", groupsClaim, anyOf, func(id *claims.Identity, names []string) (bool, error) {
		groups, err := id.List(groupsClaim)
		return err == nil && slices.ContainsFunc(groups, among(names)), err
	})
}

// Claim requires that the claim name has one of the values oneOf, compared byte
// for byte, or is a list that holds one of them, as claims.Identity.List reads it.
// Text that may or may not be a list does not match. A number or boolean is
// compared by its JSON text, because some gateways render every claim as a
// string. Claim panics if name is empty, or if there are no values or one is
// empty.
func Claim(name string, oneOf ...string) Requirement {
	if name == "" {
		panic("authz: Claim without a name")
	}
	return newOneOf("Claim", "claim "+name, name, oneOf, func(id *claims.Identity, values []string) (bool, error) {
		value, _ := id.Claim(name)
		switch v := value.(type) {
		case bool:
			return slices.Contains(values, strconv.FormatBool(v)), nil
		case json.Number:
			return slices.Contains(values, v.String()), nil
		}
		list, err := id.List(name)
		return err == nil && slices.ContainsFunc(list, among(values)), err
	})
}

// TokenUse requires an Identity with this TokenUse, such as "access" where ID
// tokens must not pass. It panics if s is empty.
func TokenUse(s string) Requirement {
	return newOneOf("TokenUse", "token use", "", []string{s}, func(id *claims.Identity, values []string) (bool, error) {
		return slices.Contains(values, id.TokenUse), nil
	})
}

// AccessToken requires a caller who is known by an access token rather than by an
// ID token: claims.Identity.IsAccessToken reports it by token_use, by a verified
// typ of at+jwt, or because claims.Config.AccessTokenIssuers lists the issuer.
func AccessToken() Requirement {
	return &oneOf{text: "access token", missing: errNoAccessToken, holds: func(id *claims.Identity, _ []string) (bool, error) {
		return id.IsAccessToken(), nil
	}}
}

func newOneOf(where, what, claim string, values []string, holds func(*claims.Identity, []string) (bool, error)) Requirement {
	if len(values) == 0 || slices.Contains(values, "") {
		panic("authz: " + where + " without a value, or with an empty one")
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = strconv.Quote(v)
	}
	text := what + " " + choice(quoted)
	unread := cause.Text("authz: the claim " + claim + " cannot be read as a list: name it in Lists or CommaLists of claims.Config")
	return &oneOf{text, claim, slices.Clone(values), cause.Text("authz: needs " + text), unread, holds}
}

func (o *oneOf) Check(_ *http.Request, id *claims.Identity) error {
	err, _ := o.lacks(id)
	return err
}

func (o *oneOf) lacks(id *claims.Identity) (err error, missed bool) {
	ok, err := o.holds(id, o.values)
	switch {
	case ok:
		return nil, false
	case errors.Is(err, claims.ErrAmbiguous):
		return fmt.Errorf("%w: %w", o.unread, err), false
	case err != nil:
		return fmt.Errorf("%w: %w", o.missing, err), false
	}
	return o.missing, true
}

func (o *oneOf) String() string { return o.text }

// choice parenthesizes several values so that they remain one operand in All and
// Any.
func choice(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return "in (" + strings.Join(values, ", ") + ")"
}

func among(values []string) func(string) bool {
	return func(s string) bool { return slices.Contains(values, s) }
}
