package apigateway

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// CloudFormation is what openapi.cfn.json refers to. All texts are Fn::Sub's: a
// ${Name} is a parameter, a resource or a pseudo parameter of the template that
// holds the document.
type CloudFormation struct {
	// Function is the ARN of the function or alias, built from names, never from a
	// reference to the function: the function's permission refers to the API, so
	// that the template would be circular. "": the function ${FunctionName} of the
	// stack's account and region.
	Function string
	// Issuers are the authorizers' issuers by logical name, "" for the only one.
	// Those that are missing are ${Issuer} with the audience ${Audience}, or
	// ${NameIssuer} and ${NameAudience} where there are several.
	Issuers map[string]Issuer
	// UserPools are the ARNs of the pools of a REST API's Cognito authorizers by
	// logical name, "" for the only one; those missing are ${UserPool.Arn} or
	// ${NameUserPool.Arn}.
	UserPools map[string][]string
	// LambdaAuthorizer is the ARN of the Lambda authorizer's function; "": the
	// function ${LambdaAuthorizerName}.
	LambdaAuthorizer string
}

// placeholders are what stands for an environment that is not known.
func placeholders(p *Plan) CloudFormation {
	c := CloudFormation{
		Function:         "arn:aws:lambda:REGION:ACCOUNT:function:FUNCTION",
		LambdaAuthorizer: "arn:aws:lambda:REGION:ACCOUNT:function:AUTHORIZER",
		Issuers:          map[string]Issuer{},
		UserPools:        map[string][]string{},
	}
	for _, name := range append(p.Authorizers(), "") {
		host := cmp.Or(name, "issuer") + ".invalid"
		c.Issuers[name] = Issuer{Issuer: "https://" + host, Audiences: []string{"AUDIENCE"}}
		c.UserPools[name] = []string{"arn:aws:cognito-idp:REGION:ACCOUNT:userpool/" + cmp.Or(name, "POOL")}
	}
	return c
}

// target is the environment as a document needs it.
func (e *Environment) target(p *Plan) CloudFormation {
	c := placeholders(p)
	if len(e.Functions) > 0 {
		c.Function = e.Functions[0]
	}
	c.LambdaAuthorizer = cmp.Or(e.LambdaAuthorizer, c.LambdaAuthorizer)
	maps.Copy(c.Issuers, e.Issuers)
	if names := slices.Collect(maps.Keys(e.Issuers)); len(names) == 1 {
		c.Issuers[""] = e.Issuers[names[0]]
	}
	return c
}

func (c CloudFormation) withDefaults(p *Plan) CloudFormation {
	const function = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
	c.Function = cmp.Or(c.Function, function+"${FunctionName}")
	c.LambdaAuthorizer = cmp.Or(c.LambdaAuthorizer, function+"${LambdaAuthorizerName}")
	issuers, pools := map[string]Issuer{}, map[string][]string{}
	for _, name := range append(p.Authorizers(), "") {
		id := logicalID(name)
		issuers[name] = Issuer{Issuer: "${" + id + "Issuer}", Audiences: []string{"${" + id + "Audience}"}}
		pools[name] = []string{"${" + id + "UserPool.Arn}"}
	}
	maps.Copy(issuers, c.Issuers)
	maps.Copy(pools, c.UserPools)
	c.Issuers, c.UserPools = issuers, pools
	return c
}

// logicalID turns a name into the beginning of a logical id, which has letters and
// digits only.
func logicalID(name string) string {
	var b strings.Builder
	up := true
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z' && up:
			b.WriteRune(r - 'a' + 'A')
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b.WriteRune(r)
		default:
			up = true
			continue
		}
		up = false
	}
	return b.String()
}
