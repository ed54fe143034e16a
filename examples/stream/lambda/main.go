// Command lambda is the stream example as an AWS Lambda function. It must stand
// behind a front that streams: a function URL with invoke mode RESPONSE_STREAM,
// or a REST API with response transfer mode STREAM.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/stream"
)

func main() {
	lambda.Start(adapter.New(stream.Handler(), nil).Stream)
}
