// Command lambda is the hello-echo example as an AWS Lambda function.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	helloecho "github.com/gatehouse-go/gatehouse/examples/hello-echo"
)

func main() {
	lambda.Start(adapter.New(helloecho.Handler(), nil))
}
