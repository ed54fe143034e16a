package claims_test

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Any JSON as requestContext, on every front and with every Source listed, is
// read without a panic; and a Subject that comes of it stands there as a string,
// to encoding/json too: for tokens in the one place where that front's
// authorizer writes it.
func FuzzRequestContext(f *testing.F) {
	for _, row := range carried {
		f.Add(`{"http":{"method":"GET","path":"/"},"authorizer":` + row.authorizer + `}`)
	}
	for _, row := range events {
		f.Add(string(contextOfFile(f, row.file)))
	}
	for _, seed := range []string{
		`null`, `{}`, `[]`, `"sub"`, `{"authorizer":null}`, `{"authorizer":{"claims":{"sub":["x"],"exp":1}}}`,
		`{"authorizer":{"claims":{"sub":"a","SUB":"b","exp":1718722804}}}`, `{"authorizer":{"claims":{"sub":"a","sub":"b","exp":1}}}`,
		`{"http":{},"authorizer":{"jwt":{"claims":{"sub":"\u0061","scp":"[a b]","aud":["a"],"exp":"1e9"}},"iam":{}}}`,
		`{"authorizer":{"principalId":"a","claims":{"sub":"a","exp":1}}}`, `{"http":{},"authorizer":{"jwt":{"claims":{"x":{"y":[{}]}}}}}`,
		`{"authorizer":{"principalId":"","userId":"0"},"":1e700}`,
		`{"identity":{"user":"a","cognitoIdentityId":"b","cognitoIdentityPoolId":"c","cognitoAuthenticationType":"authenticated"}}`,
		`{"identity":{"clientCert":{"subjectDN":"a","validity":{"notBefore":"Jan  1 00:00:00 1970 GMT","notAfter":"Jan  1 00:00:00 1970 GMT"}}}}`,
		`{"http":{},"authorizer":{"lambda":{"userId":"\ud800","permissions":["a b",1],"roles":{}}}}`,
		`{"serviceArn":"a","identity":{"type":"AWS_IAM","principal":"\u0000"}}`, `{"connectionId":"a","eventType":"b","authorizer":{"principalId":"a"}}`,
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
			if id, _ := anyone.IdentifyContext(ctx); id != nil {
				checkSubject(t, id, event, requestContext)
				useEveryClaim(t, id)
			}
			id, err := everybody.Identify(httptest.NewRequestWithContext(ctx, "GET", "/", nil))
			if id != nil {
				useEveryClaim(t, id)
			}
			if id != nil && (err != nil || id.Subject == "" || !slices.Contains(stringsIn(t, requestContext), id.Subject)) {
				t.Errorf("%v: Subject %q, %v, want a string of the input", event.Format(), id.Subject, err)
			}
		}
	})
}

func contextOfFile(t testing.TB, file string) []byte {
	t.Helper()
	text, err := json.Marshal(requestContextOf(t, file))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// exact decodes numbers that no float64 can hold, too.
func exact(text string) *json.Decoder {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return d
}

// stringsIn returns all strings of a JSON text, those of members that a decoder
// would leave out included.
func stringsIn(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	d := exact(text)
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := token.(string); ok {
			all = append(all, s)
		}
	}
}

// subjects are where each front's token authorizers write the subject.
var subjects = map[adapter.Format][]string{
	adapter.HTTPAPIV2: {"authorizer", "jwt", "claims", "sub"},
	adapter.HTTPAPIV1: {"authorizer", "claims", "sub"},
	adapter.RESTAPI:   {"authorizer", "claims", "sub"},
}

func checkSubject(t *testing.T, id *claims.Identity, event *adapter.Event, requestContext string) {
	t.Helper()
	var at any
	if err := exact(requestContext).Decode(&at); err != nil {
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
	_ = id.Key()
	if id.Certificate != nil {
		_ = id.Certificate.PEM()
	}
	for _, scope := range id.Scopes {
		if strings.ContainsAny(scope, " \t\n\u00a0") || scope == "" {
			t.Errorf("scope %q is not a scope-token", scope)
		}
	}
}
