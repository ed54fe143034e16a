// Command lambda is the API in one of its configurations, as an AWS Lambda function.
// CALLERS_PATTERN names it: public, backend, service, network or guest. What that
// needs comes from CALLERS_ISSUER, CALLERS_BACKEND, CALLERS_GUESTS, CALLERS_API and
// CALLERS_ACCOUNT; the function does not start without.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/callers"
)

func main() {
	mux, err := callers.Handler(os.Getenv("CALLERS_PATTERN"), callers.Settings{
		Issuer:  os.Getenv("CALLERS_ISSUER"),
		Backend: os.Getenv("CALLERS_BACKEND"),
		Guests:  os.Getenv("CALLERS_GUESTS"),
		API:     os.Getenv("CALLERS_API"),
		Account: os.Getenv("CALLERS_ACCOUNT"),
	})
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(mux, nil))
}
