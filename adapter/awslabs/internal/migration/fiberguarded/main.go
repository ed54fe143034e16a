//go:build !library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example.com"}})
	app := adaptor.FiberApp(routes())
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.Handle("GET /notes/{id}", authz.Scope("notes/read"), app)
	lambda.Start(adapter.New(mux, nil))
}
