package authz

import (
	"errors"
	"fmt"
	"strings"
)

// mustBeValid panics if the Guard is impossible, and names every problem.
func (g *Guard) mustBeValid() {
	mustHave(g.problems())
}

func mustHave(problems []error) {
	if len(problems) > 0 {
		panic("authz: " + strings.ReplaceAll(errors.Join(problems...).Error(), "\n", "; "))
	}
}

func (g *Guard) problems() (problems []error) {
	if isTypedNil(g.Identifier) {
		return append(problems, fmt.Errorf("Guard.Identifier is a nil %T", g.Identifier))
	}
	if g.SubjectKey != nil && len(g.SubjectKey) < minSubjectKey {
		problems = append(problems, fmt.Errorf("Guard.SubjectKey has %d bytes, and needs %d: subjects could be guessed", len(g.SubjectKey), minSubjectKey))
	}
	if g.Every != nil {
		problems = append(problems, refusePart("Guard.Every", g.Every), g.refuseIssuers(g.Every))
	}
	if !g.ReportUntil.IsZero() && g.OnDecision == nil {
		problems = append(problems, errors.New("Guard.ReportUntil without OnDecision: nobody would see the reports"))
	}
	if g.Resource != nil {
		_, trust := describe(g.Identifier)
		problems = append(problems, g.Resource.problems(trust)...)
	}
	return found(problems)
}

// found drops what is nil.
func found(problems []error) []error {
	var some []error
	for _, problem := range problems {
		if problem != nil {
			some = append(some, problem)
		}
	}
	return some
}

// mustBeRoute panics unless the Guard can decide about a route by req.
func (g *Guard) mustBeRoute(where string, req Requirement) {
	problems := g.problems()
	if problem := refuseRule(where, req); problem != nil {
		problems = append(problems, problem)
	} else {
		problems = append(problems, g.refuseIssuers(req))
	}
	mustHave(found(problems))
}

// refuseRule returns why req cannot stand for a rule. Asking for the text also
// finds the nil pointers that hide in a non-nil interface.
func refuseRule(where string, req Requirement) error {
	switch {
	case req == nil:
		return errors.New(where + " with a nil Requirement")
	case req.String() == "":
		return errors.New(where + " with a Requirement that has no text")
	case req == UnknownRoute():
		return errors.New("UnknownRoute as the requirement of a route")
	}
	return nil
}

// refusePart returns why req cannot be one of several: Public never can.
func refusePart(where string, req Requirement) error {
	if problem := refuseRule(where, req); problem != nil {
		return problem
	}
	if req == Public() {
		return errors.New("Public inside " + where)
	}
	return nil
}

// refuseIssuers returns which issuers req names that the Guard's Identifier does
// not: no caller could ever meet them.
func (g *Guard) refuseIssuers(req Requirement) error {
	switch req := req.(type) {
	case *issuer:
		_, trust := describe(g.Identifier)
		if trust.IssuerNames[req.name] == "" {
			return errors.New(req.String() + " is not among the IssuerNames of Guard.Identifier")
		}
	case *combination:
		var problems []error
		for _, part := range req.parts {
			problems = append(problems, g.refuseIssuers(part))
		}
		return errors.Join(problems...)
	}
	return nil
}
