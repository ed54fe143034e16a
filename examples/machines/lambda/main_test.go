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
		"REPORT_ISSUER": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"REPORT_APIS":   "a1b2c3d4e5 f6g7h8i9j0",
	}
	for name := range env {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	mux, err := setUp(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if apis := mux.Policy().Trust.APIs; len(apis) != 2 {
		t.Errorf("pinned to %v", apis)
	}
}
