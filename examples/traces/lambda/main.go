// Command lambda is the API of orders as an AWS Lambda function whose spans a
// collector gets. It does not start without
//
//	OTEL_EXPORTER_OTLP_ENDPOINT  the collector, such as http://localhost:4318
//
// OTEL_TRACES_SAMPLER=always_on makes spans of every request. Without it the trace
// of the invocation decides, which Lambda samples only with active tracing.
package main

import (
	"log"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/examples/traces"
)

func main() {
	logger := lambdacontext.NewLogger()
	t, err := traces.FromEnv(logger)
	if err != nil {
		log.Fatal(err)
	}
	h := adapter.New(t.Wrap(traces.Handler()), &adapter.Options{
		Logger: logger,
		Done:   t.Done(adapter.AccessLog(logger, nil)),
	})
	lambda.StartWithOptions(h, lambda.WithEnableSIGTERM(t.Shutdown))
}
