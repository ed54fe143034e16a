package compat

import (
	"runtime"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// raceEnabled reports on the race detector, which allocates and slows.
var raceEnabled bool

func skipUnderRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector allocates and slows: budgets are checked without it")
	}
}

func invoker(t *testing.T, h lambda.Handler, s scenario.Scenario) func() {
	ctx, cancel := s.Context()
	t.Cleanup(cancel)
	return func() {
		if _, err := h.Invoke(ctx, s.Event); err != nil {
			t.Fatal(err)
		}
	}
}

// TestChainBudget holds the whole chain, with the deadline of every invocation,
// to what it may allocate with nothing logged.
func TestChainBudget(t *testing.T) {
	skipUnderRace(t)
	const allocations, kilobytes = 29, 7.7
	s := get(t)
	s.Limited = true
	invoke := invoker(t, adapter.New(chain(), nil), s)
	if got := testing.AllocsPerRun(100, invoke); got > allocations {
		t.Errorf("%v allocations, budget %v", got, allocations)
	}
	if got := scenario.BytesPerRun(100, invoke); got > kilobytes*1024 {
		t.Errorf("%.0f bytes, budget %.0f", got, kilobytes*1024)
	}
}

// TestRatios holds this package's times against those of other work in the same
// loop. The limits are loose, since other processes share the machine: what is
// reached is in docs, with the command that measured it.
func TestRatios(t *testing.T) {
	skipUnderRace(t)
	get := get(t)
	limited := get
	limited.Limited = true
	tests := []struct {
		name       string
		ours       lambda.Handler
		scenario   scenario.Scenario
		other      lambda.Handler
		processors int
		limit      float64 // of our time in the other's
	}{
		{"adapter over the archived library", adapter.New(get.Handler, nil), get, archived(get), 2, 1 / 4.5},
		{"adapter with a deadline over the archived library", adapter.New(get.Handler, nil), limited, archived(get), 1, 1 / 4.0},
		{"whole chain over the archived library alone", adapter.New(chain(), nil), limited, archived(get), 1, 1 / 1.5},
		{"whole chain over a typed handler", adapter.New(chain(), nil), limited, lambda.NewHandler(typed), 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(test.processors))
			got := scenario.Ratio(invoker(t, test.ours, test.scenario), invoker(t, test.other, test.scenario))
			t.Logf("%.2f times the other's time, limit %.2f", got, test.limit)
			if got > test.limit {
				t.Errorf("%.2f times the other's time, limit %.2f", got, test.limit)
			}
		})
	}
}
