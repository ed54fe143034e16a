// Command lambda is the one function. It does not start without
//
//	NOTES_ISSUER  the issuer of the tokens, as their iss names it
//	NOTES_API     the ID of the HTTP API
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
)

func main() {
	mux, err := setUp(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(mux, nil))
}

// setUp reads the environment. The error names every variable that is missing.
func setUp(getenv func(string) string) (*authz.Mux, error) {
	var problems []error
	for _, name := range []string{"NOTES_ISSUER", "NOTES_API"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("consolidate: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{
		Issuers: []string{getenv("NOTES_ISSUER")},
		APIs:    []string{getenv("NOTES_API")},
	})
	if err != nil {
		return nil, err
	}
	return consolidate.API(who, new(consolidate.Notes)), nil
}
