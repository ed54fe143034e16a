package authorizer_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzInvoke: whatever comes in, there is no panic, an error holds nothing of it,
// and what is allowed is one method of one path, by a policy without a wildcard,
// for a caller whom the rule admits.
func FuzzInvoke(f *testing.F) {
	for kind := range events {
		for _, path := range []string{"/notes", "/notes/1", "/notes/export", "/notes/%2A", "/hello"} {
			f.Add(event(kind, "Bearer reader", "GET", path))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, last := newAuthorizer(t, nil)
		reply, err := a.Invoke(t.Context(), data)
		if (reply == nil) == (err == nil) || last.Failed && err == nil || last.Allow && reply == nil {
			t.Fatalf("reply %s, error %v, %+v", reply, err, *last)
		}
		if err != nil && len(data) > 200 && strings.Contains(err.Error(), string(data)) {
			t.Errorf("error %q holds the event", err)
		}
		if !last.Allow {
			return
		}
		var said struct {
			PolicyDocument *struct{ Statement []struct{ Resource string } }
		}
		if err := json.Unmarshal(reply, &said); err != nil {
			t.Fatal(err)
		}
		if said.PolicyDocument == nil {
			return
		}
		resource := said.PolicyDocument.Statement[0].Resource
		if strings.ContainsAny(resource, "*?") || strings.Contains(resource, "${") {
			t.Errorf("allowed %q", resource)
		}
		if strings.Contains(resource, "/DELETE/") && last.Rule.Method != "" && last.Rule.Method != "DELETE" {
			t.Errorf("allowed %q by the rule %s %s", resource, last.Rule.Method, last.Rule.Pattern)
		}
	})
}
