package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	_, err := setUp(t.Context(), func(string) string { return "" })
	env := map[string]string{
		"JOBS_ISSUER":    "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"JOBS_TABLE":     "jobs",
		"JOBS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
		"JOBS_QUEUE_ARN": "arn:aws:sqs:eu-west-1:123456789012:jobs",
		"JOBS_RULE_ARN":  "arn:aws:events:eu-west-1:123456789012:rule/sweep",
	}
	for name := range env {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	getenv := func(name string) string { return env[name] }
	if _, err := setUp(t.Context(), getenv); err != nil {
		t.Fatal(err)
	}
	env["JOBS_POOL"] = "not a pool"
	if _, err := setUp(t.Context(), getenv); err == nil {
		t.Error("a pool that is none was accepted")
	}
}
