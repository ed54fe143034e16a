// Command trigger puts the user's verified e-mail address into access tokens, as the
// pre token generation trigger of an Amazon Cognito user pool. The trigger's version
// must be V2_0 or later: V1_0 changes ID tokens alone
// (https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html).
package main

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

func main() { lambda.Start(generate) }

// generate fails for an event of another version: Cognito would ignore what it says,
// and tokens would lack the address without a word. While it fails, nobody signs in.
func generate(_ context.Context, e events.CognitoEventUserPoolsPreTokenGenV2_0) (events.CognitoEventUserPoolsPreTokenGenV2_0, error) {
	if e.Version == "1" {
		return e, errors.New("profile: the trigger's LambdaVersion is V1_0; set V2_0")
	}
	email := e.Request.UserAttributes["email"]
	if email != "" && e.Request.UserAttributes["email_verified"] == "true" {
		e.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride = map[string]any{"email": email}
	}
	return e, nil
}
