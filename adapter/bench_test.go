package adapter_test

import (
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// events is where the events of this package's tests are.
const events = "testdata/events"

// BenchmarkInvoke runs each scenario through lambda.NewHandler, as in
// production. internal/compat has the same rows beside other libraries.
func BenchmarkInvoke(b *testing.B) {
	for _, s := range scenario.All(b, events) {
		b.Run(s.Name, func(b *testing.B) {
			s.Benchmark(b, lambda.NewHandler(adapter.New(s.Handler, nil)))
		})
	}
}
