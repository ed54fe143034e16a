package jwtverify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
	"github.com/gatehouse-go/gatehouse/internal/scan"
)

// differing returns the names of the claims in which the gateway's and a
// verified token's differ, sorted, and an error if one of them counts. Null is
// as good as missing.
func differing(ctx context.Context, gateway *claims.Identity, t *verified) ([]string, error) {
	said, err := gatewayClaims(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGateway, err)
	}
	proved := rendered(gateway.Source, t.claims)
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
// on. A native JWT authorizer of a REST API keeps their types.
func rendered(src claims.Source, token object) object {
	switch src {
	case claims.JWT:
		return fromTexts(authorizer.RenderHTTPAPI(token))
	case claims.Cognito:
		return fromTexts(authorizer.RenderCognito(token))
	}
	return token
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

// gatewayClaims returns all claims of an event from which an Extractor took an
// Identity: it has checked that they are in one place only, and distinct.
func gatewayClaims(ctx context.Context) (object, error) {
	event, ok := adapter.FromContext(ctx)
	if !ok {
		return nil, errMalformed
	}
	var requestContext json.RawMessage
	if err := event.RequestContext(&requestContext); err != nil {
		return nil, err
	}
	data := member(requestContext, "authorizer")
	if jwt := member(data, "jwt"); jwt != nil { // payload format 2.0
		data = jwt
	}
	return decode(member(data, "claims"))
}

// member returns a member's value in a JSON object, nil without one.
func member(object []byte, name string) []byte {
	s := scan.New(object)
	if s.Kind() != '{' {
		return nil
	}
	for s.Enter(); s.Next(); {
		found := s.Name().Is(object, name)
		start, end := s.Skip()
		if found {
			return object[start:end]
		}
	}
	return nil
}
