package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// TestGenerate: a verified address gets into the access token, and nothing else.
func TestGenerate(t *testing.T) {
	for what, test := range map[string]struct{ version, attributes, want string }{
		"verified":     {"2", `{"email":"ada@example.com","email_verified":"true"}`, `"claimsToAddOrOverride":{"email":"ada@example.com"}`},
		"version 3":    {"3", `{"email":"ada@example.com","email_verified":"true"}`, `"claimsToAddOrOverride":{"email":"ada@example.com"}`},
		"not verified": {"2", `{"email":"ada@example.com","email_verified":"false"}`, `"claimsToAddOrOverride":null`},
		"not stated":   {"2", `{"email":"ada@example.com"}`, `"claimsToAddOrOverride":null`},
		"none":         {"2", `{"email_verified":"true"}`, `"claimsToAddOrOverride":null`},
		"version 1":    {"1", `{"email":"ada@example.com","email_verified":"true"}`, ""},
	} {
		var e events.CognitoEventUserPoolsPreTokenGenV2_0
		event := `{"version":"` + test.version + `","triggerSource":"TokenGeneration_HostedAuth","userName":"ada","request":{"userAttributes":` + test.attributes + `,"scopes":["openid"]},"response":{}}`
		if err := json.Unmarshal([]byte(event), &e); err != nil {
			t.Fatal(err)
		}
		out, err := generate(t.Context(), e)
		if test.want == "" {
			if err == nil {
				t.Errorf("%s: no error", what)
			}
			continue
		}
		reply, _ := json.Marshal(out.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration)
		if err != nil || !strings.Contains(string(reply), test.want) {
			t.Errorf("%s: %s, %v", what, reply, err)
		}
	}
}
