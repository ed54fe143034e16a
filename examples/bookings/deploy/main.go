// Command deploy completes the bookings' OpenAPI document for API Gateway: security
// of the policy, integrations, and the paths that the document lacks.
//
//	go run ./examples/bookings/deploy -out DIR
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/bookings"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
	apigateway.Main(bookings.New(who), &apigateway.Options{Document: bookings.Document})
}
