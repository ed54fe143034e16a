package awslabs_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs"
	"github.com/gatehouse-go/gatehouse/claims"
)

// stage is a handler as it was written for the library.
func stage(w http.ResponseWriter, r *http.Request) {
	rc, ok := core.GetAPIGatewayV2ContextFromContext(r.Context())
	fmt.Fprint(w, rc.Stage, " ", ok)
}

const getStage = `{
	"version": "2.0",
	"rawPath": "/stage",
	"requestContext": {"stage": "prod", "http": {"method": "GET", "path": "/stage"}}
}`

// Only main changes: lambda.Start(httpadapter.NewV2(handler).ProxyWithContext)
// becomes lambda.Start(adapter.New(awslabs.Export(handler), nil)).
func ExampleExport() {
	h := adapter.New(awslabs.Export(http.HandlerFunc(stage)), nil)

	reply, err := h.Invoke(context.Background(), []byte(getStage))
	fmt.Println(string(reply), err)
	// Output:
	// {"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"isBase64Encoded":false,"body":"prod true"} <nil>
}

// Without Export, the library's accessors know nothing.
func ExampleExport_wrong() {
	h := adapter.New(http.HandlerFunc(stage), nil)

	reply, err := h.Invoke(context.Background(), []byte(getStage))
	fmt.Println(string(reply), err)
	// Output:
	// {"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"isBase64Encoded":false,"body":" false"} <nil>
}

// The other way round, main stays with the library for now and the handler asks
// claims who is calling.
func ExampleImport() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example.com"}})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, ok := claims.FromContext(r.Context())
		if !ok {
			http.Error(w, "who is it?", http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, caller.Subject)
	})
	library := httpadapter.NewV2(awslabs.Import(who.Wrap(handler)))

	var event events.APIGatewayV2HTTPRequest // as lambda.Start would decode it
	event.RequestContext.HTTP.Method = "GET"
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
			Claims: map[string]string{"sub": "f2a4c6d8", "iss": "https://issuer.example.com"},
		},
	}
	response, err := library.ProxyWithContext(context.Background(), event)
	fmt.Println(response.StatusCode, response.Body, err)
	// Output: 200 f2a4c6d8 <nil>
}

// A program with a Lambda handler of its own keeps it.
func ExampleNewV2() {
	proxy := awslabs.NewV2(http.HandlerFunc(stage), nil)
	handle := func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		response, err := proxy.ProxyWithContext(ctx, event)
		if err == nil {
			response.Headers["X-Request"] = event.RequestContext.RequestID
		}
		return response, err
	}

	var event events.APIGatewayV2HTTPRequest // as lambda.Start would decode it
	event.RequestContext.HTTP.Method = "GET"
	event.RequestContext.RequestID = "ATfSmjLgPHcESJw="
	event.RequestContext.Stage = "prod"
	response, err := handle(context.Background(), event)
	fmt.Println(response.Body, response.Headers["X-Request"], err)
	// Output: prod true ATfSmjLgPHcESJw= <nil>
}
