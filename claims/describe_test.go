package claims_test

import (
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
)

func TestExtractorDescribesItself(t *testing.T) {
	for want, config := range map[string]claims.Config{
		"JWT authorizer; issuer https://a.example, https://b.example; API a1b2; stage $default": {
			Sources: []claims.Source{claims.JWT},
			Issuers: []string{"https://b.example", "https://a.example"},
			APIs:    []string{"a1b2"},
			Stages:  []string{"$default"},
		},
		"JWT authorizer, Cognito authorizer, native JWT authorizer; unpinned": {InsecureAnyIssuer: true},
	} {
		if got := claims.MustNew(config).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
