package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	_, err := setUp(t.Context(), func(string) string { return "" })
	for _, name := range []string{"FILES_ISSUER", "FILES_BUCKET"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	env := map[string]string{"FILES_ISSUER": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "FILES_BUCKET": "files"}
	mux, err := setUp(t.Context(), func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if rules := mux.Policy().Rules; len(rules) != 3 {
		t.Errorf("%d routes, want 3", len(rules))
	}
}
