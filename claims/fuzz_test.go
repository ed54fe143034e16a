package claims_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Any JSON as requestContext, on every front, is read without a panic; and a
// Subject that comes of it stands as a string in the one place where that
// front's authorizer writes it, which encoding/json finds too.
func FuzzRequestContext(f *testing.F) {
	for _, row := range carried {
		f.Add(`{"http":{"method":"GET","path":"/"},"authorizer":` + row.authorizer + `}`)
	}
	for _, seed := range []string{
		`null`, `{}`, `[]`, `"sub"`, `{"authorizer":null}`, `{"authorizer":{"claims":{"sub":["x"],"exp":1}}}`,
		`{"authorizer":{"claims":{"sub":"a","SUB":"b","exp":1718722804}}}`, `{"authorizer":{"claims":{"sub":"a","sub":"b","exp":1}}}`,
		`{"http":{},"authorizer":{"jwt":{"claims":{"sub":"\u0061","scp":"[a b]","aud":["a"],"exp":"1e9"}},"iam":{}}}`,
		`{"authorizer":{"principalId":"a","claims":{"sub":"a","exp":1}}}`, `{"http":{},"authorizer":{"jwt":{"claims":{"x":{"y":[{}]}}}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, requestContext string) {
		if !json.Valid([]byte(requestContext)) {
			return
		}
		for _, head := range []string{
			`{"httpMethod":"GET","path":"/",`, `{"version":"1.0","httpMethod":"GET","path":"/",`, `{"version":"2.0","rawPath":"/",`,
		} {
			event, err := adapter.ParseEvent([]byte(head + `"requestContext":` + requestContext + `}`))
			if err != nil {
				continue
			}
			ctx := adapter.NewContext(t.Context(), event)
			if id, ok := claims.FromContext(ctx); ok {
				checkSubject(t, id, event, requestContext)
				useEveryClaim(t, id)
			}
		}
	})
}

// subjects are where each front's authorizers write the subject.
var subjects = map[adapter.Format][]string{
	adapter.HTTPAPIV2: {"authorizer", "jwt", "claims", "sub"},
	adapter.HTTPAPIV1: {"authorizer", "claims", "sub"},
	adapter.RESTAPI:   {"authorizer", "claims", "sub"},
}

func checkSubject(t *testing.T, id *claims.Identity, event *adapter.Event, requestContext string) {
	t.Helper()
	var at any
	if err := json.Unmarshal([]byte(requestContext), &at); err != nil {
		t.Fatal(err)
	}
	for _, name := range subjects[event.Format()] {
		object, _ := at.(map[string]any)
		at = object[name]
	}
	if at != id.Subject {
		t.Errorf("%v: Subject %q, want what stands there: %#v", event.Format(), id.Subject, at)
	}
}

// useEveryClaim calls whatever could panic on a claim.
func useEveryClaim(t *testing.T, id *claims.Identity) {
	t.Helper()
	for _, name := range []string{"sub", "scp", "scope", "aud", "exp", "x", "cognito:groups", ""} {
		value, ok := id.Claim(name)
		if ok == (value == nil) {
			t.Errorf("Claim(%q) = %v, %v", name, value, ok)
		}
		if list, err := id.List(name); err != nil && list != nil {
			t.Errorf("List(%q) = %q, %v", name, list, err)
		}
	}
	_ = id.Decode(&struct {
		Exp    time.Time      `json:"exp"`
		X      map[string]any `json:"x"`
		Number json.Number    `json:"y"`
	}{})
	for _, scope := range id.Scopes {
		if strings.ContainsAny(scope, " \t\n\u00a0") || scope == "" {
			t.Errorf("scope %q is no scope-token", scope)
		}
	}
}
