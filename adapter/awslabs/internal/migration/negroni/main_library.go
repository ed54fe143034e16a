//go:build library

package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	negroniadapter "github.com/awslabs/aws-lambda-go-api-proxy/negroni"
)

func main() {
	lambda.Start(negroniadapter.New(routes()).ProxyWithContext)
}
