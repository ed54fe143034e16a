package jwtverify

import (
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Trust returns whose tokens the Verifier accepts; a nil Verifier has the zero
// Trust.
func (v *Verifier) Trust() claims.Trust {
	if v == nil {
		return claims.Trust{}
	}
	t := claims.Trust{Sources: []claims.Source{claims.Verified}, Reads: []string{"header Authorization"}}
	for _, name := range slices.Sorted(maps.Keys(v.issuers)) {
		t.Issuers = append(t.Issuers, name)
		t.Audiences = append(t.Audiences, v.issuers[name].audiences...)
	}
	return t
}

// String describes whose tokens the Verifier accepts, for a policy.
func (v *Verifier) String() string {
	return "verified token; issuer " + strings.Join(slices.Sorted(maps.Keys(v.issuers)), ", ") + "; binding " + v.binding.String()
}
