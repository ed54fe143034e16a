package apigateway

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// lookAtPolicies looks at the resource policies of our function and of authorizers'
// functions: each statement must have one of the few forms that let in this API
// and nothing else, and each route needs one.
func (c *checker) lookAtPolicies() {
	if c.deployment.id == "" || c.deployment.region == "" || len(c.ownCalled()) == 0 {
		return // it is not known which permissions are right; the files that would say so are missing
	}
	for _, p := range c.deployment.policies {
		if p.size > maxPolicy {
			c.found("policy-size", p.function, fmt.Sprintf("its resource policy has %d bytes, and Lambda keeps %d", p.size, maxPolicy), "use one permission for "+c.wantSource()+"/*/* instead of one for each route")
		}
		for i, s := range p.statements {
			if _, why := c.source(p, s); why != "" {
				c.found("wide-permission", fmt.Sprintf("statement %s of %s", cmp.Or(s.Sid, fmt.Sprintf("%d", i+1)), p.function), why,
					"remove it; what a gateway needs is lambda:InvokeFunction for apigateway.amazonaws.com with ArnLike AWS:SourceArn "+c.wantSource()+"/*/*")
			}
		}
	}
	for _, arn := range c.ownCalled() {
		c.lookForPermission(arn, c.needs(arn))
	}
	for _, a := range c.asked() {
		if a.function != "" {
			c.lookForPermission(a.function, []string{"authorizers/" + a.id})
		}
	}
}

// wantSource is the beginning of the SourceArn of this API.
func (c *checker) wantSource() string {
	account, partition := "ACCOUNT", "aws"
	if own := c.ownCalled(); len(own) > 0 {
		parts := strings.Split(own[0], ":")
		partition, account = parts[1], parts[4]
	}
	d := c.deployment
	return "arn:" + partition + ":execute-api:" + cmp.Or(d.region, "REGION") + ":" + account + ":" + cmp.Or(d.id, "API")
}

// needs are what the permissions of a function must cover, as they stand in a
// SourceArn behind the API's id: STAGE/METHOD/PATH of each route ("Invoke REST APIs
// in API Gateway", API_ID/STAGE/METHOD/RESOURCE_PATH).
func (c *checker) needs(arn string) []string {
	var all []string
	for _, set := range c.deployment.sets {
		for _, r := range set.routes {
			if r.function != arn {
				continue
			}
			path := defaultKey
			switch {
			case r.last:
			case r.method == anyMethod:
				path = "*" + r.path.String()
			default:
				path = r.method + r.path.String()
			}
			for _, s := range set.stages {
				all = append(all, s+"/"+path)
			}
		}
	}
	return all
}

// lookForPermission reports what no statement for this very function, alias
// included, covers.
func (c *checker) lookForPermission(arn string, needs []string) {
	i := slices.IndexFunc(c.deployment.policies, func(p policy) bool { return p.function == arn })
	if i < 0 {
		c.deployment.missed("get-policy " + arn)
		for _, p := range c.deployment.policies {
			if unqualified(p.function) == unqualified(arn) && len(c.sources(p)) > 0 {
				c.found("permission-elsewhere", p.function, "the API may call it, and calls "+arn, "give the permission to what the integration calls")
			}
		}
		return
	}
	sources := c.sources(c.deployment.policies[i])
	var without []string
	for _, need := range needs {
		if !slices.ContainsFunc(sources, func(s string) bool { return covers(s, need) }) {
			without = append(without, need)
		}
	}
	if len(without) > 0 {
		c.found("no-permission", arn, fmt.Sprintf("no statement of its resource policy lets this API call it for %s", some(without)), "add a permission with SourceArn "+c.wantSource()+"/*/*")
	}
}

func some(list []string) string {
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" and %d more", len(list)-3)
	}
	return strings.Join(list, ", ")
}

