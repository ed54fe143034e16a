package providers

import (
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Cognito is for the access tokens of a user pool. cognito:groups is a list
// without more ado, since the names of groups hold no blanks.
func Cognito() Provider {
	return Provider{
		Claims: claims.Config{
			Issuers:   []string{claims.CognitoUserPool("eu-west-1_AbCdEfGhI")},
			Audiences: []string{"7abc1d2ef3gh"}, // the clients
		},
		Tokens: jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh"),
		Read:   authz.Scope("notes-api/read"),
		Write:  authz.Scope("notes-api/write"),
		Delete: authz.All(authz.AccessToken(), authz.Groups("staff")),
	}
}
