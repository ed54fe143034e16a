//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	fiberadapter "github.com/awslabs/aws-lambda-go-api-proxy/fiber"
	"github.com/gofiber/fiber/v2"
)

func main() {
	lambda.Start(fiberadapter.New(routes(fiber.Config{})).ProxyWithContextV2)
}
