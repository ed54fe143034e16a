//go:build !library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example.com"}})
	app := adaptor.FiberApp(routes(fiber.Config{CaseSensitive: true, StrictRouting: true}))
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.Handle("GET /notes/{id}", authz.Scope("notes/read"), app)
	mux.Handle("GET /notes/export", authz.Scope("notes/admin"), app)
	lambda.Start(adapter.New(mux, nil))
}
