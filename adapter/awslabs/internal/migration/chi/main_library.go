//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	chiadapter "github.com/awslabs/aws-lambda-go-api-proxy/chi"
)

func main() {
	lambda.Start(chiadapter.NewV2(routes()).ProxyWithContextV2)
}
