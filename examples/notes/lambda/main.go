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
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
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
	lambda.Start(adapter.New(notes.Handler(who, store), notes.Observed()))
}

// storeFrom returns the store that the environment names.
func storeFrom(getenv func(string) string) (notes.Store, error) {
	if table := getenv("NOTES_TABLE"); table != "" {
		return dynamostore.Open(context.Background(), table)
	}
	log.Print("NOTES_TABLE is not set: notes are kept in memory and end with this execution environment")
	return &notes.Memory{}, nil
}
