// Command lambda is the notes-gin example as an AWS Lambda function, behind ANY
// /{proxy+} and a JWT or Cognito authorizer. It does not start without
//
//	NOTES_ISSUER  the issuer of the callers' tokens, as their iss names it
//	NOTES_API     the ID of the API that may invoke it
//
// for the reason that examples/notes/lambda gives. Notes are kept in memory and
// end with each execution environment.
package main

import (
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesgin "github.com/gatehouse-go/gatehouse/examples/notes-gin"
)

func main() {
	who, err := claims.New(claims.Config{ // an empty pin is an error
		Issuers: []string{os.Getenv("NOTES_ISSUER")},
		APIs:    []string{os.Getenv("NOTES_API")},
	})
	if err != nil {
		log.Fatal("set NOTES_ISSUER and NOTES_API: ", err)
	}
	lambda.Start(adapter.New(notesgin.Handler(who, &notes.Memory{}), notes.Observed()))
}
