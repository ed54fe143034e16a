// Command lambda is the bookings API as an AWS Lambda function behind the JWT
// authorizer of an HTTP API. It does not start without
//
//	BOOKINGS_ISSUER  the issuer of the callers' tokens, as their iss names it
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/bookings"
)

func main() {
	who, err := claims.New(claims.Config{Issuers: []string{os.Getenv("BOOKINGS_ISSUER")}})
	if err != nil {
		log.Fatal("BOOKINGS_ISSUER: ", err)
	}
	lambda.Start(adapter.New(bookings.New(who), nil))
}
