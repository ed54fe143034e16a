package gateway

import (
	"encoding/json"
	"strings"
)

// policy is an IAM policy that an authorizer's function answers with.
type policy []statement

type statement struct {
	deny                   bool
	actions, resources     []string
	notAction, notResource bool // the lists name what is left out
	unsure                 bool // has a Condition or a variable, which are not evaluated here
}

const invokeAction = "execute-api:Invoke"

// read decodes a policyDocument; false if it is none. Effect, Action and
// Resource are needed ("IAM JSON policy elements reference").
func (p *policy) read(raw json.RawMessage) bool {
	members, ok := object(raw)
	if !ok {
		return false
	}
	var list []json.RawMessage
	if json.Unmarshal(members["Statement"], &list) != nil {
		list = []json.RawMessage{members["Statement"]}
	}
	for _, raw := range list {
		s, ok := readStatement(raw)
		if !ok {
			return false
		}
		*p = append(*p, s)
	}
	return len(list) > 0
}

func readStatement(raw json.RawMessage) (statement, bool) {
	members, ok := object(raw)
	if !ok {
		return statement{}, false
	}
	var s statement
	var effect string
	if json.Unmarshal(members["Effect"], &effect) != nil || effect != "Allow" && effect != "Deny" {
		return statement{}, false
	}
	s.deny = effect == "Deny"
	var okActions, okResources bool
	s.actions, s.notAction, okActions = oneOf(members, "Action", "NotAction")
	s.resources, s.notResource, okResources = oneOf(members, "Resource", "NotResource")
	_, s.unsure = members["Condition"]
	s.unsure = s.unsure || strings.Contains(strings.Join(s.resources, "\n"), "${")
	return s, okActions && okResources
}

// oneOf reads the one of two members that is there, a string or a list.
func oneOf(members map[string]json.RawMessage, name, not string) (values []string, negated, ok bool) {
	raw, negated := members[name], false
	if other := members[not]; other != nil {
		if raw != nil {
			return nil, false, false
		}
		raw, negated = other, true
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, negated, raw != nil
	}
	err := json.Unmarshal(raw, &values)
	return values, negated, err == nil && len(values) > 0
}

// decide reports whether the policy allows the method, and if not, how it denies
// it: an explicit deny wins, and what no statement allows is denied ("Policy
// evaluation logic"). A statement that cannot be evaluated here denies, but does
// not allow.
func (p policy) decide(arn string) (allowed bool, why failure) {
	for _, s := range p {
		switch applies := s.applies(arn); {
		case s.deny && (applies || s.unsure):
			return false, explicitDeny
		case !s.deny && applies && !s.unsure:
			allowed = true
		}
	}
	return allowed, implicitDeny
}

// applies compares actions without regard to case, and resources with it.
func (s statement) applies(arn string) bool {
	action, resource := false, false
	for _, pattern := range s.actions {
		action = action || glob(strings.ToLower(pattern), strings.ToLower(invokeAction))
	}
	for _, pattern := range s.resources {
		resource = resource || glob(pattern, arn)
	}
	return action != s.notAction && resource != s.notResource
}

// glob compares text with a pattern in which * stands for any characters, slashes
// and colons included, and ? for one.
func glob(pattern, text string) bool {
	star, from := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0: // let the last star take one more
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
