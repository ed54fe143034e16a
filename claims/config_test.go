package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
)

func TestNewRefuses(t *testing.T) {
	issuers := []string{pool}
	for want, config := range map[string]claims.Config{
		`Config.Issuers: [] accepts nobody`:                {},
		`] contradicts InsecureAnyIssuer`:                  {Issuers: issuers, InsecureAnyIssuer: true},
		`Config.Issuers: "" is empty`:                      {Issuers: []string{""}},
		`Config.Issuers: "x y" contains white space`:       {Issuers: []string{"x y"}},
		`Config.APIs: [] is empty; nil means no pin`:       {Issuers: issuers, APIs: strings.Fields("")},
		`Config.APIs: "" is empty`:                         {Issuers: issuers, APIs: strings.Split("", ",")},
		`Config.Stages: "prod " contains white space`:      {Issuers: issuers, Stages: []string{"prod "}},
		`Config.Accounts: "12" is not an account id`:       {Issuers: issuers, Accounts: []string{"12"}},
		`Config.Accounts: "12345678901x" is not`:           {Issuers: issuers, Accounts: []string{"12345678901x"}},
		`Config.Lists: "scope" is a string`:                {Issuers: issuers, Lists: []string{"scope"}},
		`Config.CommaLists: "" is empty`:                   {Issuers: issuers, CommaLists: []string{""}},
		`Config.Sources: "Lambda authorizer" needs APIs`:   {Issuers: issuers, Sources: []claims.Source{claims.LambdaAuthorizer}},
		`Config.Sources: "verified token" comes from a`:    {Issuers: issuers, Sources: []claims.Source{claims.Verified}},
		`Config.Sources: "nobody" is not a source`:         {Issuers: issuers, Sources: []claims.Source{0}},
		`Config.Sources: "Source(77)" is not a source`:     {Issuers: issuers, Sources: []claims.Source{claims.JWT, 77}},
		`Config.Sources: "AWS signature" needs APIs or`:    {Issuers: issuers, Sources: []claims.Source{claims.JWT, claims.SigV4}},
		`Config.Sources: "client certificate" needs APIs`:  {Sources: []claims.Source{claims.ClientCertificate}, Stages: []string{"prod"}},
		`Config.APIs: ["a"] and Config.Accounts: [] contr`: {Sources: []claims.Source{claims.SigV4}, APIs: []string{"a"}, InsecureAnyAPI: true},
		`Config.Issuers: [] accepts nobody; list`:          {Sources: []claims.Source{claims.IdentityPool}},
		`Config.LambdaClaims: set without LambdaAuthoriz`:  {Issuers: issuers, LambdaClaims: map[string]string{"sub": "userId"}},
		`Config.LambdaClaims: "sub" from "": a name is `:   {Sources: []claims.Source{claims.LambdaAuthorizer}, APIs: []string{"a"}, LambdaClaims: map[string]string{"sub": ""}},
		`Config.LambdaClaims: "" from "userId": a name `:   {Sources: []claims.Source{claims.LambdaAuthorizer}, APIs: []string{"a"}, LambdaClaims: map[string]string{"": "userId"}},
	} {
		e, err := claims.New(config)
		if e != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New = %v, %v, want %s", e, err, want)
		}
	}
}

func TestNewJoinsEveryProblem(t *testing.T) {
	_, err := claims.New(claims.Config{Sources: []claims.Source{claims.JWT, claims.Verified}, APIs: []string{""}, Accounts: []string{"x", "y"}})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("New = %v, want joined errors", err)
	}
	if got := joined.Unwrap(); len(got) != 5 {
		t.Errorf("%d problems, want 5:\n%v", len(got), err)
	}
}

func TestMustNewPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustNew accepted an empty Config")
		}
	}()
	claims.MustNew(claims.Config{})
}

// A Config that changes after New must not change who is known.
func TestNewKeepsACopy(t *testing.T) {
	issuers := []string{pool}
	e := claims.MustNew(claims.Config{Issuers: issuers})
	issuers[0] = "https://issuer.example"
	identify(t, e, requestFrom(t, carried[0].front, carried[0].authorizer))
}

// Nothing that identifies by itself needs a pin that could not be met.
func TestNewAccepts(t *testing.T) {
	for name, config := range map[string]claims.Config{
		"a Function URL":    {Sources: []claims.Source{claims.SigV4}, APIs: []string{"abcdefghijklmnopqrstuvwxyz012345"}},
		"an account":        {Sources: []claims.Source{claims.LambdaAuthorizer, claims.ClientCertificate}, Accounts: []string{"123456789012"}},
		"VPC Lattice":       {Sources: []claims.Source{claims.Lattice}, APIs: []string{latticeARN}},
		"any service":       {Sources: []claims.Source{claims.Lattice}, InsecureAnyAPI: true},
		"an identity pool":  {Sources: []claims.Source{claims.IdentityPool}, Issuers: []string{"eu-west-1:0b1c2d3e-0000-4000-8000-000000000001"}},
		"any API":           {Sources: []claims.Source{claims.SigV4}, InsecureAnyAPI: true},
		"any identity pool": {Sources: []claims.Source{claims.IdentityPool}, InsecureAnyIssuer: true},
	} {
		if _, err := claims.New(config); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
