package gateway

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// functionARN names the function that every gateway invokes.
const functionARN = "arn:aws:lambda:" + region + ":" + accountID + ":function:function"

// context is what the function is invoked with: a deadline and what
// aws-lambda-go tells of an invocation, and nothing of the client's connection,
// for Lambda never learns that a client went away. It is to be canceled.
func (c *call) context() (context.Context, context.CancelFunc) {
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID:       c.invocationID,
		InvokedFunctionArn: functionARN,
	})
	//lint:ignore SA1029 the key is aws-lambda-go's (lambda/invoke_loop.go), which X-Ray's SDK looks for
	ctx = context.WithValue(ctx, "x-amzn-trace-id", c.lambdaTrace)
	return context.WithTimeout(ctx, c.gateway.config.Timeout)
}
