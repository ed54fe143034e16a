package claims_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// What a front cannot carry is nobody, whoever wrote it into the event.
func TestSourcesOnOtherFronts(t *testing.T) {
	legitimate := map[adapter.Format]map[string]bool{}
	for _, row := range carried {
		if legitimate[row.front] == nil {
			legitimate[row.front] = map[string]bool{}
		}
		legitimate[row.front][row.authorizer] = true
	}
	for front := range fronts {
		for _, authorizer := range []string{jwtV2, jwtV1, cognito, native} {
			id, err := anyone.Identify(requestFrom(t, front, authorizer))
			switch {
			case legitimate[front][authorizer] && id == nil:
				t.Errorf("%v with %.20s…: nobody, %v", front, authorizer, err)
			case !legitimate[front][authorizer] && (id != nil || err == nil):
				t.Errorf("%v with %.20s…: %v, %v, want an error", front, authorizer, id, err)
			}
		}
	}
}

func TestNoAuthorizerIsNobodyWithoutAnError(t *testing.T) {
	for front := range fronts {
		for _, authorizer := range []string{"", "null", "{}", `{"jwt":null}`, `{"lambda":null}`, `{"claims":null,"scopes":null}`} {
			if id, err := anyone.Identify(requestFrom(t, front, authorizer)); id != nil || err != nil {
				t.Errorf("%v with authorizer %s: %v, %v, want nil, nil", front, authorizer, id, err)
			}
		}
	}
	if id, err := anyone.Identify(httptest.NewRequest("GET", "/", nil)); id != nil || err != nil {
		t.Errorf("without an event: %v, %v, want nil, nil", id, err)
	}
}

// Data of the wrong shape is nobody on every front, with a reason.
func TestMalformedAuthorizer(t *testing.T) {
	for name, authorizer := range map[string]string{
		"text":                     `"f2a4c6d8"`,
		"array":                    `[` + jwtV2 + `]`,
		"number":                   `1`,
		"bool":                     `true`,
		"jwt is text":              `{"jwt":"f2a4c6d8"}`,
		"jwt is an array":          `{"jwt":[{"claims":{"sub":"f2a4c6d8"}}]}`,
		"jwt is empty":             `{"jwt":{}}`,
		"claims are null":          `{"jwt":{"claims":null,"scopes":null}}`,
		"claims are text":          `{"jwt":{"claims":"f2a4c6d8"}}`,
		"claims are an array":      `{"jwt":{"claims":["sub","f2a4c6d8"]}}`,
		"claims are empty":         `{"jwt":{"claims":{}}}`,
		"jwt and lambda":           `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"lambda":{"sub":"x"}}`,
		"jwt and empty iam":        `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"iam":{}}`,
		"jwt and claims":           `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"claims":{"sub":"f2a4c6d8"}}`,
		"jwt and principalId":      `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"principalId":"f2a4c6d8"}`,
		"jwt twice":                `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"jwt":{"claims":{"sub":"root"}}}`,
		"jwt after null":           `{"jwt":null,"jwt":{"claims":{"sub":"f2a4c6d8"}}}`,
		"jwt twice, once escaped":  `{"jwt":{"claims":{"sub":"f2a4c6d8"}},"\u006awt":{"claims":{"sub":"root"}}}`,
		"claims twice":             `{"jwt":{"claims":{"sub":"f2a4c6d8"},"claims":{"sub":"root"}}}`,
		"sub twice":                jwtWith(`"sub":"root"`),
		"sub twice, once null":     jwtWith(`"sub":null`),
		"sub twice, once escaped":  jwtWith(`"s\u0075b":"root"`),
		"any claim twice":          jwtWith(`"email":"a@example.com","email":"b@example.com"`),
		"a nested member twice":    jwtWith(`"address":{"country":"NO","country":"SE"}`),
		"nested deeper":            jwtWith(`"list":[{"a":[{"b":1,"b":2}]}]`),
		"endless nesting":          jwtWith(`"list":` + strings.Repeat("[", 100) + strings.Repeat("]", 100)),
		"no sub":                   `{"jwt":{"claims":{"iss":"` + pool + `"}}}`,
		"sub is empty":             `{"jwt":{"claims":{"sub":""}}}`,
		"sub is null":              `{"jwt":{"claims":{"sub":null}}}`,
		"sub is a number":          `{"jwt":{"claims":{"sub":1}}}`,
		"sub is a list":            `{"jwt":{"claims":{"sub":["f2a4c6d8"]}}}`,
		"SUB is not sub":           `{"jwt":{"claims":{"SUB":"root","Sub":"root"}}}`,
		"sub holds half a rune":    `{"jwt":{"claims":{"sub":"f2a4\ud800"}}}`,
		"iss is a number":          jwtWith(`"iss":1`),
		"iss is empty":             jwtWith(`"iss":""`),
		"exp is text":              jwtWith(`"exp":"soon"`),
		"exp is empty":             jwtWith(`"exp":""`),
		"exp in milliseconds":      jwtWith(`"exp":"1718722804000"`),
		"exp is negative":          jwtWith(`"exp":"-1718722804"`),
		"exp is a Cognito date":    jwtWith(`"exp":"Tue Jun 18 15:00:04 UTC 2024"`),
		"exp has a sign":           jwtWith(`"exp":"+1718722804"`),
		"exp is hexadecimal":       jwtWith(`"exp":"0x66719d74"`),
		"exp is infinite":          jwtWith(`"exp":"Inf"`),
		"exp has blanks":           jwtWith(`"exp":" 1718722804"`),
		"exp is a bool":            jwtWith(`"exp":true`),
		"exp is a list":            jwtWith(`"exp":["1718722804"]`),
		"iat is text":              jwtWith(`"iat":"yesterday"`),
		"auth_time is text":        jwtWith(`"auth_time":"2024-06-18T14:00:04Z"`),
		"scope is a number":        jwtWith(`"scope":7`),
		"scope is an object":       jwtWith(`"scope":{"a":"b"}`),
		"scope is a rendered list": jwtWith(`"scope":"[not admin either]"`),
		"lambda":                   `{"lambda":{"sub":"f2a4c6d8","claims":{"sub":"f2a4c6d8"}}}`,
		"iam":                      `{"iam":{"userArn":"arn:aws:iam::123456789012:user/ada"}}`,
	} {
		for front := range fronts {
			r := requestFrom(t, front, authorizer)
			if id, err := anyone.Identify(r); id != nil || err == nil {
				t.Errorf("%s on %v: %v, %v, want an error", name, front, id, err)
			} else if strings.Contains(err.Error(), "f2a4") || !strings.HasPrefix(err.Error(), "claims: ") {
				t.Errorf("%s on %v: error %q tells a value or no package", name, front, err)
			}
		}
	}
}

