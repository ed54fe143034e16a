package authorizer

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// maxTTL is API Gateway's
// (https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html).
const maxTTL = time.Hour

// problems are what is wrong with a Config.
type problems []error

func (p *problems) add(field, format string, args ...any) {
	*p = append(*p, fmt.Errorf("authorizer: Config.%s: %s", field, fmt.Sprintf(format, args...)))
}

// check returns every problem of the Config, and what the gateway keeps if there
// is none.
func (c *Config) check() (cache, problems) {
	var found problems
	switch {
	case isNil(c.Identifier):
		found.add("Identifier", "nil knows nobody")
	default:
		c.checkTrust(&found)
	}
	switch {
	case isNil(c.Routes) || c.Routes.Guard() == nil:
		found.add("Routes", "nil decides nothing")
	case !isNil(c.Identifier):
		c.checkIssuers(&found)
	}
	for _, name := range c.Claims {
		if name == "" || slices.Contains(standard, name) {
			found.add("Claims", "%q is empty, or handed on in any case", name)
		}
	}
	keeps := cache{ttl: c.TTL}
	switch {
	case c.TTL < 0 || c.TTL > maxTTL || c.TTL%time.Second != 0:
		found.add("TTL", "%v is not a number of seconds from 0 to an hour's", c.TTL)
	case c.TTL > 0 && len(found) == 0:
		keeps = c.checkCache(&found)
	}
	return keeps, found
}

func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil()
}

// checkTrust refuses Identifiers that read what a gateway writes after its
// authorizer has answered.
func (c *Config) checkTrust(found *problems) {
	trust := c.Identifier.Trust()
	if len(trust.Sources) == 0 {
		found.add("Identifier", "%q: its Trust names no source: claims.Verified is that of tokens it verifies", c.Identifier)
	}
	for _, source := range trust.Sources {
		if source != claims.Verified && source != claims.ClientCertificate {
			found.add("Identifier", "%q reads the %v of the event, which an authorizer's event does not have", c.Identifier, source)
		}
	}
	for _, part := range trust.Reads {
		if strings.HasPrefix(part, "event ") {
			found.add("Identifier", "%q reads the %s, which an authorizer's event does not have: set jwtverify.BindingNone", c.Identifier, part)
		}
	}
}

// checkIssuers demands that the Identifier knows the issuers that rules are for by
// the same names.
func (c *Config) checkIssuers(found *problems) {
	known := c.Identifier.Trust().IssuerNames
	for _, rule := range c.Routes.Policy().Rules {
		if name := rule.Gate.Issuer; name != "" && known[name] == "" {
			found.add("Identifier", "%q has no issuer of the name %q, which %s %s requires: see IssuerNames in claims.Config and jwtverify.Config.Claims",
				c.Identifier, name, rule.Method, rule.Pattern)
		}
	}
}

// checkCache demands that answers which the gateway keeps depend on nothing but
// the identity sources.
func (c *Config) checkCache(found *problems) cache {
	keeps := cache{ttl: c.TTL}
	sources, api := parseSources(c.IdentitySources, found)
	keeps.api = api
	policy := c.Routes.Policy()
	reads := c.Identifier.Trust().Reads
	if reads == nil {
		found.add("TTL", "%v, and it is unknown what %q reads: its Trust has no Reads", c.TTL, c.Identifier)
	}
	for _, part := range reads {
		if !slices.ContainsFunc(sources, func(s source) bool { return s.covers(part) }) {
			found.add("IdentitySources", "%q lack the %s, which %q reads", c.IdentitySources, part, c.Identifier)
		}
	}
	if hasHosts(policy) && !slices.ContainsFunc(sources, source.isHost) {
		found.add("IdentitySources", "%q lack the host, which rules are for", c.IdentitySources)
	}
	for _, rule := range policy.Rules {
		if !rule.ByIdentity {
			found.add("TTL", "%v, and %s %s requires %q, which may look at more than the caller", c.TTL, rule.Method, rule.Pattern, rule.Requirement)
		}
	}
	if !policy.ReportUntil.IsZero() {
		found.add("TTL", "%v, and the Guard's ReportUntil changes answers at its own time", c.TTL)
	}
	switch {
	case api == webSocketAPI, hasPath(sources, api):
	case slices.Contains(sources, source{"context", "routeKey"}) && api == httpAPI:
		keeps.routes = c.checkRoutes(policy, found)
	default:
		found.add("IdentitySources", "%q lack the operation: the method and the path, $context.httpMethod and $context.path on an HTTP API, context.httpMethod and context.path on a REST API", c.IdentitySources)
	}
	return keeps
}

func hasPath(sources []source, api api) bool {
	return api != 0 && slices.Contains(sources, source{"context", "httpMethod"}) && slices.Contains(sources, source{"context", "path"})
}

// hasHosts reports whether a rule is for one host only.
func hasHosts(p authz.Policy) bool {
	return slices.ContainsFunc(p.Rules, func(r authz.Rule) bool { return !strings.HasPrefix(r.Pattern, "/") })
}
