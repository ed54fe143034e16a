//go:build !library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func main() {
	lambda.Start(adapter.New(adaptor.FiberApp(routes()), nil))
}
