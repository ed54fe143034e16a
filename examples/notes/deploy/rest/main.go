// Command rest makes the half of the notes policy that a REST API enforces, as
// the command above it does for an HTTP API:
//
//	go run ./examples/notes/deploy/rest -out examples/notes/deploy/rest
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

func main() { apigateway.Main(notes.Handler(who(), &notes.Memory{}), options()) }

// who stands for the deployed function's identities, which environments differ in.
func who() *claims.Extractor {
	return claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
}

// options have the API answer preflights; the Terraform module makes the mock
// integrations that do so, if there is an origin to answer to.
func options() *apigateway.Options {
	return &apigateway.Options{
		Kind:  apigateway.RESTAPI,
		Title: "notes",
		CORS:  &cors.Config{Owner: cors.OwnerGatewayPreflight},
	}
}
