package providers

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Auth0 is for the access tokens of a tenant's API. The audience is a list as soon
// as the client asks for openid.
func Auth0() Provider {
	return Provider{
		Claims: claims.Config{
			Issuers:            []string{"https://notes.eu.auth0.com/"}, // with the slash
			Audiences:          []string{"https://notes.example.com"},   // the API's identifier
			Lists:              []string{"aud", "permissions"},
			AccessTokenIssuers: []string{"https://notes.eu.auth0.com/"},
		},
		Tokens: jwtverify.OIDC("https://notes.eu.auth0.com/", "https://notes.example.com"),
		Read:   authz.Scope("read:notes"),
		Write:  authz.Scope("write:notes"),
		Delete: authz.All(authz.AccessToken(), authz.Claim("permissions", "delete:notes")),
	}
}
