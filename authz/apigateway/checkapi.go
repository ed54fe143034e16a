package apigateway

import (
	"fmt"
	"slices"
	"strings"
)

// lookAtIntegrations looks at how our routes call the function.
func (c *checker) lookAtIntegrations() {
	var formats []string
	for _, set := range c.deployment.sets {
		for _, r := range set.routes {
			if !c.isOurs(r.function) {
				continue
			}
			formats = addNew(formats, r.format)
			c.lookAtIntegration(r)
		}
	}
	if len(formats) > 1 {
		slices.Sort(formats)
		c.found("payload-formats", "integrations", "the function gets events of the formats "+strings.Join(formats, " and "), "use one payload format for all routes")
	}
}

func (c *checker) lookAtIntegration(r deployedRoute) {
	if !slices.Contains(c.functions, r.function) {
		c.found("other-qualifier", r.key, "it calls "+r.function+", not "+strings.Join(c.functions, " or "), "let the integration call the alias that is deployed to")
	}
	if !r.proxy {
		c.found("not-a-proxy", r.key, "the integration makes the event of its own, from whatever its template takes from the request", "use an AWS_PROXY integration")
	}
	if r.credentials {
		c.found("integration-credentials", r.key, "the integration calls the function by a role, so that the function's resource policy, and its SourceArn, do not count", "remove the integration's credentials and let the resource policy name this API")
	}
	if r.mappings {
		c.found("parameter-mapping", r.key, "the integration changes what the function sees of the request, or the client of the answer", "remove the parameter mappings: the function would decide about another request than the client's")
	}
}

// lookAtAuthorizers looks at the authorizers that our routes ask.
func (c *checker) lookAtAuthorizers() {
	for _, a := range c.asked() {
		switch a.auth {
		case JWT, CognitoUserPools:
			c.lookAtIssuers(a)
		case Custom:
			c.lookAtCache(a)
		}
	}
}

func (c *checker) lookAtIssuers(a authorizer) {
	where := "authorizer " + a.id
	want, _ := c.issuer(c.nameOf(a))
	for _, issuer := range a.issuers {
		if issuer != want.Issuer {
			c.found("unknown-issuer", where, fmt.Sprintf("it takes tokens of %q, which is not the environment's issuer", issuer), "remove the authorizer or correct its issuer")
		}
		if c.refuses(issuer) {
			c.found("untrusted-issuer", where, fmt.Sprintf("it takes tokens of %q, and the function none of that issuer", issuer), "let authorizer and claims.Config.Issuers agree")
		}
	}
	if a.auth == CognitoUserPools || want.Issuer == "" {
		return
	}
	if len(a.audiences) == 0 {
		c.found("no-audience", where, "it names no audience", "let it name the clients of this API")
	}
	for _, audience := range a.audiences {
		if !slices.Contains(want.Audiences, audience) {
			c.found("unknown-audience", where, fmt.Sprintf("it takes tokens for %q, which is not an audience of the environment", audience), "remove the audience, or add it to the environment")
		}
		if len(c.terms.trust.Audiences) > 0 && !c.hasPlaceholders() && !slices.Contains(c.terms.trust.Audiences, audience) {
			c.found("untrusted-audience", where, fmt.Sprintf("it takes tokens for %q, and the function none for that audience", audience), "let authorizer and claims.Config.Audiences agree")
		}
	}
	for _, audience := range want.Audiences {
		if !slices.Contains(a.audiences, audience) {
			c.found("missing-audience", where, fmt.Sprintf("it refuses tokens for %q, which is an audience of the environment", audience), "add the audience to the authorizer")
		}
	}
}

// refuses reports whether the function refuses tokens of an issuer, as far as the
// program that checks knows: it may have placeholders for what only the deployed
// function's environment has.
func (c *checker) refuses(issuer string) bool {
	trusted := c.terms.issuers()
	return len(trusted) > 0 && !c.hasPlaceholders() && !slices.Contains(trusted, issuer)
}

func (c *checker) hasPlaceholders() bool {
	return slices.ContainsFunc(c.terms.issuers(), isPlaceholder)
}

