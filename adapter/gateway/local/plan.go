package local

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// planned makes the gateway's half of Policy; nil where there is no Policy, or
// no API Gateway to have routes.
func (o *Options) planned() (*apigateway.Plan, error) {
	if o.Policy == nil {
		return nil, nil
	}
	options := &apigateway.Options{CORS: o.CORS, Authorizer: o.defaultName()}
	switch o.format() {
	case adapter.HTTPAPIV1, adapter.HTTPAPIV2:
	case adapter.RESTAPI:
		options.Kind = apigateway.RESTAPI
	default:
		return nil, nil
	}
	plan, err := apigateway.New(o.Policy, options)
	if err != nil {
		return nil, fmt.Errorf("local: Policy: %w", err)
	}
	return plan, nil
}

// defaultName is the logical name of the issuer that is asked where no rule of
// Policy decides: the first of Issuers, else the first by name of Verify's. It is
// "" if Policy does not know that name, or has no names at all.
func (o *Options) defaultName() string {
	known := o.Policy.Policy().Trust.IssuerNames
	var names []string
	switch {
	case len(o.Issuers) > 0 && o.Issuers[0] != nil:
		names = []string{o.Issuers[0].name}
	case o.Verify != nil:
		names = slices.Sorted(maps.Keys(o.Verify.Trust().IssuerNames))
	}
	if len(names) == 0 || known[names[0]] == "" {
		return ""
	}
	return names[0]
}

// planRoutes fills in the routes where Options has none.
func (s *service) planRoutes() (err error) {
	s.plan, err = s.planned()
	if err == nil && s.plan != nil && s.Routes == nil {
		s.routes = s.plan.Gateway()
	}
	return err
}

// problems are what the routes cannot express of Policy, a line for each.
func (s *service) problems() []string {
	if s.plan == nil {
		return nil
	}
	var lines []string
	for _, problem := range s.plan.Problems {
		lines = append(lines, "Policy: "+problem.String())
	}
	return lines
}
