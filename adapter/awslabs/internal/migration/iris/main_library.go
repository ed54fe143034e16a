//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	irisadapter "github.com/awslabs/aws-lambda-go-api-proxy/iris"
)

func main() {
	lambda.Start(irisadapter.New(routes()).ProxyWithContext)
}
