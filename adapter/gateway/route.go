package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Route is one route of the API.
type Route struct {
	// Key is a method or ANY, a space and a path: "GET /users/{id}",
	// "ANY /{proxy+}". On an HTTP API also "$default".
	Key string
	// Scopes are the route's authorizationScopes, of which a token needs
	// one; empty: none is asked for.
	Scopes []string
	// Authorizer names the one of Config.Authorizers that is asked; "":
	// Config.Authorizer.
	Authorizer string
	// Open lets requests pass without asking any authorizer.
	Open bool
	// APIKey asks for an API key of one of Config.UsagePlans, on a REST API.
	// Requests without a key are refused with 403, too frequent ones with 429.
	APIKey bool
	// RouteResponse sends the body of the function's reply to the client of a
	// WebSocket API; false: the body is dropped.
	RouteResponse bool
	// CacheTTL is how long a REST API keeps the function's replies to GET requests,
	// at most 1 h ("Cache settings for REST APIs"); 0: not at all. Authorizer and
	// usage plan come before the cache. Cache-Control in a request is ignored, as
	// AWS ignores it from callers without the permission to invalidate the cache.
	CacheTTL time.Duration
	// CacheKey lists what distinguishes the cached replies of the route, such as
	// "method.request.header.Authorization", "method.request.querystring.page" and
	// "method.request.path.proxy"; empty: nothing does. If it lacks the path
	// parameter, all paths get the same reply; if it lacks the header that names
	// the caller, all callers do.
	CacheKey []string
}

const (
	defaultRoute = "$default"
	defaultStage = "$default"
	anyMethod    = "ANY"
)

// catchAll are the routes of an API that names none. Two keys are needed because
// /{proxy+} does not match / itself.
var catchAll = []Route{{Key: "ANY /{proxy+}"}, {Key: "ANY /"}}

// kind orders the segments of a route's path by how much they match.
type kind int

const (
	literal kind = iota
	parameter
	greedy
)

type segment struct {
	kind kind
	text string // the literal, or the parameter's name
}

// pattern is a parsed Route.
type pattern struct {
	Route
	method   string // ANY matches every method
	path     string // the template, "$default" for that route
	segments []segment

	keyParts []keyPart // of CacheKey
}

// parseRoutes parses every key and reports all that are wrong. REST APIs have
// no $default route.
func parseRoutes(routes []Route, rest bool) ([]pattern, error) {
	var problems []error
	seen := map[string]bool{}
	patterns := make([]pattern, 0, len(routes))
	for _, r := range routes {
		p, err := parseRoute(r)
		switch {
		case err != nil:
			problems = append(problems, err)
		case rest && p.path == defaultRoute:
			problems = append(problems, errors.New("gateway: route $default: a REST API has none"))
		case seen[r.Key]:
			problems = append(problems, fmt.Errorf("gateway: route %q: listed twice", r.Key))
		}
		seen[r.Key] = true
		patterns = append(patterns, p)
	}
	return patterns, errors.Join(problems...)
}

func parseRoute(r Route) (pattern, error) {
	if r.Key == defaultRoute {
		return pattern{Route: r, method: anyMethod, path: defaultRoute}, nil
	}
	method, path, _ := strings.Cut(r.Key, " ")
	if !slices.Contains(routeMethods, method) {
		return pattern{}, fmt.Errorf("gateway: route %q: does not begin with ANY or a method of API Gateway's", r.Key)
	}
	if !strings.HasPrefix(path, "/") {
		return pattern{}, fmt.Errorf("gateway: route %q: the path does not begin with a slash", r.Key)
	}
	segments, err := parsePath(path)
	if err != nil {
		return pattern{}, fmt.Errorf("gateway: route %q: %w", r.Key, err)
	}
	return pattern{Route: r, method: method, path: path, segments: segments}, nil
}

// routeMethods are the methods a route key can name ("Create routes for HTTP
// APIs in API Gateway").
var routeMethods = []string{
	anyMethod, http.MethodDelete, http.MethodGet, http.MethodHead,
	http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut,
}

func parsePath(path string) ([]segment, error) {
	var segments []segment
	names := map[string]bool{}
	texts := strings.Split(path[1:], "/")
	for i, text := range texts {
		s := parseSegment(text)
		switch {
		case s.text == "" && (s.kind != literal || len(texts) > 1):
			return nil, errors.New("empty segment or parameter name")
		case s.kind != literal && !isName(s.text):
			return nil, errors.New("a parameter's name is not made of letters, digits, dots, dashes and underscores")
		case strings.ContainsAny(s.text, "{}+ "):
			return nil, errors.New("brace, plus or blank within a segment")
		case s.kind != literal && names[s.text]:
			return nil, errors.New("two parameters have the same name")
		case s.kind == greedy && i < len(texts)-1:
			return nil, errors.New("a greedy parameter is not the last segment")
		}
		names[s.text] = names[s.text] || s.kind != literal
		segments = append(segments, s)
	}
	return segments, nil
}

func parseSegment(text string) segment {
	name, ok := strings.CutPrefix(text, "{")
	if !ok || !strings.HasSuffix(name, "}") {
		return segment{literal, text}
	}
	name = strings.TrimSuffix(name, "}")
	if name, ok := strings.CutSuffix(name, "+"); ok {
		return segment{greedy, name}
	}
	return segment{parameter, name}
}

func isName(text string) bool {
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}
