package authz

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
)

var (
	errNoTypes  error = cause.Text("authz: ClaimPath needs claims with their JSON types, and this authorizer renders them as text")
	errNoObject error = cause.Text("authz: a member on the path is not a JSON object")
	errNoNames  error = cause.Text("authz: the member is neither text, number or boolean nor a list of strings")
)

// ClaimPath requires a value inside a claim that is an object. The path leads to
// it, such as {"realm_access", "roles"} in Keycloak's tokens. The value must be
// one of oneOf, compared byte for byte, or a list of strings that holds one of
// them. A number or boolean is compared by its JSON text.
//
// ClaimPath needs claims that keep their JSON types, as a verified token's and a
// REST API's native JWT authorizer's do (claims.Identity.KeepsTypes). No other
// caller meets it. A path is never taken for the name of a claim, since names may
// hold dots. ClaimPath panics if path has fewer than two names or an empty one, or
// if there are no values or one is empty; for one name there is Claim.
func ClaimPath(path []string, oneOf ...string) Requirement {
	if len(path) < 2 || slices.Contains(path, "") {
		panic("authz: ClaimPath needs two names or more, none of them empty")
	}
	path = slices.Clone(path)
	quoted := make([]string, len(path))
	for i, name := range path {
		quoted[i] = strconv.Quote(name)
	}
	what := "claim path [" + strings.Join(quoted, " ") + "]"
	return newOneOf("ClaimPath", what, path[0], oneOf, func(id *claims.Identity, values []string) (bool, error) {
		if !id.KeepsTypes() {
			return false, errNoTypes
		}
		value, err := member(id, path)
		if err != nil {
			return false, err
		}
		return isOneOf(value, values)
	})
}

// member returns what path leads to, nil if a name on it is missing or null.
func member(id *claims.Identity, path []string) (any, error) {
	value, _ := id.Claim(path[0])
	for _, name := range path[1:] {
		if value == nil {
			return nil, nil
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, errNoObject
		}
		value = object[name]
	}
	return value, nil
}

func isOneOf(value any, values []string) (bool, error) {
	switch v := value.(type) {
	case nil:
		return false, nil
	case string:
		return slices.Contains(values, v), nil
	case bool:
		return slices.Contains(values, strconv.FormatBool(v)), nil
	case json.Number:
		return slices.Contains(values, v.String()), nil
	case []any:
		return listHolds(v, values)
	}
	return false, errNoNames
}

// listHolds reads the whole list first: one that holds anything but strings is
// misread, whatever else is in it.
func listHolds(list []any, values []string) (bool, error) {
	found := false
	for _, element := range list {
		text, ok := element.(string)
		if !ok {
			return false, errNoNames
		}
		found = found || slices.Contains(values, text)
	}
	return found, nil
}
