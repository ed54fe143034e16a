// Command lambda is the hello example as an AWS Lambda function.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/hello"
)

func main() {
	lambda.Start(adapter.New(hello.Handler(), nil))
}
