// Command lambda is the API for files as an AWS Lambda function. It does not start
// without
//
//	FILES_ISSUER  the issuer of the tokens, as their iss names it
//	FILES_BUCKET  the bucket
//
// Which file is whose is in memory, and ends with the execution environment: a function
// that is used keeps it in a table.
//
// The function's role needs s3:PutObject and s3:GetObject on arn:aws:s3:::BUCKET/*:
// a URL can do no more than who signed it.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/uploads"
)

func main() {
	mux, err := setUp(context.Background(), os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(adapter.New(mux, nil))
}

// setUp reads the environment. The error names every variable that is wrong.
func setUp(ctx context.Context, getenv func(string) string) (*authz.Mux, error) {
	var problems []error
	for _, name := range []string{"FILES_ISSUER", "FILES_BUCKET"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("uploads: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{getenv("FILES_ISSUER")}})
	if err != nil {
		return nil, err
	}
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	return uploads.Handler(who, uploads.NewS3(s3.NewFromConfig(c), getenv("FILES_BUCKET"))), nil
}
