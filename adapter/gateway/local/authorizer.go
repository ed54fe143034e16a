package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// authorizers fills in who is asked about tokens: the first issuer on routes
// that name nobody, and each that has a name on routes that name it.
func (o *Options) authorizers(config *gateway.Config) {
	config.Authorizers = map[string]gateway.Authorizer{}
	if o.Verify != nil && o.checkVerify() == nil {
		config.Authorizer, config.Authorizers = o.pools()
	}
	for n, i := range o.Issuers {
		if i == nil || o.authorizer(i) == nil {
			continue // reported by check
		}
		if n == 0 {
			config.Authorizer = o.authorizer(i)
		}
		if i.name != "" {
			config.Authorizers[i.name] = o.authorizer(i)
		}
	}
}

// authorizer is the one that admits the tokens of i; nil on a front that has
// none for tokens.
func (o *Options) authorizer(i *Issuer) gateway.Authorizer {
	switch o.format() {
	case adapter.HTTPAPIV1, adapter.HTTPAPIV2:
		return &gateway.JWTAuthorizer{Issuer: i.url, Audience: o.audience(i), Verify: i.Verify}
	case adapter.RESTAPI:
		if o.NativeJWT {
			return nativeJWT([]string{i.url}, o.audience(i), i.Verify)
		}
		return &gateway.CognitoAuthorizer{Issuers: []string{i.url}, Verify: i.Verify}
	}
	return nil
}

// nativeJWT takes every algorithm, since verify knows which one is right for the
// key.
func nativeJWT(issuers, audience []string, verify func(context.Context, string) (json.RawMessage, error)) *gateway.NativeJWTAuthorizer {
	a := &gateway.NativeJWTAuthorizer{
		Algorithms: []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		Verify:     verify,
	}
	for _, issuer := range issuers {
		a.Issuers = append(a.Issuers, gateway.JWTIssuer{Issuer: issuer, Audiences: audience})
	}
	return a
}

func (o *Options) audience(i *Issuer) []string {
	if o.Audience != nil {
		return o.Audience
	}
	audience := i.clientIDs()
	for _, id := range slices.Clone(audience) {
		audience = append(audience, i.clients[id].Resources...)
	}
	return audience
}

// checkIssuers wants each issuer but the first to have a name, by which routes
// can ask for it.
func (o *Options) checkIssuers() error {
	var problems []error
	names, urls := map[string]bool{}, map[string]bool{}
	if o.Verify != nil {
		for name, url := range o.Verify.Trust().IssuerNames {
			names[name], urls[url] = true, true
		}
	}
	for n, i := range o.Issuers {
		if i == nil {
			problems = append(problems, fmt.Errorf("local: Issuers[%d] is nil", n))
			continue
		}
		if o.authorizer(i) == nil {
			problems = append(problems, fmt.Errorf("local: a %v has no authorizer for an issuer's tokens", o.format()))
		}
		if n > 0 && i.name == "" {
			problems = append(problems, fmt.Errorf("local: issuer %q has no name, and only the first can do without: no route could ask for its tokens", i.url))
		}
		if i.name != "" {
			problems = append(problems, unique("issuer", i.name, names))
		}
		problems = append(problems, unique("issuer URL", i.url, urls))
	}
	return errors.Join(problems...)
}
