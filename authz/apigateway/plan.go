package apigateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Auth is what a route asks of a request, in AWS's spelling.
type Auth string

const (
	// None asks for nothing.
	None Auth = "NONE"
	// JWT asks for a token that a JWT authorizer accepts.
	JWT Auth = "JWT"
	// CognitoUserPools asks for a token of a user pool, on a REST API.
	CognitoUserPools Auth = "COGNITO_USER_POOLS"
	// IAM asks for an AWS signature.
	IAM Auth = "AWS_IAM"
	// Custom asks a Lambda authorizer.
	Custom Auth = "CUSTOM"
)

// Route is one route of the API.
type Route struct {
	// Key is a method or ANY and a path, such as "GET /notes/{id}".
	Key string `json:"key"`
	// Auth is what the route asks for.
	Auth Auth `json:"auth"`
	// Authorizer is the logical name of the authorizer; "": the API's only one, or
	// none for Auth None and IAM.
	Authorizer string `json:"authorizer,omitempty"`
	// Scopes are those of which a token needs one; empty: any valid token will do.
	Scopes []string `json:"scopes,omitempty"`
}

// Problem is a part of the policy that no routes can express.
type Problem struct {
	// Rule is the method, if any, and pattern of the rule; "" where the problem is
	// the whole policy's.
	Rule string
	// What would happen.
	What string
	// Cure is what to change.
	Cure string
	// Warning reports that the plan is right under at least one reading of what
	// AWS leaves open, or differs in nothing but a hint. Other problems make the
	// commands of Main fail.
	Warning bool
}

// String returns the problem as one line.
func (p Problem) String() string {
	rule := p.Rule
	if rule == "" {
		rule = "policy"
	}
	return fmt.Sprintf("%s: %s; %s", rule, p.What, p.Cure)
}

// Plan is what a gateway should be given, made from a policy. It depends on the
// policy and the options alone: the same ones give the same plan, whatever the
// time.
type Plan struct {
	// Kind is the kind of API.
	Kind Kind
	// Routes are sorted by path, then method.
	Routes []Route
	// Problems are sorted by rule.
	Problems []Problem
	// Notes say what a reviewer should know though nothing is wrong.
	Notes []string
	// Differences are operations of Options.Document whose security contradicts the
	// policy. The policy's is what is planned.
	Differences []string

	opts  Options
	trust claims.Trust
	app   *appDocument
}

// New returns the plan of a policy. nil options are the zero Options. It returns
// an error for a policy without rules or without an Identifier, and for impossible
// options; what a gateway cannot express is a Problem in the plan.
func New(r Router, opts *Options) (*Plan, error) {
	p, err := newPlanner(r, opts)
	if err != nil {
		return nil, err
	}
	return p.plan(), nil
}

// quota is how many routes an API has ("Quotas for configuring and running an
// HTTP API in API Gateway": 300 routes; REST APIs: 300 resources).
const quota = 300

// Failed reports whether a Problem is more than a warning.
func (p *Plan) Failed() bool {
	return slices.ContainsFunc(p.Problems, func(p Problem) bool { return !p.Warning })
}

// Err joins the problems that are more than warnings; nil if there is none.
func (p *Plan) Err() error {
	var failed []error
	for _, problem := range p.Problems {
		if !problem.Warning {
			failed = append(failed, errors.New("apigateway: "+problem.String()))
		}
	}
	return errors.Join(failed...)
}

// Gateway returns the routes for a gateway on a laptop or in a test, which then
// refuses what the deployed one refuses. Its routes have no Authorizer where the
// plan needs only one: that is gateway.Config.Authorizer.
func (p *Plan) Gateway() []gateway.Route {
	routes := make([]gateway.Route, len(p.Routes))
	for i, r := range p.Routes {
		routes[i] = gateway.Route{
			Key:        r.Key,
			Scopes:     slices.Clone(r.Scopes),
			Authorizer: r.Authorizer,
			Open:       r.Auth == None,
		}
	}
	return routes
}

// Authorizers returns the logical names of the JWT or Cognito authorizers that
// routes name, sorted; a plan with only one authorizer names none.
func (p *Plan) Authorizers() []string {
	var names []string
	for _, r := range p.Routes {
		if r.Authorizer != "" && !slices.Contains(names, r.Authorizer) {
			names = append(names, r.Authorizer)
		}
	}
	slices.Sort(names)
	return names
}

// String returns the plan as a table with its problems and notes, for a reviewer.
func (p *Plan) String() string {
	var b strings.Builder
	p.writeTable(&b)
	for _, problem := range p.Problems {
		word := "problem"
		if problem.Warning {
			word = "warning"
		}
		fmt.Fprintf(&b, "%s: %s\n", word, problem)
	}
	for _, difference := range p.Differences {
		fmt.Fprintf(&b, "difference: %s\n", difference)
	}
	for _, note := range p.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	return b.String()
}
