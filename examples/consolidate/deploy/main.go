// Command deploy makes the gateway's half of the policy, and checks which of its
// routes lead to the one function already: docs/one-function.md.
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}}) // the environment's file has the issuer
	apigateway.Main(consolidate.API(who, new(consolidate.Notes)), nil)
}
