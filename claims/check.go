package claims

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// problems are what is wrong with a Config.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, fmt.Errorf("claims: Config.%s: %s", field, fmt.Sprintf(format, args...)))
}

// values adds the values that refuse gives a reason against; "" is none.
func (p *problems) values(field string, values []string, refuse func(string) string) {
	for _, v := range values {
		if reason := refuse(v); reason != "" {
			p.add(field, "%q %s", v, reason)
		}
	}
}

// pins does so for a list that restricts who is accepted. What strings.Fields
// makes of an unset variable must not lift the restriction.
func (p *problems) pins(field string, values []string, refuse func(string) string) {
	if values != nil && len(values) == 0 {
		p.add(field, "%q is empty; nil means no pin", values)
	}
	p.values(field, values, refuse)
}

// check returns every problem of the Config.
func (c *Config) check() error {
	var found problems
	for _, source := range c.Sources {
		if reason := refuseSource(source); reason != "" {
			found.add("Sources", "%q %s", source, reason)
		}
	}
	found.pins("Issuers", c.Issuers, c.refuseIssuer)
	found.pins("Audiences", c.Audiences, refuseBlank)
	found.pins("APIs", c.APIs, c.refuseAPI)
	found.pins("Accounts", c.Accounts, refuseAccount)
	found.pins("Stages", c.Stages, refuseBlank)
	found.values("Lists", c.Lists, refuseList)
	found.values("CommaLists", c.CommaLists, refuseList)
	c.checkIssuers(&found)
	c.checkIssuerNames(&found)
	c.checkAPIs(&found)
	c.checkLattice(&found)
	c.checkContext(&found)
	return errors.Join(found...)
}

// checkIssuers demands the pin without which an attacker's own API could vouch
// for any subject.
func (c *Config) checkIssuers(found *problems) {
	issued := slices.ContainsFunc(c.Sources, func(s Source) bool { return s.row().pins.issuers })
	switch {
	case c.InsecureAnyIssuer && len(c.Issuers) > 0:
		found.add("Issuers", "%q contradicts InsecureAnyIssuer", c.Issuers)
	case issued && len(c.Issuers) == 0 && !c.InsecureAnyIssuer:
		found.add("Issuers", "%q accepts nobody; list the issuers or set InsecureAnyIssuer", c.Issuers)
	}
}

// checkIssuerNames demands that whatever is said of an issuer is said of one
// that is accepted.
func (c *Config) checkIssuerNames(found *problems) {
	for _, name := range slices.Sorted(maps.Keys(c.IssuerNames)) {
		if reason := refuseBlank(name); reason != "" {
			found.add("IssuerNames", "the name %q %s", name, reason)
		}
		found.values("IssuerNames", []string{c.IssuerNames[name]}, c.refuseStranger)
	}
	found.values("AccessTokenIssuers", c.AccessTokenIssuers, c.refuseStranger)
}

// refuseStranger refuses an issuer that is not accepted.
func (c *Config) refuseStranger(issuer string) string {
	switch {
	case c.InsecureAnyIssuer:
		return refuseBlank(issuer)
	case !slices.Contains(c.Issuers, issuer):
		return "is not among Issuers"
	}
	return ""
}

// checkAPIs demands a pin of the sources whose data has no issuer to go by.
func (c *Config) checkAPIs(found *problems) {
	pins := len(c.APIs) + len(c.Accounts)
	if c.InsecureAnyAPI && pins > 0 {
		found.add("APIs", "%q and Config.Accounts: %q contradict InsecureAnyAPI", c.APIs, c.Accounts)
	}
	i := slices.IndexFunc(c.Sources, func(s Source) bool { return s.row().pins.apis })
	if i >= 0 && pins == 0 && !c.InsecureAnyAPI {
		found.add("Sources", "%q needs APIs or Accounts, or InsecureAnyAPI", c.Sources[i])
	}
}

// checkLattice demands a pin that VPC Lattice can meet: its events tell neither
// account nor stage.
func (c *Config) checkLattice(found *problems) {
	switch {
	case !slices.Contains(c.Sources, Lattice):
	case !slices.ContainsFunc(c.APIs, isLatticeService) && !c.InsecureAnyAPI:
		found.add("Sources", "%q needs its service's ARN among APIs, or InsecureAnyAPI", Lattice)
	case len(c.Accounts)+len(c.Stages) > 0:
		found.add("Sources", "%q tells neither account nor stage, so that with Accounts or Stages its callers are nobody", Lattice)
	}
}

func (c *Config) checkContext(found *problems) {
	listed := slices.Contains(c.Sources, LambdaAuthorizer)
	if len(c.LambdaClaims) > 0 && !listed {
		found.add("LambdaClaims", "set without LambdaAuthorizer among Sources")
	}
	switch {
	case c.LambdaIdentity == "":
	case !listed:
		found.add("LambdaIdentity", "%q is set without LambdaAuthorizer among Sources", c.LambdaIdentity)
	case len(c.LambdaClaims) > 0:
		found.add("LambdaIdentity", "%q is set beside LambdaClaims, which would be ignored", c.LambdaIdentity)
	case len(c.Issuers) == 0 && !c.InsecureAnyIssuer:
		found.add("LambdaIdentity", "%q needs Issuers, or InsecureAnyIssuer", c.LambdaIdentity)
	}
	for _, claim := range slices.Sorted(maps.Keys(c.LambdaClaims)) {
		if key := c.LambdaClaims[claim]; claim == "" || key == "" {
			found.add("LambdaClaims", "%q from %q: a name is empty", claim, key)
		}
	}
}

func refuseSource(s Source) string {
	switch {
	case s == Verified:
		return "comes from a verifier, not from an event"
	case s.known():
		return ""
	}
	return "is not a source"
}

func refuseBlank(s string) string {
	switch {
	case s == "":
		return "is empty"
	case strings.ContainsAny(s, " \t\r\n"):
		return "contains white space"
	}
	return ""
}

// refuseAPI refuses what requestContext.apiId never holds.
func (c *Config) refuseAPI(s string) string {
	lattice := slices.Contains(c.Sources, Lattice)
	switch reason := refuseBlank(s); {
	case reason != "":
		return reason
	case isLatticeService(s) && !lattice:
		return "is a VPC Lattice service, and Lattice is not among Sources"
	case isLatticeService(s) && !hasWildcard(s):
		return ""
	case strings.HasPrefix(s, "arn:") && !isLatticeService(s):
		return "is an ARN; an API is listed by its id, such as a1b2c3d4e5"
	case hasWildcard(s):
		return "holds a wildcard; an API is compared to the letter"
	case strings.ContainsAny(s, "/:."):
		return "is not an id; an API's is the first label of its own host name, such as a1b2c3d4e5"
	}
	return ""
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, "*?") }

// isLatticeService reports whether an API is the ARN of a VPC Lattice service
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonvpclatticeservices.html).
func isLatticeService(api string) bool {
	part := strings.SplitN(api, ":", 6)
	return len(part) == 6 && part[0] == "arn" && part[2] == "vpc-lattice" && strings.HasPrefix(part[5], "service/")
}

func refuseAccount(s string) string {
	if len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return "is not an account id of twelve digits"
	}
	return ""
}

func refuseList(s string) string {
	switch s {
	case "":
		return "is empty"
	case "scope":
		return "is a string of its own form, not a list"
	}
	return ""
}
