// Command lambda is the API of package mistakes as an AWS Lambda function. MISTAKE
// names the mistake, ISSUER the issuer of its callers' tokens.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/internal/mistakes"
)

func main() {
	h, options, err := mistakes.New(os.Getenv("MISTAKE"), os.Getenv("ISSUER"), mistakes.Page)
	if err != nil {
		log.Fatal(err)
	}
	options.Logger = lambdacontext.NewLogger()
	lambda.Start(adapter.New(h, options))
}
