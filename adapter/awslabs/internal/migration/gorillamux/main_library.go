//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/gorillamux"
)

func main() {
	lambda.Start(gorillamux.New(routes()).ProxyWithContext)
}