// On a REST API and with payload 1.0 a Lambda authorizer's context lies beside
// principalId, and its author may have called something claims.
func TestClaimsMustStandAlone(t *testing.T) {
	for name, authorizer := range map[string]string{
		"principalId":        `{"principalId":"ada","claims":` + nativeClaims + `}`,
		"principalId before": `{"claims":` + nativeClaims + `,"principalId":"ada"}`,
		"empty principalId":  `{"claims":` + nativeClaims + `,"principalId":""}`,
		"integrationLatency": `{"claims":` + nativeClaims + `,"integrationLatency":7}`,
		"a tenant":           `{"claims":` + nativeClaims + `,"tenant":"t1"}`,
		"PrincipalID":        `{"claims":` + nativeClaims + `,"PrincipalID":"root"}`,
		"jwt":                `{"claims":` + nativeClaims + `,"jwt":{}}`,
		"claims as text":     `{"claims":"{\"sub\":\"f2a4c6d8\",\"exp\":1718722804}"}`,
		"principalId alone":  `{"principalId":"ada","PrincipalID":"root"}`,
		"claims twice":       `{"claims":` + nativeClaims + `,"claims":` + nativeClaims + `}`,
		"exp is missing":     `{"claims":{"sub":"f2a4c6d8","exp":null}}`,
		"exp is a bool":      `{"claims":{"sub":"f2a4c6d8","exp":true}}`,
	} {
		for _, front := range []adapter.Format{adapter.RESTAPI, adapter.HTTPAPIV1} {
			if name == "exp is missing" && front == adapter.HTTPAPIV1 {
				continue // there exp does not tell the kind
			}
			if id, err := anyone.Identify(requestFrom(t, front, authorizer)); id != nil || err == nil {
				t.Errorf("%s on %v: %v, %v, want an error", name, front, id, err)
			}
		}
	}
}

