package jwtverify_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
)

func TestVerifierDescribesItself(t *testing.T) {
	v, err := jwtverify.New(jwtverify.Config{Issuers: []jwtverify.Issuer{
		jwtverify.OIDC("https://issuer.example", "api"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := v.String(), "verified token; issuer https://issuer.example; binding "+jwtverify.BindingRequired.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
