// Command apexgateway is a program that uses apex/gateway's request context.
package main

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func account(w http.ResponseWriter, r *http.Request) {
	var rc events.APIGatewayV2HTTPRequestContext
	event, ok := adapter.FromContext(r.Context())
	if ok && event.RequestContext(&rc) == nil {
		fmt.Fprint(w, rc.AccountID)
	}
}

func main() {
	http.HandleFunc("/account", account)
	lambda.Start(adapter.New(http.DefaultServeMux, nil))
}
