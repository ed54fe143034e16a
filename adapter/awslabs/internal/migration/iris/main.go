//go:build !library

package main

import (
	"log"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
)

func main() {
	app := routes()
	if err := app.Build(); err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(awslabs.Export(app), nil))
}