// covers reports whether a pattern of ArnLike takes a text. * in the need stands for
// every method.
func covers(pattern, need string) bool {
	var re strings.Builder
	re.WriteString("^")
	for _, r := range pattern {
		switch r {
		case '*':
			re.WriteString(".*")
		case '?':
			re.WriteString(".")
		default:
			re.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	compiled := regexp.MustCompile(re.String() + "$")
	if !strings.Contains(need, "/*/") {
		return compiled.MatchString(need)
	}
	return !slices.ContainsFunc(append([]string{"PROPFIND"}, methods...), func(m string) bool {
		return !compiled.MatchString(strings.Replace(need, "/*/", "/"+m+"/", 1))
	})
}

// sources are what the good statements of a policy let in, behind the API's id.
func (c *checker) sources(p policy) []string {
	var all []string
	for _, s := range p.statements {
		if source, why := c.source(p, s); why == "" && source != "" {
			all = append(all, source)
		}
	}
	return all
}

// source returns what a statement lets in: stages, methods and paths of this API.
// It is empty for a statement that lets in none but is known and harmless. Of any
// other statement it says why it is not.
func (c *checker) source(p policy, s statement) (source, why string) {
	if c.isURLStatement(s) {
		return "", ""
	}
	service, ok := s.Principal.(map[string]any)
	switch {
	case s.Effect == "Deny":
		return "", "it denies, and what it leaves is not worked out here"
	case s.Effect != "Allow":
		return "", fmt.Sprintf("its effect %q is not known here", s.Effect)
	case s.NotPrincipal != nil || len(s.NotAction) > 0 || len(s.NotResource) > 0:
		return "", "it allows what it does not name"
	case s.Principal == "*" || ok && service["AWS"] == "*":
		return "", "it lets everybody call the function with events of their own"
	case !ok || len(service) != 1 || service["Service"] == nil:
		return "", "it lets an account, role or user call the function with events of their own"
	case service["Service"] != "apigateway.amazonaws.com":
		return "", fmt.Sprintf("it lets the service %v call the function", service["Service"])
	case len(s.Action) != 1 || s.Action[0] != "lambda:InvokeFunction":
		return "", fmt.Sprintf("it allows %s, and a gateway needs lambda:InvokeFunction alone", strings.Join(s.Action, ", "))
	case len(s.Resource) != 1 || s.Resource[0] != p.function:
		return "", "it is of several resources"
	}
	return c.condition(s)
}

// condition reads the one condition that pins a statement to this API, beside which
// the account may be named.
func (c *checker) condition(s statement) (source, why string) {
	var arns texts
	for operator, keys := range s.Condition {
		for key, values := range keys {
			switch {
			case strings.EqualFold(key, "aws:SourceArn") && slices.Contains([]string{"ArnLike", "ArnEquals", "StringLike"}, operator):
				arns = append(arns, values...)
			case strings.EqualFold(key, "aws:SourceAccount") && slices.Contains([]string{"StringEquals", "StringLike"}, operator):
				if len(values) != 1 || !strings.Contains(c.wantSource(), ":"+values[0]+":") {
					return "", fmt.Sprintf("its SourceAccount is %s, not this account", strings.Join(values, ", "))
				}
			default:
				return "", fmt.Sprintf("its condition %s of %s is not known here", operator, key)
			}
		}
	}
	if len(arns) == 0 {
		return "", "it has no SourceArn, so that any API of anyone's can call the function, with an issuer of its own"
	}
	if len(arns) > 1 {
		return "", "it has several SourceArns"
	}
	want := c.wantSource()
	rest, ok := strings.CutPrefix(arns[0], want)
	if !ok || !strings.HasPrefix(rest, "/") {
		return "", fmt.Sprintf("its SourceArn %s is not literally of this API, %s", arns[0], want)
	}
	return rest[1:], ""
}

// isURLStatement reports whether a statement is one of the two that a Function URL
// with the authentication AWS_IAM or NONE has ("Control access to Lambda function
// URLs"). What such a URL opens is looked at by itself.
func (c *checker) isURLStatement(s statement) bool {
	if s.Effect != "Allow" || len(s.Action) != 1 || s.NotPrincipal != nil || len(s.NotResource) > 0 || len(c.deployment.urls) == 0 {
		return false
	}
	switch s.Action[0] {
	case "lambda:InvokeFunctionUrl":
		return len(s.Condition) == 1 && (s.has("StringEquals", "lambda:FunctionUrlAuthType", "NONE") || s.has("StringEquals", "lambda:FunctionUrlAuthType", "AWS_IAM"))
	case "lambda:InvokeFunction":
		return len(s.Condition) == 1 && s.has("Bool", "lambda:InvokedViaFunctionUrl", "true")
	}
	return false
}

// has reports whether an operator has this one key with this one value.
func (s statement) has(operator, key, value string) bool {
	keys := s.Condition[operator]
	for k, values := range keys {
		if len(keys) == 1 && strings.EqualFold(k, key) && len(values) == 1 && values[0] == value {
			return true
		}
	}
	return false
}
