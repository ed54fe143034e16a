package authz

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

// All requires every r. It checks them in order and fails with the first error.
// It panics if there are none, one is nil, or one is Public.
func All(r ...Requirement) Requirement {
	mustBeParts("All", r)
	return &combination{slices.Clone(r), joined(r, " and "), false}
}

// Any requires at least one r. It checks them in order until one is met. If none
// is, its error joins all of theirs. It panics if there are none, one is nil, or
// one is Public.
func Any(r ...Requirement) Requirement {
	mustBeParts("Any", r)
	return &combination{slices.Clone(r), joined(r, " or "), true}
}

func mustBeParts(where string, parts []Requirement) {
	if len(parts) == 0 {
		panic("authz: " + where + " without a Requirement")
	}
	var problems []error
	for _, part := range parts {
		problems = append(problems, refusePart(where, part))
	}
	mustHave(found(problems))
}

type combination struct {
	parts []Requirement
	text  string
	any   bool // one part is enough
}

// Check asks the parts about r as it is, for whoever asks outside a Guard.
func (c *combination) Check(r *http.Request, id *claims.Identity) error {
	q := question{caller: id, carrying: r}
	err, _ := q.ask(c)
	return err
}

func (c *combination) String() string   { return c.text }
func (c *combination) scopes() []string { return scopesOf(c.parts...) }

// joined writes the parts' texts with a word between them, a combination among
// them in parentheses.
func joined(parts []Requirement, word string) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.String()
		if inner, ok := part.(*combination); ok && len(inner.parts) > 1 {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, word)
}
