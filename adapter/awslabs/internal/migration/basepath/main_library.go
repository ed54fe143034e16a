//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
)

func main() {
	proxy := httpadapter.New(routes())
	proxy.StripBasePath("/orders")
	lambda.Start(proxy.ProxyWithContext)
}
