package providers

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Entra is for version 2 access tokens of one tenant. Users bring scopes, services
// bring app roles, and a token may have neither.
func Entra() Provider {
	const (
		tenant = "https://login.microsoftonline.com/8c5b0a52-5c1c-4f0e-9d0e-3f6f2a9b7d11/v2.0"
		api    = "2f1e6a0c-7b1d-4d0a-9a53-6c1f0e8b4a77" // the API's own application ID
	)
	return Provider{
		Claims: claims.Config{
			Issuers:            []string{tenant},
			Audiences:          []string{api},
			Lists:              []string{"roles"},
			AccessTokenIssuers: []string{tenant}, // the website has another application ID
		},
		Tokens: jwtverify.OIDC(tenant, api),
		Read:   authz.Any(authz.Scope("Notes.Read"), authz.Claim("roles", "Notes.Read.All")),
		Write:  authz.Scope("Notes.Write"),
		Delete: authz.All(authz.AccessToken(), authz.Claim("roles", "Staff")),
	}
}
