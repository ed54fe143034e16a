package jwtverify

import (
	"maps"
	"reflect"
	"slices"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// differing returns the names of the claims in which the gateway's and a
// verified token's differ, sorted, and an error if one of them counts. Null is
// as good as missing.
func differing(gateway *claims.Identity, t *verified) ([]string, error) {
	said, proved := object(maps.Collect(gateway.Claims())), rendered(gateway.Source, t.claims)
	if proved == nil {
		return nil, errGateway
	}
	names := map[string]bool{}
	for _, side := range [...]object{said, proved} {
		for name := range side {
			if !reflect.DeepEqual(said[name], proved[name]) && !sameDate(name, gateway, t.identity) {
				names[name] = true
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	return sorted, mismatch(sorted)
}

// rendered returns a token's claims as an authorizer of this source hands them
// on, nil if it does not hand on a token's. A native JWT authorizer of a REST API
// keeps their types.
func rendered(src claims.Source, token object) object {
	switch src {
	case claims.JWT:
		return fromTexts(authorizer.RenderHTTPAPI(token))
	case claims.Cognito:
		return fromTexts(authorizer.RenderCognito(token))
	case claims.NativeJWT:
		return token
	}
	return nil
}

func fromTexts(texts map[string]string) object {
	o := make(object, len(texts))
	for name, text := range texts {
		o[name] = text
	}
	return o
}

// sameDate allows for the ways to write a date: whether a Cognito authorizer
// pads the day of the month by a blank or by a zero is unconfirmed.
func sameDate(name string, gateway, token *claims.Identity) bool {
	switch name {
	case "exp":
		return gateway.Expiry.Equal(token.Expiry)
	case "iat":
		return gateway.IssuedAt.Equal(token.IssuedAt)
	}
	return false
}
