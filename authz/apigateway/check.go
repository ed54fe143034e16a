package apigateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Report is what a check of a deployment found.
type Report struct {
	// Findings are what is wrong, in the order in which the files are looked at.
	Findings []Finding `json:"findings"`
	// Unchecked are the files that must be there and are not, by the name that
	// -allow-unchecked takes.
	Unchecked []string `json:"unchecked"`
	// Foreign are routes that lead to other functions, or elsewhere.
	Foreign []string `json:"foreign"`
	// Notes are what no check of this kind can see.
	Notes []string `json:"notes"`
}

// Finding is one thing that is wrong with a deployment.
type Finding struct {
	// Name is the kind of finding, the same in all versions.
	Name string `json:"name"`
	// Where is the route, rule, statement, authorizer or stage.
	Where string `json:"where"`
	// What is wrong, and what to do about it.
	What string `json:"what"`
	Cure string `json:"cure"`
}

// String returns the finding as one line.
func (f Finding) String() string { return f.Name + ": " + f.Where + ": " + f.What + "; " + f.Cure }

// Check holds what is deployed against a policy. dir is a folder of files that each
// hold what one AWS CLI command printed and are named after it; e says what is this
// environment's own; functions are the functions that the routes of this policy
// call, as ARN or ARN:ALIAS, in addition to e.Functions. Without any, the routes must
// all lead to one function. nil e has nothing, and so fits no policy that knows tokens.
//
// An error means that the files contradict each other, are cut off or are not what
// they should be, so that nothing they say counts. Files that are missing are in
// Report.Unchecked: a check with any is not a check that found nothing.
func Check(r Router, opts *Options, dir string, e *Environment, functions ...string) (*Report, error) {
	p, err := newPlanner(r, opts)
	if err != nil {
		return nil, err
	}
	planned, err := newPlanner(r, opts)
	if err != nil {
		return nil, err
	}
	if e == nil {
		e = &Environment{}
	}
	in, err := readInputs(dir)
	if err != nil {
		return nil, err
	}
	d, err := load(in, p.opts.Kind)
	if err != nil {
		return nil, err
	}
	c := &checker{planner: p, planned: planned, deployment: d, env: e, report: &Report{}}
	if err := c.identify(functions); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.report, nil
}

// checker checks one deployment.
type checker struct {
	*planner
	planned    *planner // which makes the plan to compare with
	deployment *deployment
	env        *Environment
	report     *Report
	functions  []string // ours
}

func (c *checker) found(name, where, what, cure string) {
	f := Finding{name, where, what, cure}
	if !slices.Contains(c.report.Findings, f) {
		c.report.Findings = append(c.report.Findings, f)
	}
}

// identify makes sure that all files are of this API and of one function in one
// place, and finds out which function is ours.
func (c *checker) identify(functions []string) error {
	d := c.deployment
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("apigateway: "+format, args...))
	}
	if len(c.env.APIs) > 0 && d.id != "" && !slices.Contains(c.env.APIs, d.id) {
		bad("the files are of the API %s, the environment has %s", d.id, strings.Join(c.env.APIs, ", "))
	}
	c.functions = slices.Concat(c.env.Functions, functions)
	called := d.called()
	if len(c.functions) == 0 {
		if c.functions = called; len(called) > 1 {
			bad("the routes lead to %s; say with -function or in the environment which of them serve this policy", strings.Join(called, ", "))
		}
	}
	for _, arn := range slices.Concat(c.ownCalled(), c.authorizerFunctions()) {
		if at := strings.SplitN(arn, ":", 6); len(c.env.Accounts) > 0 && !slices.Contains(c.env.Accounts, at[4]) {
			bad("%s is of another account than the environment's %s", arn, strings.Join(c.env.Accounts, ", "))
		} else if d.region != "" && at[3] != d.region {
			bad("%s is not in %s, where the API is", arn, d.region)
		}
		if place(arn) != place(c.ownCalled()[0]) {
			bad("%s and %s are in two places", arn, c.ownCalled()[0])
		}
	}
	for _, p := range d.policies {
		if !c.concerns(p.function) {
			bad("%s is of the function %s, which no route of this policy calls", p.file, p.function)
		}
	}
	for _, u := range d.urls {
		if !c.concerns(u.function) {
			bad("a Function URL is of the function %s, which no route of this policy calls", u.function)
		}
	}
	for _, f := range d.noURLs {
		if !c.concerns(f.of) {
			bad("%s is of the function %s, which no route of this policy calls", f.file, f.of)
		}
	}
	return errors.Join(append(problems, c.checkIssuers())...)
}

