package apigateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Environment is what differs between the deployments of one policy: the content
// of the file that -env names.
type Environment struct {
	// Issuers are the authorizers' issuers by logical name; the name of an API's
	// only authorizer is free.
	Issuers map[string]Issuer `json:"issuers"`
	// APIs are the ids of the APIs that may be what is checked; empty: any one.
	APIs []string `json:"apis,omitempty"`
	// Accounts are the AWS accounts that may own them; empty: any one.
	Accounts []string `json:"accounts,omitempty"`
	// Functions are the functions that the routes of this policy may call, as
	// unqualified ARN or ARN:ALIAS.
	Functions []string `json:"functions,omitempty"`
	// LambdaAuthorizer is the ARN of the Lambda authorizer's function; "": none.
	LambdaAuthorizer string `json:"lambdaAuthorizer,omitempty"`
}

// Issuer is one issuer of tokens, and to whom it must have issued them.
type Issuer struct {
	// Issuer is the token's iss.
	Issuer string `json:"issuer"`
	// Audiences are those of a JWT authorizer; a Cognito user pool authorizer has
	// none.
	Audiences []string `json:"audiences,omitempty"`
}

// ParseEnvironment reads the file that -env names. It returns an error that joins
// all that is wrong in it.
func ParseEnvironment(data []byte) (*Environment, error) {
	var e Environment
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("apigateway: environment: %w", err)
	}
	if d.More() {
		return nil, errors.New("apigateway: environment: something follows the object")
	}
	return &e, e.check()
}

var (
	functionARN  = regexp.MustCompile(`^arn:(aws[a-z-]*):lambda:([a-z0-9-]+):(\d{12}):function:([A-Za-z0-9_-]+)(?::([A-Za-z0-9_$-]+))?$`)
	accountID    = regexp.MustCompile(`^\d{12}$`)
	apiID        = regexp.MustCompile(`^[a-z0-9]+$`)
	nameOfIssuer = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

func (e *Environment) check() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("apigateway: environment: "+format, args...))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Issuers)) {
		if !nameOfIssuer.MatchString(name) {
			bad("issuers: the name %q is not made of letters, digits, dots, dashes and underscores", name)
		}
		if issuer := e.Issuers[name].Issuer; !strings.HasPrefix(issuer, "https://") {
			bad("issuers: %s: the issuer %q does not begin with https://", name, issuer)
		}
		if n := len(e.Issuers[name].Audiences); n > 50 {
			bad("issuers: %s: %d audiences, and an authorizer has at most 50", name, n)
		}
	}
	for _, id := range e.APIs {
		if !apiID.MatchString(id) {
			bad("apis: %q is not the id of an API", id)
		}
	}
	for _, id := range e.Accounts {
		if !accountID.MatchString(id) {
			bad("accounts: %q is not an account id of twelve digits", id)
		}
	}
	for _, arn := range e.Functions {
		if !functionARN.MatchString(arn) {
			bad("functions: %q is not the ARN of a function or an alias", arn)
		}
	}
	if e.LambdaAuthorizer != "" && !functionARN.MatchString(e.LambdaAuthorizer) {
		bad("lambdaAuthorizer: %q is not the ARN of a function or an alias", e.LambdaAuthorizer)
	}
	return errors.Join(problems...)
}
