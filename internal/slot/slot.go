// Package slot is the private place in an invocation's context where the
// packages above adapter leave what belongs to one request, so that adapter
// need not know them:
//
//   - claims keeps what the event says about its caller, so that the event is
//     parsed once per request;
//   - cors leaves its decision, so that answers made outside of it carry CORS headers;
//   - authz leaves the route and the decision, so that the line about the
//     invocation explains it.
package slot

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
)

// Key is the context key whose value is the invocation's *Slot.
type Key struct{}

// FromContext returns the slot that ctx carries. It returns nil outside an
// invocation; every method but Load accepts a nil Slot and does nothing.
func FromContext(ctx context.Context) *Slot {
	s, _ := ctx.Value(Key{}).(*Slot)
	return s
}

// Applier sets the headers that package cors has decided on for the invocation's
// request, and changes nothing if a header has them already. It keeps neither
// argument, needs no request and is safe for concurrent use.
type Applier interface {
	Apply(http.Header, *http.Request)

	// Problem says why a browser keeps something from the page that sent the request,
	// in a text of package cors; "" if nothing is known.
	Problem() string
	Owner() string // who is responsible for CORS: the name of a constant of cors
}

// Decision is what a Guard decided about a request. Its value is the group
// "authz" of the invocation's log line. It must not change once it was left in
// a slot, since it is read while a late handler may still run.
type Decision interface {
	slog.LogValuer
	Route() string // the pattern of the rule; "" if there is none

	// Refusal describes a refusal, or a route that a known caller asked for and
	// that does not exist. It is false for what was granted or only recorded.
	Refusal() (Refusal, bool)

	// Policy is that of the Guard which decided, for a program whose routes nobody
	// lists.
	Policy() Policy
}

// Refusal is what keeps the lines about refusals few.
type Refusal struct {
	Cause  string // the same for refusals that need one line only
	Code   string
	Method string // of the request, as the client sent it
	Known  bool   // the caller's identity counts, so that a flood is not to hide the line
	Quiet  bool   // nobody, who offered no token: that is how clients begin
}

// Policy is what a program says once of the policy that is in force. Its value is
// the group "authz" of that line.
type Policy interface {
	slog.LogValuer
	Dangers() []string // what is worth a warning where it is deployed
}

// Slot holds what one invocation's request left behind. The zero Slot is empty
// and ready for use. It is safe for concurrent use, since a handler that is
// late may still reach it. Setting a value never allocates.
type Slot struct {
	value atomic.Value

	mu       sync.Mutex // held for an assignment only
	cors     Applier
	decision Decision
	policy   Policy
}

// Load returns the kept value, parsing from for it the first time. Callers at
// the same time may all parse; every call returns the first value that was
// kept, whatever its own parse gave. parse must not return nil.
func (s *Slot) Load(parse func(from any) any, from any) any {
	if kept := s.value.Load(); kept != nil {
		return kept
	}
	s.value.CompareAndSwap(nil, parse(from))
	return s.value.Load()
}

// SetCORS leaves the CORS decision for answers that are made outside of cors.
// Only the first call counts: the first middleware that a request passes stands
// outside all others.
func (s *Slot) SetCORS(a Applier) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cors == nil {
		s.cors = a
	}
}

// CORS returns what SetCORS left, nil if the request has not passed any.
func (s *Slot) CORS() Applier {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cors
}

// SetDecision leaves what a Guard decided. The last call counts.
func (s *Slot) SetDecision(d Decision) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decision = d
}

// Decision returns what SetDecision left, nil if nothing.
func (s *Slot) Decision() Decision {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.decision
}

// SetPolicy leaves the policy that is in force. The first request of a program
// does so.
func (s *Slot) SetPolicy(p Policy) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.policy = p
}

// Policy returns what SetPolicy left, nil if nothing.
func (s *Slot) Policy() Policy {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.policy
}
