//go:build !library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example.com"}})
	guard := &authz.Guard{Identifier: who}
	guarded := guard.Require(authz.Scope("notes/read"))(routes())
	lambda.Start(httpadapter.NewV2(awslabs.Import(guarded)).ProxyWithContext)
}
