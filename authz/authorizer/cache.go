package authorizer

import (
	"errors"
	"net/textproto"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/authz"
)

// A cache is what the gateway keeps of answers, as it is configured there.
type cache struct {
	ttl    time.Duration   // 0: nothing
	api    api             // whose identity sources were configured
	routes map[string]kept // by route key; nil: the path is among the identity sources
}

// kept is the rule that decides about all requests of a route.
type kept struct {
	rule        authz.Rule
	requirement authz.Requirement
}

var (
	errToken   = errors.New("authorizer: Config.TTL is not for a TOKEN authorizer, whose answers are kept by the token alone")
	errPayload = errors.New("authorizer: Config.TTL needs payload format version 2.0: in 1.0 the path may be another than $context.path")
	errAPI     = errors.New("authorizer: Config.IdentitySources are not those of the API that sent the event")
	errRoute   = errors.New("authorizer: Config.RouteKeys do not tell that the event's route leads to the rule that decides")
)

// suits returns why an event contradicts the configuration that New checked. The
// gateway keeps answers all the same, but no errors.
func (c cache) suits(e *event) error {
	switch {
	case c.ttl == 0:
		return nil
	case e.kind == restToken:
		return errToken
	case e.kind == httpAPIV1:
		return errPayload
	case c.api != apiOf(e.kind):
		return errAPI
	}
	return nil
}

// keeps returns why an answer by this rule would be kept for requests that
// another rule decides about.
func (c cache) keeps(e *event, rule authz.Rule) error {
	if c.routes == nil {
		return nil
	}
	route, ok := c.routes[e.routeKey]
	if !ok || route.rule.Method != rule.Method || route.rule.Pattern != rule.Pattern {
		return errRoute
	}
	return nil
}

// An api is a kind of API by the spelling of its identity sources.
type api uint8

const (
	httpAPI api = iota + 1
	restAPI
	webSocketAPI
)

func apiOf(k kind) api {
	switch k {
	case httpAPIV2, httpAPIV1:
		return httpAPI
	case webSocket:
		return webSocketAPI
	}
	return restAPI
}

// A source is an identity source: what of a request, and its name.
type source struct{ of, name string }

// prefixes are the spellings of identity sources, the longest first. Those of
// REST and WebSocket APIs are the same but for headers and queries
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html and
// https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html).
var prefixes = []struct {
	prefix, of string
	api        api // 0: REST or WebSocket API
}{
	{"$request.header.", "header", httpAPI},
	{"$request.querystring.", "query", httpAPI},
	{"$context.", "context", httpAPI},
	{"$stageVariables.", "stage variable", httpAPI},
	{"method.request.header.", "header", restAPI},
	{"method.request.querystring.", "query", restAPI},
	{"route.request.header.", "header", webSocketAPI},
	{"route.request.querystring.", "query", webSocketAPI},
	{"context.", "context", 0},
	{"stageVariables.", "stage variable", 0},
}

// parseSources returns the identity sources and the one kind of API that has
// them; 0 if there is none.
func parseSources(texts []string, found *problems) (sources []source, of api) {
	for _, text := range texts {
		s, kind, ok := parseSource(text)
		switch {
		case !ok:
			found.add("IdentitySources", "%q is not an identity source of any API", text)
		case kind != 0 && of != 0 && kind != of:
			found.add("IdentitySources", "%q is of another kind of API than the others", text)
		}
		if of == 0 {
			of = kind
		}
		sources = append(sources, s)
	}
	return sources, of
}

func parseSource(text string) (source, api, bool) {
	for _, p := range prefixes {
		if name, ok := strings.CutPrefix(text, p.prefix); ok && name != "" && !strings.ContainsAny(name, ", ") {
			if p.of == "header" {
				name = textproto.CanonicalMIMEHeaderKey(name)
			}
			return source{p.of, name}, p.api, true
		}
	}
	return source{}, 0, false
}

// covers reports whether the source is a part of a request that claims.Trust
// names in Reads, such as "header Authorization".
func (s source) covers(part string) bool {
	of, name, _ := strings.Cut(part, " ")
	if of == "header" {
		name = textproto.CanonicalMIMEHeaderKey(name)
	}
	return s == source{of, name}
}

func (s source) isHost() bool {
	return s == source{"header", "Host"} || s == source{"context", "domainName"}
}
