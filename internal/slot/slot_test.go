package slot_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/internal/slot"
)

type applier string

func (a applier) Apply(h http.Header, _ *http.Request) { h.Set("X-Applied", string(a)) }
func (applier) Problem() string                        { return "" }
func (applier) Owner() string                          { return "" }

type decision string

func (d decision) LogValue() slog.Value { return slog.StringValue(string(d)) }

func (decision) Route() string { return "GET /" }

func (decision) Refusal() (slot.Refusal, bool) { return slot.Refusal{}, false }
func (decision) Policy() slot.Policy           { return nil }

func TestFirstCORSCounts(t *testing.T) {
	var s slot.Slot
	if got := s.CORS(); got != nil {
		t.Errorf("an empty slot has CORS settings %v", got)
	}
	s.SetCORS(applier("outer"))
	s.SetCORS(applier("inner"))
	if got := s.CORS(); got != applier("outer") {
		t.Errorf("CORS = %v, want the outer middleware's", got)
	}
}

func TestLastDecisionCounts(t *testing.T) {
	var s slot.Slot
	s.SetDecision(decision("refused"))
	s.SetDecision(decision("granted"))
	if got := s.Decision(); got != decision("granted") {
		t.Errorf("Decision = %v, want the last one", got)
	}
}

func TestParsedOnce(t *testing.T) {
	var s slot.Slot
	got := make([]any, 8)
	var readers sync.WaitGroup
	for i := range got {
		readers.Go(func() { got[i] = s.Load(func(from any) any { return from }, i) })
	}
	readers.Wait()
	for _, value := range append(got, s.Load(func(any) any { t.Error("parsed again"); return 0 }, 9)) {
		if value != got[0] || value == nil {
			t.Errorf("Load = %v for one and %v for another", got[0], value)
		}
	}
}

func TestOutsideAnInvocation(t *testing.T) {
	s := slot.FromContext(context.Background())
	s.SetCORS(applier("x"))
	s.SetDecision(decision("granted"))
	if s != nil || s.CORS() != nil || s.Decision() != nil {
		t.Errorf("a slot without an invocation holds %v, %v", s.CORS(), s.Decision())
	}
	var inside slot.Slot
	if got := slot.FromContext(context.WithValue(context.Background(), slot.Key{}, &inside)); got != &inside {
		t.Errorf("FromContext = %p, want %p", got, &inside)
	}
}

func TestSettingAllocatesNothing(t *testing.T) {
	var a slot.Applier = applier("x")
	var d slot.Decision = decision("granted")
	var s slot.Slot
	if n := testing.AllocsPerRun(100, func() { s.SetCORS(a); s.SetDecision(d) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
