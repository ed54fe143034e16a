package adapter_test

import (
	"fmt"
	"net/http"
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

// BenchmarkDeadline shows what a deadline costs, for a handler that needs little
// stack and for one that needs 8 KB: the second must not pay more. It leans on how
// today's runtime grows stacks, and so runs on every Go of the workflow.
func BenchmarkDeadline(b *testing.B) {
	for name, handler := range map[string]http.HandlerFunc{"shallow": scenario.SayHello, "deep": deep} {
		for _, limited := range []bool{false, true} {
			s := scenario.All(b, events)[0]
			s.Handler, s.Limited = handler, limited
			b.Run(fmt.Sprintf("%s/limited=%v", name, limited), func(b *testing.B) {
				s.Benchmark(b, adapter.New(s.Handler, nil))
			})
			b.Run(fmt.Sprintf("%s/limited=%v/streamed", name, limited), func(b *testing.B) {
				benchmarkStream(b, s)
			})
		}
	}
}

// benchmarkStream reads a streamed reply to its end.
func benchmarkStream(b *testing.B, s scenario.Scenario) {
	h := adapter.New(s.Handler, nil)
	ctx, cancel := s.Context()
	defer cancel()
	event := []byte(functionURLEvent())
	buffer := make([]byte, 32<<10)
	b.ReportAllocs()
	for b.Loop() {
		st, err := h.Stream(ctx, event)
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = st.Read(buffer)
		}
		_ = st.Close()
	}
}
