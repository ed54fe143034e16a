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
		"PROFILE_ISSUER":   "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"PROFILE_USERINFO": "https://auth.example.com/oauth2/userInfo",
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
	env["PROFILE_USERINFO"] = "http://auth.example.com/oauth2/userInfo"
	if _, err := setUp(getenv); err == nil {
		t.Error("tokens would be sent over http")
	}
}
