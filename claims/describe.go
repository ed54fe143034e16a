package claims

import (
	"slices"
	"strings"
)

// String describes whom the Extractor knows, for authz.Guard.IdentityRules: the
// sources and the pins, so that a reviewer of the policy sees a pin go.
func (e *Extractor) String() string {
	names := make([]string, len(e.sources))
	for i, source := range e.sources {
		names[i] = source.String()
	}
	parts := []string{strings.Join(names, ", ")}
	for _, pin := range []struct {
		name   string
		values []string
	}{{"issuer", e.issuers}, {"audience", e.audiences}, {"API", e.apis}, {"account", e.accounts}, {"stage", e.stages}} {
		if len(pin.values) > 0 {
			parts = append(parts, pin.name+" "+strings.Join(slices.Sorted(slices.Values(pin.values)), ", "))
		}
	}
	if len(parts) == 1 {
		parts = append(parts, "unpinned")
	}
	return strings.Join(parts, "; ")
}
