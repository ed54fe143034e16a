package jwtverify

import (
	"maps"
	"slices"
	"strings"
)

// String describes whose tokens the Verifier accepts, for
// authz.Guard.IdentityRules.
func (v *Verifier) String() string {
	return "verified token; issuer " + strings.Join(slices.Sorted(maps.Keys(v.issuers)), ", ") + "; binding " + v.binding.String()
}
