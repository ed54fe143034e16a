package authz

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Policy says who may do what: it lists all routes with what they require. It is
// a copy, in a stable order. Keep its String in a golden file, so that a reviewer
// sees each change of the policy.
type Policy struct {
	Identity    string       // where identities come from: the Identifier's String
	Trust       claims.Trust // whose word the Identifier takes; zero without one
	Every       string       // what each rule but public requires in addition; may be empty
	ReportUntil time.Time    // refusals of known callers are only recorded until then; zero: enforced
	Rules       []Rule       // sorted by pattern, then method
}

// Rule is one route of a Policy. It is for printing and planning; the Requirement
// itself decides. Guard.Rule makes one. In a literal, the zero Gate means any valid
// token, which is sound for every rule but a public one.
type Rule struct {
	Method      string // empty: every method. GET stands for HEAD too, unless HEAD has its own rule
	Pattern     string // host, if any, and path, as registered
	Requirement string // text of the requirement
	Gate        Gate   // what of it a gateway can ask for

	// Claims are the names of the claims that the requirement looks at, sorted:
	// those of Groups, Claim and ClaimPath. What a Func looks at is unknown.
	Claims []string

	// ByIdentity reports that the Identity alone decides whether a caller is
	// admitted: no part of the requirement, Guard.Every included, is a Func or
	// another Requirement that may look at the request. Such a decision can be
	// kept for the same caller and operation.
	ByIdentity bool
}

// Policy returns the routes registered so far.
func (m *Mux) Policy() Policy {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.guard.Policy(m.rules)
}

// Policy returns the Policy of g with these rules, for routers that keep their own
// list. It does not keep or change rules.
func (g *Guard) Policy(rules []Rule) Policy {
	p := Policy{ReportUntil: g.ReportUntil, Rules: slices.Clone(rules)}
	p.Identity, p.Trust = describe(g.Identifier)
	for i := range p.Rules {
		gate := &p.Rules[i].Gate
		gate.Scopes, gate.Sources = slices.Clone(gate.Scopes), slices.Clone(gate.Sources)
		p.Rules[i].Claims = slices.Clone(p.Rules[i].Claims)
	}
	slices.SortFunc(p.Rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Pattern, b.Pattern), cmp.Compare(a.Method, b.Method))
	})
	if g.Every != nil {
		p.Every = g.Every.String()
	}
	return p
}

// splitPattern splits a pattern as ServeMux does: [METHOD ][HOST]/[PATH].
func splitPattern(pattern string) (method, path string) {
	if i := strings.IndexAny(pattern, " \t"); i >= 0 {
		return pattern[:i], strings.TrimLeft(pattern[i:], " \t")
	}
	return "", pattern
}

// String returns the policy as a table, one rule per line.
func (p Policy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "identity: %s\n", p.Identity)
	if p.Every != "" {
		fmt.Fprintf(&b, "every:    %s\n", p.Every)
	}
	if !p.ReportUntil.IsZero() {
		fmt.Fprintf(&b, "403:      only recorded until %s\n", p.ReportUntil.UTC().Format(time.RFC3339))
	}
	b.WriteByte('\n')
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, r := range p.Rules {
		fmt.Fprintf(t, "%s\t%s\t%s\n", cmp.Or(r.Method, "*"), r.Pattern, r.Requirement)
	}
	fmt.Fprintf(t, "*\t(no route)\trefused\n")
	t.Flush()
	return b.String()
}
