package jwtverify

import (
	"maps"
	"slices"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Parts of a request that identify a caller, for claims.Trust.
const (
	readsToken   = "header Authorization"
	readsGateway = "event requestContext.authorizer"
)

// Trust returns whose tokens the Verifier accepts. Its Audiences are those of all
// issuers, clients included. Reads names the Authorization header, and the event's
// authorizer as well unless the Binding is BindingNone. A nil Verifier has the
// zero Trust.
func (v *Verifier) Trust() claims.Trust {
	if v == nil {
		return claims.Trust{}
	}
	rules := v.claims.Trust()
	trust := claims.Trust{
		Sources:     []claims.Source{claims.Verified},
		Issuers:     slices.Sorted(maps.Keys(v.issuers)),
		Audiences:   v.audiences(),
		IssuerNames: rules.IssuerNames,
		ScopeClaim:  rules.ScopeClaim,
		Reads:       []string{readsToken},
	}
	if v.binding != BindingNone {
		trust.APIs, trust.Accounts, trust.Stages = rules.APIs, rules.Accounts, rules.Stages
		trust.Reads = append(trust.Reads, readsGateway)
	}
	return trust
}

func (v *Verifier) audiences() []string {
	var all []string
	for _, i := range v.issuers {
		all = slices.Concat(all, i.audiences, i.clients)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// String describes whose tokens the Verifier accepts, in one line for
// authz.Policy.
func (v *Verifier) String() string {
	if v == nil {
		return v.Trust().String()
	}
	return v.Trust().String() + "; binding " + v.binding.String()
}
