package main

import (
	"strings"
	"testing"
)

// TestSetUp: the function does not start half configured, and names all that is
// missing at once.
func TestSetUp(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-central-1")
	_, err := setUp(t.Context(), func(string) string { return "" })
	env := map[string]string{
		"CHAT_ISSUER":   "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"CHAT_TABLE":    "chat",
		"CHAT_API":      "a1b2c3d4e5",
		"CHAT_ENDPOINT": "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/prod",
		"CHAT_ORIGINS":  "https://app.example.com",
		"CHAT_MEMBERS":  `{"harbor": ["ada"]}`,
	}
	for name := range env {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v does not name %s", err, name)
		}
	}
	if _, err := setUp(t.Context(), func(name string) string { return env[name] }); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]string{
		"CHAT_ENDPOINT": "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
		"CHAT_MEMBERS":  "ada",
	} {
		_, err := setUp(t.Context(), func(asked string) string {
			if asked == name {
				return wrong
			}
			return env[asked]
		})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: error %v", name, wrong, err)
		}
	}
}
