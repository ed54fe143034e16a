package compat

import (
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

const events = "../../adapter/testdata/events"

// BenchmarkInvoke runs each scenario on package adapter and on the archived
// aws-lambda-go-api-proxy, which most teams used, in turns.
func BenchmarkInvoke(b *testing.B) {
	for _, s := range scenario.All(b, events) {
		b.Run(s.Name+"/gatehouse", func(b *testing.B) {
			s.Benchmark(b, lambda.NewHandler(adapter.New(s.Handler, nil)))
		})
		b.Run(s.Name+"/archived", func(b *testing.B) {
			s.Benchmark(b, archived(s))
		})
	}
}

func archived(s scenario.Scenario) lambda.Handler {
	if s.REST {
		return lambda.NewHandler(httpadapter.New(s.Handler).ProxyWithContext)
	}
	return lambda.NewHandler(httpadapter.NewV2(s.Handler).ProxyWithContext)
}
