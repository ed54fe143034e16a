// Command lambda is the report API as an AWS Lambda function. It does not start
// without
//
//	REPORT_ISSUER   the issuer of the tokens, as their iss names it
//	REVOCATION_URL  where the list of what is revoked is read, such as
//	                http://localhost:2772/applications/report/environments/prod/configurations/revoked
//	                with the AWS AppConfig extension in the function's layers
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
	"github.com/gatehouse-go/gatehouse/examples/revocation"
)

func main() {
	mux, err := setUp(os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(mux, nil))
}

// setUp reads the environment. The error names every variable that is wrong.
func setUp(getenv func(string) string) (*authz.Mux, error) {
	var problems []error
	for _, name := range []string{"REPORT_ISSUER", "REVOCATION_URL"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("revocation: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{getenv("REPORT_ISSUER")}})
	if err != nil {
		return nil, err
	}
	checker, err := revocation.NewChecker(revocation.Config{Source: revocation.URL(getenv("REVOCATION_URL"))})
	if err != nil {
		return nil, err
	}
	return revocation.Handler(who, checker), nil
}
