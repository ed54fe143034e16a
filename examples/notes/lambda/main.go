// Command lambda is the notes API as an AWS Lambda function, behind ANY
// /{proxy+} and a JWT or Cognito authorizer. It does not start without
//
//	NOTES_ISSUER  the issuer of the callers' tokens, as their iss names it
//	NOTES_API     the ID of the API that may invoke it
//
// because an authorizer vouches for its own API's issuer only: where the
// function's resource policy is too wide, anybody's API may invoke it.
//
// NOTES_TABLE names the DynamoDB table that keeps the notes. Without it they are
// kept in memory: each execution environment of the function has its own, and
// loses them when Lambda ends it.
//
// NOTES_ORIGIN is the origin of the pages that may read answers, behind a REST API
// that answers their preflights. An HTTP API does all of this by itself.
//
// NOTES_BASE_PATH is the base path of a custom domain's mapping, such as /orders, behind
// a REST API. An HTTP API's events do not have it.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/dynamostore"
)

func main() {
	pins, err := pinsFrom(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	who, err := claims.New(pins)
	if err != nil {
		log.Fatal(err)
	}
	store, err := storeFrom(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	h, err := readableFrom(os.Getenv, notes.Handler(who, store))
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(h, optionsFrom(os.Getenv)))
}

// optionsFrom removes the base path that the environment names.
func optionsFrom(getenv func(string) string) *adapter.Options {
	options := notes.Observed()
	if base := getenv("NOTES_BASE_PATH"); base != "" {
		options.BasePaths = []string{base}
	}
	return options
}

// readableFrom lets pages of the origin that the environment names read answers.
func readableFrom(getenv func(string) string, h http.Handler) (http.Handler, error) {
	origin := getenv("NOTES_ORIGIN")
	if origin == "" {
		return h, nil
	}
	pages, err := cors.New(cors.Config{AllowOrigins: []string{origin}, Owner: cors.OwnerGatewayPreflight})
	if err != nil {
		return nil, fmt.Errorf("notes: NOTES_ORIGIN: %w", err)
	}
	return pages.Wrap(h), nil
}

// storeFrom returns the store that the environment names.
func storeFrom(getenv func(string) string) (notes.Store, error) {
	if table := getenv("NOTES_TABLE"); table != "" {
		return dynamostore.Open(context.Background(), table)
	}
	log.Print("NOTES_TABLE is not set: notes are kept in memory and end with this execution environment")
	return &notes.Memory{}, nil
}
