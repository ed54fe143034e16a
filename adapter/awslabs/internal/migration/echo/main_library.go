//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	echoadapter "github.com/awslabs/aws-lambda-go-api-proxy/echo"
)

func main() {
	lambda.Start(echoadapter.NewV2(routes()).ProxyWithContext)
}
