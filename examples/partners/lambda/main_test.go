package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	_, err := setUp(func(string) string { return "" })
	env := map[string]string{
		"RATES_ISSUER":   "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"RATES_API":      "a1b2c3d4e5",
		"RATES_PARTNERS": `{"acme": {"tier": 1, "key_id": "k"}}`,
	}
	for name := range env {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	getenv := func(name string) string { return env[name] }
	if _, err := setUp(getenv); err != nil {
		t.Fatal(err)
	}
	env["RATES_PARTNERS"] = `{}`
	if _, err := setUp(getenv); err == nil {
		t.Error("an API without partners was accepted")
	}
}
