package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	_, err := setUp(func(string) string { return "" })
	for _, name := range []string{"REPORT_ISSUER", "REVOCATION_URL"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	env := map[string]string{
		"REPORT_ISSUER":  "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"REVOCATION_URL": "http://localhost:2772/applications/report/environments/prod/configurations/revoked",
	}
	mux, err := setUp(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if every := mux.Policy().Every; every != "not revoked" {
		t.Errorf("every route requires %q", every)
	}
}
