package authztest

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/gatehouse-go/gatehouse/authz"
)

// Routes are what Matrix asks: an authz.Mux, or the Routes of echoauthz, ginauthz
// and chiauthz.
type Routes interface {
	Guard() *authz.Guard
	Policy() authz.Policy
	Find(*http.Request) (authz.Rule, authz.Requirement, bool)
}

// Caller is a column of a Matrix.
type Caller struct {
	Name   string
	Claims map[string]any // as for As; nil: nobody
}

// Matrix returns a table of who may do what: for each rule of the policy and each
// caller "yes" or the status of the refusal, and a last line for requests that
// match no route. It is meant for a golden file beside that of the policy, where a
// reviewer sees whom a change of either admits.
//
// Each cell is a decision by the routes' own Guard, Identifier and pins included,
// about a request that FrontOf(routes) delivers; no handler runs. The path is made
// up from the pattern, so a requirement that looks at it decides about a note, say,
// that nobody owns. Refusals count even while Guard.ReportUntil lets them pass, and
// OnDecision is not told. "?" is a rule for which no request could be made up.
func Matrix(routes Routes, callers ...Caller) string {
	m := matrix{routes, strict(routes.Guard()), FrontOf(routes), callers}
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	m.row(t, "", "", "", func(c Caller) string { return c.Name })
	for _, rule := range routes.Policy().Rules {
		r, req := m.find(rule)
		m.row(t, cmp.Or(rule.Method, "*"), rule.Pattern, rule.Requirement, func(c Caller) string { return m.cell(r, req, c) })
	}
	nowhere := newRequest("", "/")
	m.row(t, "*", "(no route)", "refused", func(c Caller) string { return m.cell(nowhere, authz.UnknownRoute(), c) })
	t.Flush()
	return b.String()
}

type matrix struct {
	routes  Routes
	guard   *authz.Guard
	front   Front
	callers []Caller
}

// strict returns a Guard that decides as g does once ReportUntil has passed.
func strict(g *authz.Guard) *authz.Guard {
	return &authz.Guard{Identifier: g.Identifier, Every: g.Every}
}

func (m matrix) row(t *tabwriter.Writer, method, pattern, requirement string, cell func(Caller) string) {
	fmt.Fprintf(t, "%s\t%s\t%s", method, pattern, requirement)
	for _, c := range m.callers {
		fmt.Fprintf(t, "\t%s", cell(c))
	}
	fmt.Fprintln(t)
}

// find returns a request that the rule decides, nil if none could be made up.
func (m matrix) find(rule authz.Rule) (*http.Request, authz.Requirement) {
	for r := range requests(rule.Method, rule.Pattern) {
		found, req, ok := m.routes.Find(r)
		if ok && found.Method == rule.Method && found.Pattern == rule.Pattern {
			return r, req
		}
	}
	return nil, nil
}

func (m matrix) cell(r *http.Request, req authz.Requirement, c Caller) string {
	if r == nil {
		return "?"
	}
	_, err := m.guard.Check(m.front.As(r, c.Claims), req)
	var refusal *authz.Error
	switch {
	case errors.As(err, &refusal):
		return strconv.Itoa(refusal.Status)
	case err != nil:
		return "error"
	case req == authz.UnknownRoute():
		return strconv.Itoa(http.StatusNotFound)
	}
	return "yes"
}
