// Command lambda is the machines' API as an AWS Lambda function. It does not start
// without
//
//	REPORT_ISSUER  the issuer of the tokens, as their iss names it
//	REPORT_APIS    the IDs of the APIs, separated by blanks: a JWT authorizer, IAM and
//	               mutual TLS are settings of different routes or domains
//
// REPORT_ROLES are ARNs of IAM roles that may call, separated by blanks, and
// REPORT_SUBJECTS subjects of certificates, separated by semicolons; empty: none.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/machines"
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
	for _, name := range []string{"REPORT_ISSUER", "REPORT_APIS"} {
		if strings.TrimSpace(getenv(name)) == "" {
			problems = append(problems, fmt.Errorf("machines: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{
		Sources: []claims.Source{claims.JWT, claims.SigV4, claims.ClientCertificate},
		Issuers: []string{getenv("REPORT_ISSUER")},
		APIs:    strings.Fields(getenv("REPORT_APIS")),
	})
	if err != nil {
		return nil, err
	}
	return machines.Handler(who, machines.Known{
		Roles:    strings.Fields(getenv("REPORT_ROLES")),
		Subjects: strings.Split(getenv("REPORT_SUBJECTS"), ";"),
	}), nil
}
