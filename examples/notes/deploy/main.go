// Command deploy makes the gateway's half of the notes policy, and checks what is
// deployed against it. Run it in the repository's root:
//
//	go run ./examples/notes/deploy -out examples/notes/deploy
//	go run ./examples/notes/deploy -diff examples/notes/deploy
//	go run ./examples/notes/deploy -compare OLD/routes.json
//	go run ./examples/notes/deploy -commands API -function ARN:live > collect.sh
//	sh collect.sh STATE && go run ./examples/notes/deploy -check STATE -env prod.json
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

func main() { apigateway.Main(notes.Handler(who(), &notes.Memory{}), options()) }

// who stands for the deployed function's identities. Which issuer that is differs
// between environments: the name says that this one is none.
func who() *claims.Extractor {
	return claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
}

// options are what the templates of this folder decide: the API answers preflights,
// if it has origins to answer to, and the function is called by its alias.
func options() *apigateway.Options {
	return &apigateway.Options{
		Title: "notes",
		CORS:  &cors.Config{Owner: cors.OwnerGateway},
		CloudFormation: apigateway.CloudFormation{
			Function: "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}:live",
			Issuers: map[string]apigateway.Issuer{"": {
				Issuer:    "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}",
				Audiences: []string{"${WebClient}", "${MachineClient}"},
			}},
		},
	}
}
