package authz

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// Started is for routers that keep their own list of routes: they call it when
// registration ends, with the first request. Behind an adapter.Handler its Logger
// then gets a line about the policy in force, and in Lambda a warning about each
// setting that is dangerous there.
func (g *Guard) Started(r *http.Request, rules []Rule) {
	slot.FromContext(r.Context()).SetPolicy(&start{g, len(rules), time.Now()})
}

// Misregistered returns an error for routers that keep their own list of routes: what
// they panic with if a route could run without a requirement. An adapter.Handler
// logs its text, as it does not log those of other panics; so it must be made of
// routes and settings, never of a request.
func Misregistered(text string) error { return cause.Text(text) }

// A start is what the line about a program's start says of its policy.
type start struct {
	guard *Guard
	rules int
	at    time.Time
}

// unlisted stands for the number of rules of a Guard whose routes are in no list.
const unlisted = -1

// LogValue implements slot.Policy.
func (s *start) LogValue() slog.Value {
	identity, _ := describe(s.guard.Identifier)
	group := []slog.Attr{slog.String("identity", identity)}
	if s.rules != unlisted {
		group = append(group, slog.Int("rules", s.rules))
	}
	if s.guard.Every != nil {
		group = append(group, slog.String("every", s.guard.Every.String()))
	}
	if s.at.Before(s.guard.ReportUntil) {
		group = append(group, slog.Time("report_until", s.guard.ReportUntil))
	}
	return slog.GroupValue(group...)
}

// soon is how long before its end a report date is worth a warning.
const soon = 14 * 24 * time.Hour

// Dangers implements slot.Policy.
func (s *start) Dangers() (dangers []string) {
	if s.guard.Identifier == nil {
		dangers = append(dangers, "authz: the Guard has no Identifier, so that it knows nobody: set Guard.Identifier")
	}
	_, trust := describe(s.guard.Identifier)
	dangers = append(dangers, insecure(trust)...)
	if left := s.guard.ReportUntil.Sub(s.at); left > 0 && left <= soon {
		dangers = append(dangers, fmt.Sprintf("authz: what callers lack is only recorded until %s, which is %d days off; then it is refused",
			s.guard.ReportUntil.UTC().Format(time.DateOnly), int(left/(24*time.Hour))))
	}
	return dangers
}

func insecure(trust claims.Trust) (dangers []string) {
	if trust.AnyIssuer {
		dangers = append(dangers, "claims: InsecureAnyIssuer is set: an API of anybody's can vouch for any caller unless the function's resource policy names yours")
	}
	if trust.AnyAPI {
		dangers = append(dangers, "claims: InsecureAnyAPI is set: an API of anybody's can vouch for any caller unless the function's resource policy names yours")
	}
	return dangers
}
