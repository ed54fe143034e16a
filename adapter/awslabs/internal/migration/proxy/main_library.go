//go:build library

package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"
)

var proxy = httpadapter.NewV2(routes())

func handle(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	response, err := proxy.ProxyWithContext(ctx, event)
	if err == nil {
		response.Headers["X-Request"] = event.RequestContext.RequestID
	}
	return response, err
}

func main() {
	lambda.Start(handle)
}
