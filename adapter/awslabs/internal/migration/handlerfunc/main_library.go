//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/handlerfunc"
)

func main() {
	lambda.Start(handlerfunc.NewV2(serve).ProxyWithContext)
}
