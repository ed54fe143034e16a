// Command lambda is the partners' API as an AWS Lambda function, behind a REST API
// with a Cognito authorizer and usage plans. It does not start without
//
//	RATES_ISSUER    the issuer of the tokens, as their iss names it
//	RATES_API       the ID of the REST API
//	RATES_PARTNERS  {"client id": {"tier": 1, "key_id": "…"}}: tier 1 is basic, 2 is
//	                premium; key_id is the ID of the API key, not the key
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
	"github.com/gatehouse-go/gatehouse/examples/partners"
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
	for _, name := range []string{"RATES_ISSUER", "RATES_API", "RATES_PARTNERS"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("partners: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	all, err := partners.Parse([]byte(getenv("RATES_PARTNERS")))
	if err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{
		Sources: []claims.Source{claims.Cognito},
		Issuers: []string{getenv("RATES_ISSUER")},
		APIs:    []string{getenv("RATES_API")},
	})
	if err != nil {
		return nil, err
	}
	return partners.Handler(who, all), nil
}
