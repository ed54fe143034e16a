// Command xray is an AWS Lambda function that traces with AWS's X-Ray SDK. The SDK
// finds Lambda's segment in the request's context, where package adapter leaves what
// the runtime put there. Nothing needs to be flushed: each subsegment is sent to
// the daemon in the execution environment, by UDP, when it ends.
package main

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-xray-sdk-go/xray"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
)

func main() {
	lambda.Start(adapter.New(handler(), nil))
}

func handler() http.Handler {
	mux := authz.NewMux(nil)
	mux.HandleFunc("GET /orders/{id}", authz.Public(), func(w http.ResponseWriter, r *http.Request) {
		err := xray.Capture(r.Context(), "find order", func(context.Context) error { return nil })
		if err != nil {
			http.Error(w, "no order", http.StatusInternalServerError)
		}
	})
	return mux
}
