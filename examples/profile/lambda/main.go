// Command lambda is the profile as an AWS Lambda function. It does not start without
//
//	PROFILE_ISSUER    the issuer of the tokens, as their iss names it
//	PROFILE_USERINFO  its userInfo endpoint: https://DOMAIN/oauth2/userInfo for a
//	                  Cognito user pool with that domain
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
	"github.com/gatehouse-go/gatehouse/examples/profile"
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
	for _, name := range []string{"PROFILE_ISSUER", "PROFILE_USERINFO"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("profile: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{getenv("PROFILE_ISSUER")}})
	if err != nil {
		return nil, err
	}
	info, err := profile.NewUserInfo(getenv("PROFILE_USERINFO"))
	if err != nil {
		return nil, err
	}
	return profile.Handler(who, info), nil
}
