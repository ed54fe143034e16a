package gateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// authorizerOf is the authorizer that a route asks, nil if it asks none.
func (c *Config) authorizerOf(route Route) Authorizer {
	switch {
	case route.Open:
		return nil
	case route.Authorizer != "":
		return c.Authorizers[route.Authorizer]
	}
	return c.Authorizer
}

// checker is an Authorizer that knows which settings it goes with.
type checker interface {
	check(*Config) error
}

// checkAuthorizers reports authorizers that the front does not have.
func (c *Config) checkAuthorizers() error {
	var problems []error
	for _, a := range []Authorizer{c.Authorizer, c.Management} {
		if a, ok := a.(checker); ok {
			problems = append(problems, a.check(c))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Authorizers)) {
		switch a := c.Authorizers[name].(type) {
		case nil:
			problems = append(problems, fmt.Errorf("gateway: Authorizers[%q]: nil", name))
		case checker:
			if err := a.check(c); err != nil {
				problems = append(problems, fmt.Errorf("gateway: Authorizers[%q]: %w", name, err))
			}
		}
	}
	return errors.Join(problems...)
}

// checkRoutes reports routes whose authorizer is unclear: it is better to refuse
// those settings than to leave a route open by mistake.
func (c *Config) checkRoutes() error {
	var problems []error
	for _, r := range c.Routes {
		if text := c.flaw(r); text != "" {
			problems = append(problems, fmt.Errorf("gateway: route %q: %s", r.Key, text))
		}
	}
	return errors.Join(problems...)
}

// flaw says what is wrong with a route's authorizer, "" for nothing.
func (c *Config) flaw(r Route) string {
	_, known := c.Authorizers[r.Authorizer]
	switch {
	case r.Open && r.Authorizer != "":
		return fmt.Sprintf("Open, and yet it names the authorizer %q", r.Authorizer)
	case r.Authorizer != "" && !known:
		return fmt.Sprintf("Authorizers has no %q", r.Authorizer)
	case !r.Open && r.Authorizer == "" && c.Authorizer == nil && len(c.Authorizers) > 0:
		return "neither Open nor with an authorizer; name one of Authorizers or set Authorizer"
	case len(r.Scopes) > 0 && !takesScopes(c.authorizerOf(r)):
		return "Scopes, and no authorizer that looks at a token's"
	}
	return ""
}

// takesScopes reports whether AWS lets a route with the authorizer have scopes
// (https://github.com/aws/aws-cdk/issues/27576).
func takesScopes(a Authorizer) bool {
	switch a.(type) {
	case nil, *IAMAuthorizer, *LambdaAuthorizer:
		return false
	}
	return true
}
