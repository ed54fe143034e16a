package adapter_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// raceEnabled tells of the race detector, which allocates and slows.
var raceEnabled bool

func skipUnderRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector allocates on its own: budgets are checked without it")
	}
}

// budget is what one invocation of a scenario may allocate, from event bytes to
// reply bytes, the handler's own share included. Of large bodies the bytes are
// counted per byte of the body.
type budget struct {
	allocs       float64
	bytes        float64
	bytesPerByte float64
}

const kB = 1024

var budgets = map[string]budget{
	"GET/v2":                {allocs: 13, bytes: 5.2 * kB},
	"GET/REST":              {allocs: 13, bytes: 6.4 * kB},
	"GET/v2/deadline":       {allocs: 15},
	"GET/REST/deadline":     {allocs: 15},
	"GET/ALB":               {allocs: 17, bytes: 3.3 * kB},
	"POST/v2":               {allocs: 19},
	"POST/REST":             {allocs: 19},
	"cookies":               {allocs: 18},
	"upload/streamed":       {allocs: 14, bytesPerByte: 0.01},
	"upload/text":           {allocs: 60, bytesPerByte: 2.8}, // most of it io.ReadAll's
	"download/one write":    {allocs: 14, bytesPerByte: 1.36},
	"download/32 KB writes": {allocs: 14, bytesPerByte: 1.5},
	"download/JSON":         {allocs: 14, bytesPerByte: 1.25},
}

func TestBudgets(t *testing.T) {
	skipUnderRace(t)
	for _, s := range scenario.All(t, events) {
		limit, ok := budgets[s.Name]
		if !ok {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			invoke := invoker(t, s)
			if allocs := testing.AllocsPerRun(50, invoke); allocs > limit.allocs {
				t.Errorf("%v allocations, budget %v", allocs, limit.allocs)
			}
			bytes := scenario.BytesPerRun(50, invoke)
			if limit.bytes > 0 && bytes > limit.bytes {
				t.Errorf("%.0f bytes, budget %.0f", bytes, limit.bytes)
			}
			if per := bytes / float64(s.Bytes); limit.bytesPerByte > 0 && per > limit.bytesPerByte {
				t.Errorf("%.3f bytes per byte of the body, budget %v", per, limit.bytesPerByte)
			}
		})
	}
}

func invoker(t *testing.T, s scenario.Scenario) func() {
	h := adapter.New(s.Handler, nil)
	ctx, cancel := s.Context()
	t.Cleanup(cancel)
	return func() {
		if _, err := h.Invoke(ctx, s.Event); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMachineFree holds an invocation's time against that of work which no
// adapter can avoid, both measured in turns, so that the machine cancels out.
func TestMachineFree(t *testing.T) {
	skipUnderRace(t)
	const limit = 12
	get := scenario.All(t, events)[0]
	if got := scenario.Ratio(invoker(t, get), bareRequest(t, get)); got > limit {
		t.Errorf("%s: %.1f times the handler, a Request and its header map alone, limit %v", get.Name, got, limit)
	}
}

// TestDeadlinePrice holds the time of an invocation with a deadline against that of
// one without, for a handler that needs little stack and for one that needs much:
// what the deadline costs must not depend on what the handler calls.
func TestDeadlinePrice(t *testing.T) {
	skipUnderRace(t)
	const limit = 4 // loose: with two processors most of it is waking the other one
	for name, handler := range map[string]http.HandlerFunc{"shallow": scenario.SayHello, "deep": deep} {
		s := scenario.All(t, events)[0]
		s.Handler = handler
		without := invoker(t, s)
		s.Limited = true
		got := scenario.Ratio(invoker(t, s), without)
		t.Logf("%s: %.2f times", name, got)
		if got > limit {
			t.Errorf("%s: %.2f times as long with a deadline, limit %v", name, got, limit)
		}
	}
}

// deep is a handler that needs about 8 KB of stack, as the whole chain with a
// router does.
func deep(w http.ResponseWriter, r *http.Request) {
	if descend(8) > 0 {
		scenario.SayHello(w, r)
	}
}

//go:noinline
func descend(levels int) byte {
	var frame [1 << 10]byte
	frame[levels] = 1
	if levels > 0 {
		frame[0] = descend(levels - 1)
	}
	return frame[levels] + frame[0]
}

// bareRequest calls the handler with no more of a request than net/http demands.
func bareRequest(t *testing.T, s scenario.Scenario) func() {
	var names []string
	probe := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		names = slices.Collect(maps.Keys(r.Header))
	}), nil)
	if _, err := probe.Invoke(context.Background(), s.Event); err != nil {
		t.Fatal(err)
	}
	return func() {
		header := make(http.Header, len(names))
		values := make([]string, len(names))
		for i, name := range names {
			header[name] = values[i : i+1 : i+1]
		}
		s.Handler(discard{make(http.Header)}, &http.Request{Method: http.MethodGet, Header: header})
	}
}

type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
