// Command lambda is the API for jobs, and their worker, as one AWS Lambda function.
// It does not start without
//
//	JOBS_ISSUER     the issuer of the tokens, as their iss names it
//	JOBS_TABLE      the DynamoDB table
//	JOBS_QUEUE_URL  the queue, to send to
//	JOBS_QUEUE_ARN  the same queue, as its events name it
//	JOBS_RULE_ARN   the EventBridge rule of the schedule
//
// JOBS_POOL is the ID of a Cognito identity pool whose users may invoke the function
// themselves; empty: nobody may. The role of the pool's guests must not have
// lambda:InvokeFunction, since guests cannot be told from users.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/jobs"
	"github.com/gatehouse-go/gatehouse/examples/jobs/awsjobs"
)

func main() {
	h, err := setUp(context.Background(), os.Getenv)
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(h)
}

// setUp reads the environment. The error names every variable that is missing.
func setUp(ctx context.Context, getenv func(string) string) (*adapter.Handler, error) {
	var problems []error
	for _, name := range []string{"JOBS_ISSUER", "JOBS_TABLE", "JOBS_QUEUE_URL", "JOBS_QUEUE_ARN", "JOBS_RULE_ARN"} {
		if getenv(name) == "" {
			problems = append(problems, fmt.Errorf("jobs: %s is not set", name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{getenv("JOBS_ISSUER")}})
	if err != nil {
		return nil, err
	}
	var pools *claims.Extractor
	if pool := getenv("JOBS_POOL"); pool != "" {
		pools, err = claims.New(claims.Config{Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{pool}})
		if err != nil {
			return nil, err
		}
	}
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	s := &jobs.Service{
		Store: awsjobs.NewTable(dynamodb.NewFromConfig(c), getenv("JOBS_TABLE")),
		Queue: awsjobs.NewQueue(sqs.NewFromConfig(c), getenv("JOBS_QUEUE_URL")),
		Work:  jobs.Count,
	}
	fallback := s.Fallback(getenv("JOBS_QUEUE_ARN"), getenv("JOBS_RULE_ARN"), pools)
	return adapter.New(s.Handler(who), &adapter.Options{Fallback: fallback.Handle}), nil
}
