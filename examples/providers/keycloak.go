package providers

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Keycloak is for the access tokens of a realm whose clients have an audience
// mapper, and a role mapper that writes the list "roles" at the top of the token.
func Keycloak() Provider {
	return Provider{
		Claims: claims.Config{
			Issuers:            []string{"https://login.example.com/realms/notes"},
			Audiences:          []string{"notes-api"},
			Lists:              []string{"aud", "roles"},
			AccessTokenIssuers: []string{"https://login.example.com/realms/notes"},
		},
		Tokens: jwtverify.OIDC("https://login.example.com/realms/notes", "notes-api"),
		Read:   authz.Scope("notes:read"),
		Write:  authz.Scope("notes:write"),
		Delete: authz.All(authz.AccessToken(), authz.Claim("roles", "staff")),
	}
}

// KeycloakRealmRoles reads realm roles where Keycloak writes them by default. It
// needs claims with their JSON types.
func KeycloakRealmRoles() authz.Requirement {
	return authz.ClaimPath([]string{"realm_access", "roles"}, "staff")
}