func TestRESTExpiryTellsTheKind(t *testing.T) {
	for exp, want := range map[string]claims.Source{
		`1718722804`:                     claims.NativeJWT,
		`"Tue Jun 18 15:00:04 UTC 2024"`: claims.Cognito,
		`"1718722804"`:                   0,
		`"Tue Jun 18 15:00:04 PST 2024"`: 0,
		`""`:                             0,
		`null`:                           0,
		`[1718722804]`:                   0,
		`1718722804000`:                  0,
	} {
		id, err := anyone.Identify(requestFrom(t, adapter.RESTAPI, `{"claims":{"sub":"f2a4c6d8","exp":`+exp+`}}`))
		if want == 0 && (id != nil || err == nil) {
			t.Errorf("exp %s: %v, %v, want an error", exp, id, err)
		}
		if want != 0 && (id == nil || id.Source != want) {
			t.Errorf("exp %s: %v, %v, want source %v", exp, id, err, want)
		}
	}
}

// Whatever the request itself says is the client's word.
func TestHeadersNameNobody(t *testing.T) {
	for front := range fronts {
		r := requestFrom(t, front, "")
		for _, name := range []string{
			"Authorization", "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "X-Amzn-Request-Context", "X-GoLambdaProxy-ApiGw-Context",
			"X-GoLambdaProxy-ApiGw-StageVars", "X-Apigateway-Event", "X-Apigateway-Context", "X-Forwarded-User", "X-User-Id",
			"Requestcontext", "Authorizer", "Claims", "Sub", "X-Jwt-Claims",
		} {
			r.Header.Set(name, `{"authorizer":`+jwtV2+`}`)
		}
		r.URL.RawQuery = "requestContext=%7B%22authorizer%22%3A%7B%7D%7D&sub=root"
		if id, err := anyone.Identify(r); id != nil || err != nil {
			t.Errorf("%v: %v, %v, want nil, nil", front, id, err)
		}
	}
}

// An invoker with a Cognito identity wrote the event itself.
func TestEventOfACognitoInvokerIsNobody(t *testing.T) {
	for _, invoker := range []lambdacontext.CognitoIdentity{
		{CognitoIdentityID: "eu-west-1:1", CognitoIdentityPoolID: "eu-west-1:2"},
		{CognitoIdentityID: "eu-west-1:1"},
		{CognitoIdentityPoolID: "eu-west-1:2"},
	} {
		r := requestFrom(t, adapter.HTTPAPIV2, jwtV2)
		ctx := lambdacontext.NewContext(r.Context(), &lambdacontext.LambdaContext{Identity: invoker})
		if id, err := anyone.Identify(r.WithContext(ctx)); id != nil || err == nil {
			t.Errorf("invoker %+v: %v, %v, want an error", invoker, id, err)
		}
		if id, err := anyone.IdentifyContext(ctx); id != nil || err == nil {
			t.Errorf("invoker %+v: IdentifyContext = %v, %v, want an error", invoker, id, err)
		}
	}
	for _, plain := range []*lambdacontext.LambdaContext{nil, {AwsRequestID: "1"}} {
		r := requestFrom(t, adapter.HTTPAPIV2, jwtV2)
		identify(t, anyone, r.WithContext(lambdacontext.NewContext(r.Context(), plain)))
	}
}

// A second authorizer in the same event leaves no choice, whatever the first says.
func TestAuthorizerTwice(t *testing.T) {
	for _, both := range []string{
		`"authorizer":` + jwtV2 + `,"authorizer":{"jwt":{"claims":{"sub":"root"}}}`,
		`"authorizer":null,"authorizer":` + jwtV2,
		`"authorizer":` + jwtV2 + `,"\u0061uthorizer":null`,
	} {
		event := strings.Replace(fronts[adapter.HTTPAPIV2], "AUTHORIZER", both+",", 1)
		if id, err := anyone.Identify(request(t, event)); id != nil || err == nil {
			t.Errorf("%.30s…: %v, %v, want an error", both, id, err)
		}
	}
	event := strings.Replace(fronts[adapter.HTTPAPIV2], "AUTHORIZER", `"Authorizer":`+jwtV2+",", 1)
	if id, _ := anyone.Identify(request(t, event)); id != nil {
		t.Errorf("Authorizer in another case: %v, want nobody", id)
	}
}
