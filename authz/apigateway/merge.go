package apigateway

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
)

// enter gives each operation of the app's document a route, and notes those whose
// security differs from the policy. An operation without a rule is an error: the
// function would refuse it.
func (p *planner) enter(d *appDocument) error {
	problems := []error{d.reserve(p)}
	for _, op := range d.operations {
		if op.method == anyMethod && p.opts.preflights() == front {
			problems = append(problems, &documentError{op.place, "would take preflights, which the gateway answers; name the methods"})
			continue
		}
		rule := p.oracle.ask(op.sampleMethod(), "", op.path.sample())
		if rule == noRule {
			if op.method == "OPTIONS" && p.opts.preflights() != nobody {
				continue
			}
			problems = append(problems, &documentError{op.place, "no rule of the policy serves this operation"})
			continue
		}
		p.add(op.method, op.path, rule, false)
		if text := op.differs(p.rules[rule], p.gates[rule]); text != "" {
			p.differences = append(p.differences, op.place+": "+text)
		}
	}
	return errors.Join(problems...)
}

// reserve reports security schemes of the document whose names authorizers need.
func (d *appDocument) reserve(p *planner) error {
	names := []string{schemeJWT, schemeCognito, schemeIAM, schemeCustom}
	names = append(names, slices.Sorted(maps.Keys(p.terms.trust.IssuerNames))...)
	var problems []error
	for _, name := range names {
		scheme, _ := d.at("/components/securitySchemes/" + pointerEscape(name)).(map[string]any)
		if scheme != nil && scheme[extAuthorizer] == nil && scheme[extAuthType] == nil {
			problems = append(problems, &documentError{"/components/securitySchemes/" + pointerEscape(name), "an authorizer will have this name; use another"})
		}
	}
	return errors.Join(problems...)
}

func (op appOperation) sampleMethod() string {
	if op.method == anyMethod {
		return "PUT"
	}
	return op.method
}

// sample is a path that the template takes.
func (t template) sample() string {
	var b strings.Builder
	for i, s := range t {
		b.WriteByte('/')
		if s.kind == literal {
			b.WriteString(s.text)
		} else {
			b.WriteString(fresh(i))
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// differs says in which way the document contradicts the rule, "" in none. The
// scopes of the document are taken together: OpenAPI wants all of an alternative's,
// API Gateway any one.
func (op appOperation) differs(rule authz.Rule, g gate) string {
	s := op.says
	switch {
	case s == nil:
		return ""
	case s.open && g.auth != None:
		return fmt.Sprintf("the document says open, the policy says %s", rule.Requirement)
	case !s.open && g.auth == None:
		return "the document asks for a token, the policy says public"
	}
	for _, scope := range s.scopes {
		if !regexp.MustCompile(`(^|[ (])scope ` + regexp.QuoteMeta(scope) + `($|[ )])`).MatchString(rule.Requirement) {
			return fmt.Sprintf("the document names the scope %s, the policy says %s", scope, rule.Requirement)
		}
	}
	for _, scope := range g.scopes {
		if len(g.scopes) == len(rule.Gate.Scopes) && !slices.Contains(s.scopes, scope) {
			return fmt.Sprintf("the document does not name the scope %s, the policy says %s", scope, rule.Requirement)
		}
	}
	return ""
}

// merge writes the plan's paths and schemes into a copy of the app's document.
func (d *appDocument) merge(ours object) object {
	merged := maps.Clone(d.root)
	delete(merged, "security") // each operation says it
	paths, _ := cloneJSON(merged["paths"]).(object)
	byShape := map[string]string{}
	for path := range paths {
		if t, err := parseTemplate(path); err == nil {
			byShape[t.shape()] = path
		}
	}
	for path, item := range ours["paths"].(object) {
		t, err := parseTemplate(path)
		if err != nil {
			panic(err) // the plan made it
		}
		own, ok := byShape[t.shape()]
		if !ok {
			paths[t.renamed(d.names).String()] = rename(item.(object), t, t.renamed(d.names))
			continue
		}
		paths[own] = mergeItem(paths[own].(object), item.(object))
	}
	merged["paths"] = paths
	components, _ := cloneJSON(merged["components"]).(object)
	if components == nil {
		components = object{}
	}
	schemes, _ := components["securitySchemes"].(object)
	if schemes == nil {
		schemes = object{}
	}
	maps.Copy(schemes, ours["components"].(object)["securitySchemes"].(object))
	components["securitySchemes"] = schemes
	merged["components"] = components
	if c, ok := ours[extCORS]; ok {
		merged[extCORS] = c
	}
	return merged
}

// mergeItem adds what the plan says to the app's operations, and the operations
// that the app's document does not have.
func mergeItem(app, ours object) object {
	for name, operation := range ours {
		operation, ok := operation.(object)
		if !ok {
			continue // the app declares its parameters
		}
		own, ok := app[name].(object)
		if !ok {
			app[name] = operation
			continue
		}
		delete(own, extAuth) // its NONE is open access, whatever the security
		for _, member := range []string{"security", extIntegration} {
			own[member] = operation[member]
		}
		if own["responses"] == nil {
			own["responses"] = operation["responses"]
		}
	}
	return app
}

// renamed gives parameters the names that the app's document has for them.
func (t template) renamed(names map[string]string) template {
	named := slices.Clone(t)
	for i, s := range t {
		if n := names[t[:i+1].shape()]; s.kind == param && n != "" {
			named[i].text = n
		}
	}
	return named
}

// rename makes the declared parameters those of the renamed path.
func rename(item object, from, to template) object {
	parameters, _ := item["parameters"].([]any)
	for i, parameter := range parameters {
		p := maps.Clone(parameter.(object))
		for j, s := range from {
			if s.kind == param && p["name"] == s.text {
				p["name"] = to[j].text
			}
		}
		parameters[i] = p
	}
	return item
}

// cloneJSON copies a decoded document, so that merging changes only the copy.
func cloneJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, value := range v {
			m[name] = cloneJSON(value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, value := range v {
			list[i] = cloneJSON(value)
		}
		return list
	}
	return v
}
