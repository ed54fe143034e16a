package authz

import (
	"errors"
	"log/slog"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// A mark is a decision as the invocation's log line needs it. It stays in the
// invocation's slot and does not change.
type mark struct {
	guard       *Guard
	requirement Requirement
	caller      *claims.Identity // as Decision's
	err         error
	route       string
	code        string
	method      string
	result      Result
	known       bool // the caller counts
	enforced    bool
}

var _ slot.Decision = (*mark)(nil)

// leave leaves the decision in the slot of the invocation, if there is one.
func (g *Guard) leave(q *question, req Requirement, d *Decision) {
	s := slot.FromContext(q.original.Context())
	if s == nil {
		return
	}
	s.SetDecision(&mark{g, req, d.caller, d.Err, d.Route, d.Code, d.Method, d.Result, q.caller != nil, d.Enforced})
}

func (m *mark) Route() string { return m.route }

// Policy implements slot.Decision.
func (m *mark) Policy() slot.Policy { return &start{m.guard, unlisted, time.Now()} }

// LogValue is the group authz of the line. Where the Identifier says why somebody
// is nobody, there is what it accepts.
func (m *mark) LogValue() slog.Value {
	group := m.decision().verdict()
	if named := (*cause.Named)(nil); errors.As(m.err, &named) && named.Name == identifierName {
		identity, _ := describe(m.guard.Identifier)
		group = append(group, slog.String("identity", cause.Shortened(identity, maxIdentity)))
	}
	return slog.GroupValue(group...)
}

// maxIdentity bounds what one line says of an Identifier, in bytes.
const maxIdentity = 300

func (m *mark) decision() Decision {
	d := Decision{Result: m.result, Code: m.code, Enforced: m.enforced, Err: m.err, caller: m.caller, key: m.guard.SubjectKey}
	if m.requirement != nil {
		d.Requirement = m.requirement.String()
	}
	return d
}

// Refusal implements slot.Decision.
func (m *mark) Refusal() (slot.Refusal, bool) {
	switch {
	case m.result == NoRoute:
		return slot.Refusal{Cause: string(NoRoute), Method: m.method, Known: true}, true
	case m.result != Refused || !m.enforced:
		return slot.Refusal{}, false
	}
	why := m.decision().cause()
	quiet := !m.known && m.code == "" && why == ""
	return slot.Refusal{Cause: why, Code: m.code, Method: m.method, Known: m.known, Quiet: quiet}, true
}
