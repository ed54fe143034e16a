package providers

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Google is for the ID tokens of our own website's users, who are all of one
// Workspace domain. There are no scopes in them.
func Google() Provider {
	const website = "407408718192-abc.apps.googleusercontent.com"
	tokens := jwtverify.OIDC("https://accounts.google.com", website)
	tokens.Clients = []string{website} // azp, too
	member := authz.All(
		authz.Claim("azp", website), // not a service account that asked for our audience
		authz.Claim("hd", "example.com"),
	)
	return Provider{
		Claims: claims.Config{
			Issuers:   []string{"https://accounts.google.com"},
			Audiences: []string{website},
		},
		Tokens: tokens,
		Read:   member,
		Write:  member,
		Delete: authz.All(member, authz.Func("an admin of ours", isAdmin)),
	}
}
