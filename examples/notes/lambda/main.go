// Command lambda is the notes API as an AWS Lambda function, behind ANY
// /{proxy+} and a JWT or Cognito authorizer. It does not start without
//
//	NOTES_ISSUER  the issuer of the callers' tokens, as their iss names it
//	NOTES_API     the ID of the API that may invoke it
//
// because an authorizer vouches for its own API's issuer only: where the
// function's resource policy is too wide, anybody's API may invoke it.
//
// Notes are kept in memory, for an example cannot know your database: each
// execution environment of the function has its own, and loses them when Lambda
// ends it. A real deployment passes another notes.Store, of three methods, which
// is all that changes here.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
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
	log.Print("notes are kept in memory and end with this execution environment")
	lambda.Start(adapter.New(notes.Handler(who, &notes.Memory{}), nil))
}
