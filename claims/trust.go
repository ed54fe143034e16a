package claims

import (
	"maps"
	"slices"
	"strings"
)

// Trust describes whom an identifier trusts to say who is calling. A policy
// prints it for its reviewers, and plans for a gateway and for a Lambda
// authorizer are made from it. A nil list means no pin, except for Sources and
// Reads. The zero Trust knows nobody.
type Trust struct {
	Sources   []Source // accepted; nil: none
	Issuers   []string
	Audiences []string
	APIs      []string
	Accounts  []string
	Stages    []string

	// IssuerNames are logical names of issuers, as Config.IssuerNames has them.
	IssuerNames map[string]string
	// AnyIssuer and AnyAPI are Config.InsecureAnyIssuer and InsecureAnyAPI.
	AnyIssuer, AnyAPI bool
	// ScopeClaim is the claim that holds the scopes; "": scp, else scope.
	ScopeClaim string
	// Reads are the parts of a request that the identity depends on, such as
	// "header Authorization". Nil means that they are not known: an Extractor's
	// identity depends on whatever the gateway's authorizer read.
	Reads []string
}

// Trust returns the Extractor's sources and pins. It is a copy; a nil Extractor
// has the zero Trust.
func (e *Extractor) Trust() Trust {
	if e == nil {
		return Trust{}
	}
	return Trust{
		Sources:     slices.Clone(e.sources),
		Issuers:     slices.Clone(e.issuers),
		Audiences:   slices.Clone(e.audiences),
		APIs:        slices.Clone(e.apis),
		Accounts:    slices.Clone(e.accounts),
		Stages:      slices.Clone(e.stages),
		IssuerNames: maps.Clone(e.rules.issuerNames),
		AnyIssuer:   e.anyIssuer,
		AnyAPI:      e.anyAPI,
		ScopeClaim:  e.rules.scope,
	}
}

// String describes whom the Extractor knows: the sources and the pins, so that
// reviewers of a printed policy notice when a pin is removed.
func (e *Extractor) String() string { return e.Trust().String() }

// String describes the Trust in one line: its sources, then its pins in a
// stable order.
func (t Trust) String() string {
	if len(t.Sources) == 0 {
		return "nobody"
	}
	names := make([]string, len(t.Sources))
	for i, source := range t.Sources {
		names[i] = source.String()
	}
	parts := []string{strings.Join(names, ", ")}
	for _, pin := range []struct {
		name   string
		values []string
	}{{"issuer", t.issuers()}, {"audience", t.Audiences}, {"API", t.APIs}, {"account", t.Accounts}, {"stage", t.Stages}} {
		if len(pin.values) > 0 {
			parts = append(parts, pin.name+" "+strings.Join(slices.Sorted(slices.Values(pin.values)), ", "))
		}
	}
	for _, open := range []struct {
		any  bool
		text string
	}{{t.AnyIssuer, "any issuer"}, {t.AnyAPI, "any API"}} {
		if open.any {
			parts = append(parts, open.text)
		}
	}
	return strings.Join(parts, "; ")
}

// issuers returns the issuers, each with its logical names.
func (t Trust) issuers() []string {
	described := slices.Clone(t.Issuers)
	for i, issuer := range t.Issuers {
		var names []string
		for name, named := range t.IssuerNames {
			if named == issuer {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			described[i] += " (" + strings.Join(names, ", ") + ")"
		}
	}
	return described
}
