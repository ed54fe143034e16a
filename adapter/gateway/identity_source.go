package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// source is a parsed identity source: where an authorizer finds what it goes by.
type source struct {
	kind, name string
}

// Kinds of sources. The name of a contextSource is one of contextValues.
const (
	headerSource  = "request.header"
	querySource   = "request.querystring"
	stageSource   = "stageVariables"
	contextSource = "context"
)

// sourcePrefixes are what expressions begin with on each API: "$" on an HTTP API
// ("Control access to HTTP APIs with AWS Lambda authorizers"), elsewhere
// "method." or "route." and that only before the request's values
// ("CreateAuthorizer" of the API Gateway REST API and of version 2).
func sourcePrefixes(f adapter.Format) map[string]string {
	switch f {
	case adapter.RESTAPI:
		return map[string]string{headerSource: "method.", querySource: "method."}
	case adapter.WebSocketAPI:
		return map[string]string{headerSource: "route.", querySource: "route."}
	}
	return map[string]string{headerSource: "$", querySource: "$", stageSource: "$", contextSource: "$"}
}

// contextValues are the context variables that can be sources here; AWS has more.
var contextValues = map[string]func(*call) string{
	"apiId":              func(c *call) string { return c.gateway.config.APIID },
	"domainName":         (*call).domain,
	"httpMethod":         func(c *call) string { return c.method },
	"identity.sourceIp":  (*call).sourceIP,
	"identity.userAgent": func(c *call) string { return c.request.UserAgent() },
	"path":               func(c *call) string { return c.place.context },
	"resourcePath":       func(c *call) string { return c.resourcePath() },
	"routeKey":           (*call).routeKey,
	"stage":              func(c *call) string { return c.gateway.config.Stage },
}

// parseSource parses an expression as the API spells it.
func parseSource(f adapter.Format, expression string) (source, error) {
	for _, kind := range []string{headerSource, querySource, stageSource, contextSource} {
		name, ok := strings.CutPrefix(expression, sourcePrefixes(f)[kind]+kind+".")
		if !ok || name == "" {
			continue
		}
		if kind == contextSource && contextValues[name] == nil {
			return source{}, fmt.Errorf("identity source %q: of the context there are only %s", expression,
				strings.Join(slices.Sorted(maps.Keys(contextValues)), ", "))
		}
		return source{kind, name}, nil
	}
	example := sourcePrefixes(f)[headerSource] + headerSource + ".Authorization"
	return source{}, fmt.Errorf("identity source %q: not as in %q", expression, example)
}

// value is what the request has there, "" for nothing. Repeated headers and
// query parameters are joined by a comma (unconfirmed).
func (s source) value(c *call) string {
	switch s.kind {
	case headerSource:
		return headerValue(c.request, s.name)
	case querySource:
		return strings.Join(query(c.request.URL.RawQuery, "&")[s.name], ",")
	case stageSource:
		return c.gateway.config.StageVariables[s.name]
	}
	return contextValues[s.name](c)
}

// resourcePath is the matched route's path, "" if there is no route.
func (c *call) resourcePath() string {
	if c.route == nil {
		return ""
	}
	return c.route.path
}
