package gateway

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// functionARN names the function that every gateway invokes.
const functionARN = "arn:aws:lambda:" + region + ":" + accountID + ":function:function"

// context is what the function is invoked with: a deadline and the values of an
// invocation. The caller cancels it.
func (c *call) context() (context.Context, context.CancelFunc) {
	c.invoked = true
	return context.WithTimeout(c.values(), c.gateway.config.Timeout)
}

// values is a context with what aws-lambda-go tells of an invocation, and with
// nothing of the client's connection, for Lambda never learns that a client went
// away.
func (c *call) values() context.Context {
	ctx := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		AwsRequestID:       c.invocationID,
		InvokedFunctionArn: functionARN,
	})
	//lint:ignore SA1029 the key is aws-lambda-go's (lambda/invoke_loop.go), which X-Ray's SDK looks for
	return context.WithValue(ctx, "x-amzn-trace-id", c.lambdaTrace)
}

type callKey struct{}

// withCall lets this package's authorizers see more than the request.
func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns nil outside a Gateway.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}
