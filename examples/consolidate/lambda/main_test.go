package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	env := map[string]string{}
	getenv := func(name string) string { return env[name] }
	_, err := setUp(getenv)
	for _, name := range []string{"NOTES_ISSUER", "NOTES_API"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	env["NOTES_ISSUER"], env["NOTES_API"] = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "a1b2c3d4e5"
	if _, err := setUp(getenv); err != nil {
		t.Error(err)
	}
}