// checkIssuers makes sure that the environment knows the issuer of each authorizer
// that the policy names.
func (c *checker) checkIssuers() error {
	needed := map[string]bool{}
	for _, g := range append(slices.Clone(c.gates), c.terms.floor()) {
		if g.auth == JWT || g.auth == CognitoUserPools {
			needed[g.authorizer] = true
		}
	}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(needed)) {
		if _, ok := c.issuer(name); !ok && name == "" {
			problems = append(problems, fmt.Errorf("apigateway: environment: issuers: there must be one, the policy's only issuer; there are %d", len(c.env.Issuers)))
		} else if !ok {
			problems = append(problems, fmt.Errorf("apigateway: environment: issuers: there is no %q, which rules name", name))
		}
	}
	return errors.Join(problems...)
}

// issuer is the environment's issuer of a logical name.
func (c *checker) issuer(name string) (Issuer, bool) {
	if name == "" && len(c.env.Issuers) == 1 {
		for _, i := range c.env.Issuers {
			return i, true
		}
	}
	i, ok := c.env.Issuers[name]
	return i, ok
}

// called are the functions that routes lead to.
func (d *deployment) called() []string {
	var all []string
	for _, set := range d.sets {
		for _, r := range set.routes {
			if r.function != "" {
				all = addNew(all, r.function)
			}
		}
	}
	return all
}

// isOurs reports whether a route leads to a function of this policy, by whatever
// qualifier.
func (c *checker) isOurs(function string) bool {
	return function != "" && slices.ContainsFunc(c.functions, func(f string) bool { return unqualified(f) == unqualified(function) })
}

// ownCalled are our functions as the routes call them.
func (c *checker) ownCalled() []string {
	return slices.DeleteFunc(c.deployment.called(), func(arn string) bool { return !c.isOurs(arn) })
}

// authorizerFunctions are the functions of Lambda authorizers that our routes ask.
func (c *checker) authorizerFunctions() []string {
	var all []string
	for _, a := range c.asked() {
		if a.function != "" {
			all = addNew(all, a.function)
		}
	}
	return all
}

// asked are the authorizers of our routes, by id.
func (c *checker) asked() []authorizer {
	ids := map[string]bool{}
	for _, set := range c.deployment.sets {
		for _, r := range set.routes {
			if c.isOurs(r.function) && r.authorizer != "" {
				ids[r.authorizer] = true
			}
		}
	}
	var all []authorizer
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if a, ok := c.deployment.authorizers[id]; ok {
			all = append(all, a)
		}
	}
	return all
}

// concerns reports whether our routes call a function, or an authorizer of theirs
// does, by whatever qualifier. Without the routes it is ours if we were told so.
func (c *checker) concerns(function string) bool {
	called := slices.Concat(c.ownCalled(), c.authorizerFunctions())
	if len(c.deployment.sets) == 0 {
		called = c.functions
	}
	return len(called)+len(c.functions) == 0 || slices.ContainsFunc(called, func(arn string) bool {
		return unqualified(arn) == unqualified(function)
	})
}

// check looks at everything.
func (c *checker) check() error {
	if err := c.lookAtRoutes(); err != nil {
		return err
	}
	c.lookAtIntegrations()
	c.lookAtAuthorizers()
	c.lookAtPolicies()
	c.lookAtURLs()
	c.lookAtAPI()
	c.report.Unchecked = c.deployment.missing
	slices.Sort(c.report.Unchecked)
	slices.Sort(c.report.Foreign)
	c.report.Notes = []string{
		"identity policies inside the account are not visible from here: whoever may call lambda:InvokeFunction can forge a whole event",
		"paths with a percent sign or an empty segment are outside the proof",
	}
	return nil
}
