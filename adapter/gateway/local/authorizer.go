package local

import (
	"maps"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// authorizer is the one that admits the issuer's tokens; nil without an issuer
// and on a front that has none for tokens.
func (o *Options) authorizer() gateway.Authorizer {
	if o.Issuer == nil {
		return nil
	}
	switch o.format() {
	case adapter.HTTPAPIV1, adapter.HTTPAPIV2:
		return &gateway.JWTAuthorizer{Issuer: o.Issuer.url, Audience: o.audience(), Verify: o.Issuer.Verify}
	case adapter.RESTAPI:
		return &gateway.CognitoAuthorizer{Issuers: []string{o.Issuer.url}, Verify: o.Issuer.Verify}
	}
	return nil
}

func (o *Options) audience() []string {
	if o.Audience == nil {
		return slices.Sorted(maps.Keys(o.Issuer.clients))
	}
	return o.Audience
}
