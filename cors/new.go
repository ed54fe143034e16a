package cors

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// New compiles config. Its error joins every problem, each naming the field,
// the value and the reason.
func New(config Config) (*Middleware, error) {
	var found problems
	m := &Middleware{
		owner:    config.Owner,
		origins:  found.origins(config),
		refusals: newRefusals(config.Report),
	}
	if config.AllowCredentials {
		m.credentials = "true"
	}
	m.preflight.methods, m.preflight.echoMethods = found.methods(config)
	m.preflight.headers, m.preflight.echoHeaders = found.headers(config)
	m.preflight.maxAge = found.maxAge(config.MaxAge)
	m.asked = newAsked(config)
	m.expose = found.expose(config)
	if config.Owner > OwnerGateway {
		found.add("Owner", strconv.Itoa(int(config.Owner)), "unknown")
	}
	if found != nil {
		return nil, errors.Join(found...)
	}
	return m, nil
}

// MustNew is like New but panics with New's error. It is for a Config that is part
// of the program.
func MustNew(config Config) *Middleware {
	m, err := New(config)
	if err != nil {
		panic(err)
	}
	return m
}

// problems collects what is wrong with a Config.
type problems []error

func (f *problems) add(field, value, reason string) {
	*f = append(*f, fmt.Errorf("cors: %s: %q: %s", field, value, reason))
}

func (f *problems) origins(config Config) origins {
	var o origins
	for i, entry := range config.AllowOrigins {
		if slices.Contains(config.AllowOrigins[:i], entry) {
			f.add("AllowOrigins", entry, "duplicate")
			continue
		}
		if problem := o.add(entry, config); problem != "" {
			f.add("AllowOrigins", entry, problem)
		}
	}
	if len(config.AllowOrigins) == 0 && config.Owner != OwnerGateway {
		*f = append(*f, errors.New("cors: AllowOrigins: empty, so that no page could use the API"))
	}
	return o
}

// add puts an entry of AllowOrigins where match looks for it, and returns what is
// wrong with it, if anything.
func (o *origins) add(entry string, config Config) string {
	switch {
	case entry == "*":
		o.any = true
	case strings.Contains(entry, "*"):
		p, problem := parsePattern(entry, config.PublicSuffixList)
		if problem != "" {
			return problem
		}
		o.patterns = append(o.patterns, p)
	default:
		if problem := originProblem(entry); problem != "" {
			return problem
		}
		o.exact = append(o.exact, entry)
	}
	return credentialsProblem(entry, config.AllowCredentials)
}

func credentialsProblem(entry string, credentials bool) string {
	switch {
	case !credentials:
		return ""
	case entry == "*" || entry == "https://*" || entry == "http://*":
		return "with AllowCredentials it would let every page act as its visitor"
	case strings.HasPrefix(entry, "http://") && !isLoopback(hostOf(entry)):
		return "with AllowCredentials it would let everybody on the visitor's network act as the visitor; use https"
	}
	return ""
}

func (f *problems) methods(config Config) (list string, echo bool) {
	methods := config.AllowMethods
	f.names("AllowMethods", methods, exactly, methodProblem)
	switch {
	case len(methods) == 0:
		return strings.Join(safelistedMethods, ", "), false
	case slices.Contains(methods, "*"):
		return "*", config.AllowCredentials
	}
	return strings.Join(methods, ", "), false
}

func (f *problems) headers(config Config) (list string, echo bool) {
	f.names("AllowHeaders", config.AllowHeaders, http.CanonicalHeaderKey, requestHeaderProblem)
	if slices.Contains(config.AllowHeaders, "*") {
		return "*, " + authorization, config.AllowCredentials
	}
	return strings.Join(config.AllowHeaders, ", "), false
}

func (f *problems) expose(config Config) string {
	names := config.ExposeHeaders
	f.names("ExposeHeaders", names, http.CanonicalHeaderKey, responseHeaderProblem)
	if !slices.Contains(names, "*") {
		return strings.Join(names, ", ")
	}
	if config.AllowCredentials {
		f.add("ExposeHeaders", "*", "with AllowCredentials browsers take it for a header's name")
	}
	return "*"
}

// names checks a list of methods or header names, which may hold "*". Two entries
// are the same name if fold makes them equal.
func (f *problems) names(field string, list []string, fold, problem func(string) string) {
	seen := make(map[string]bool, len(list))
	for _, name := range list {
		if seen[fold(name)] {
			f.add(field, name, "duplicate")
		} else if reason := problem(name); name != "*" && reason != "" {
			f.add(field, name, reason)
		}
		seen[fold(name)] = true
	}
}

func exactly(s string) string { return s }

// maxAge enforces API Gateway's limits (MaxAge of Cors in the apigatewayv2 API).
func (f *problems) maxAge(seconds int) string {
	switch {
	case seconds < -1 || seconds > 86400:
		f.add("MaxAge", strconv.Itoa(seconds), "not from -1 to 86400 seconds")
	case seconds == -1:
		return "0"
	case seconds > 0:
		return strconv.Itoa(seconds)
	}
	return ""
}
