// Command algnhsa is a program as that library's README has it.
package main

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
)

func account(w http.ResponseWriter, r *http.Request) {
	var request events.APIGatewayV2HTTPRequest
	event, ok := adapter.FromContext(r.Context())
	if ok && event.Decode(&request) == nil {
		fmt.Fprint(w, request.RequestContext.AccountID)
	}
}

func main() {
	http.HandleFunc("/account", account)
	lambda.Start(adapter.New(http.DefaultServeMux, nil))
}
