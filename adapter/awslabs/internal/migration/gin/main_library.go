//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	ginadapter "github.com/awslabs/aws-lambda-go-api-proxy/gin"
)

func main() {
	lambda.Start(ginadapter.NewV2(routes()).ProxyWithContext)
}