// lookAtCache looks at a Lambda authorizer. What it allows for one operation must
// not be remembered for another ("Control access to HTTP APIs with AWS Lambda
// authorizers": a cached answer counts for all routes with the same identity
// sources).
func (c *checker) lookAtCache(a authorizer) {
	has := func(names ...string) bool {
		return slices.ContainsFunc(a.sources, func(s string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimPrefix(s, "$")))
		})
	}
	operation := has("context.routekey") || has("context.httpmethod") && has("context.path", "context.resourcepath")
	if (a.ttl == nil || *a.ttl > 0) && !operation {
		c.found("authorizer-cache", "authorizer "+a.id, "it remembers answers by identity sources that do not hold the operation, so that leave for one operation is leave for all", "set authorizerResultTtlInSeconds to 0")
	}
}

// lookAtURLs looks for ways past the gateway.
func (c *checker) lookAtURLs() {
	protected := slices.ContainsFunc(c.gates, func(g gate) bool { return g.auth != None })
	for _, u := range c.deployment.urls {
		if u.authType == "NONE" && protected {
			c.found("function-url", u.function, "its Function URL lets everybody past the gateway, beside rules that are protected", "delete the Function URL, or set its AuthType to AWS_IAM")
		}
	}
}

// lookAtAPI looks at the API's own settings and its stages.
func (c *checker) lookAtAPI() {
	d := c.deployment
	switch owner := c.opts.preflights(); {
	case d.id == "" || d.kind == RESTAPI:
	case d.cors && owner == function:
		c.found("cors-twice", "API "+d.id, "it has CORS settings, and the function answers preflights: the gateway hides the function's headers", "remove the API's CORS settings, or let it own CORS (cors.OwnerGateway)")
	case !d.cors && owner == front && len(c.opts.CORS.AllowOrigins) > 0:
		c.found("cors-missing", "API "+d.id, "it has no CORS settings, and the function leaves preflights to it", "add the settings, or let the function answer (cors.OwnerApp)")
	}
	if d.mappings && d.open {
		c.found("default-endpoint", "API "+d.id, "its execute-api endpoint is enabled beside a custom domain, whose certificate checks, firewall or throttles it goes around", "disable the execute-api endpoint")
	}
	if d.private && !d.policy {
		c.found("private-without-policy", "API "+d.id, "it is private and has no resource policy, so that no request gets in or, with one for everybody, every VPC", "add a resource policy that names the VPC endpoints")
	}
	if len(d.stages) == 0 && !slices.Contains(d.missing, "get-stages") {
		c.found("no-stage", "API "+d.id, "it has no stage, so that nothing is deployed", "deploy it")
	}
	for _, s := range d.stages {
		if !s.log {
			c.found("no-access-log", "stage "+s.name, "it has no access log, so that what the gateway refuses is seen nowhere", "add one with requestId, routeKey, status and authorizer.error")
		}
		c.lookAtResponseCache(s)
	}
}

// lookAtResponseCache looks for answers that another caller would get.
func (c *checker) lookAtResponseCache(s stage) {
	for _, set := range c.deployment.sets {
		if !slices.Contains(set.stages, s.name) {
			continue
		}
		for _, r := range set.routes {
			if !c.isOurs(r.function) || r.gate.auth == None || !s.caches(r.entry) {
				continue
			}
			if !slices.ContainsFunc(r.cacheKeys, func(k string) bool { return strings.EqualFold(k, "method.request.header.Authorization") }) {
				c.found("shared-cache", r.key, "stage "+s.name+" caches its answers by a key without the caller, so that one caller gets another's", "add method.request.header.Authorization to the cache key, or turn the cache off for this method")
			}
		}
	}
}

// caches reports whether a stage caches a route's answers. Method settings name it
// as "~1notes~1{id}/GET", with the resource's slashes escaped, or all as "*/*".
func (s stage) caches(e entry) bool {
	own := strings.ReplaceAll(e.path.String(), "/", "~1") + "/" + e.method
	return slices.ContainsFunc(s.cached, func(m string) bool {
		m = strings.TrimPrefix(m, "/")
		return m == "*/*" || m == own || m == strings.TrimPrefix(e.path.String(), "/")+"/"+e.method
	})
}
