package notes_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Authorizer data that is nobody on every front, for the words see front.fill.
var nobodies = map[string]string{
	"absent":                    ``,
	"null":                      `null`,
	"empty":                     `{}`,
	"text":                      `"writer"`,
	"empty text":                `""`,
	"a number":                  `7`,
	"true":                      `true`,
	"a list":                    `[{"jwt":{"claims":CLAIMS}}]`,
	"an empty list":             `[]`,
	"the claims alone":          `CLAIMS`,
	"jwt null":                  `{"jwt":null}`,
	"jwt empty":                 `{"jwt":{}}`,
	"jwt text":                  `{"jwt":"writer"}`,
	"jwt a list":                `{"jwt":[CLAIMS]}`,
	"jwt twice":                 `{"jwt":{"claims":CLAIMS},"jwt":{"claims":CLAIMS}}`,
	"JWT":                       `{"JWT":{"claims":CLAIMS}}`,
	"jwt.claims null":           `{"jwt":{"claims":null}}`,
	"jwt.claims empty":          `{"jwt":{"claims":{}}}`,
	"jwt.claims a list":         `{"jwt":{"claims":[CLAIMS]}}`,
	"jwt.claims text":           `{"jwt":{"claims":"{\"sub\":\"writer\"}"}}`,
	"jwt.Claims":                `{"jwt":{"Claims":CLAIMS}}`,
	"claims null":               `{"claims":null}`,
	"claims empty":              `{"claims":{}}`,
	"claims text":               `{"claims":"writer"}`,
	"claims a list":             `{"claims":[CLAIMS]}`,
	"claims twice":              `{"claims":CLAIMS,"claims":CLAIMS}`,
	"Claims":                    `{"Claims":CLAIMS}`,
	"jwt and lambda":            `{"jwt":{"claims":CLAIMS},"lambda":{"sub":"writer"}}`,
	"jwt and iam":               `{"jwt":{"claims":CLAIMS},"iam":{"userArn":"arn:aws:iam::123456789012:root"}}`,
	"jwt and claims":            `{"jwt":{"claims":CLAIMS},"claims":CLAIMS}`,
	"jwt and principalId":       `{"jwt":{"claims":CLAIMS},"principalId":"writer"}`,
	"claims and principalId":    `{"claims":CLAIMS,"principalId":"writer"}`,
	"claims and lambda":         `{"claims":CLAIMS,"lambda":{"sub":"writer"}}`,
	"a Lambda context's claims": `{"claims":CLAIMS,"tenant":"t1","integrationLatency":7}`,
	"principalId":               `{"principalId":"writer","scope":"notes-api/read notes-api/write"}`,
	"lambda":                    `{"lambda":CLAIMS}`,
	"iam":                       `{"iam":{"userArn":"arn:aws:iam::123456789012:user/writer","cognitoIdentity":null}}`,
}

func TestForgedAuthorizers(t *testing.T) {
	for name, authorizer := range nobodies {
		for _, front := range fronts {
			t.Run(name+"/"+front.format.String(), func(t *testing.T) {
				wantRefused(t, front, map[string]string{"authorizer": front.fill(authorizer)}, 401)
			})
		}
	}
}

// Claims where the front has them, that are not writer's all the same: what is
// changed in vouched.
func TestForgedClaims(t *testing.T) {
	const issuer = `"iss":"` + issuerURL + `"`
	for name, change := range map[string][2]string{
		"foreign issuer":         {issuer, `"iss":"https://issuer.example"`},
		"issuer with a slash":    {issuer, `"iss":"` + issuerURL + `/"`},
		"issuer in another case": {issuer, `"iss":"` + strings.ToUpper(issuerURL) + `"`},
		"issuer of two":          {issuer, `"iss":["` + issuerURL + `","https://issuer.example"]`},
		"issuer twice":           {issuer, issuer + `,"iss":"https://issuer.example"`},
		"no issuer":              {issuer, `"aud":"tests"`},
		"null issuer":            {issuer, `"iss":null`},
		"no subject":             {`"sub":"writer",`, ``},
		"empty subject":          {`"sub":"writer"`, `"sub":""`},
		"null subject":           {`"sub":"writer"`, `"sub":null`},
		"SUB for sub":            {`"sub"`, `"SUB"`},
		"sub twice":              {`"sub":"writer"`, `"sub":"writer","sub":"root"`},
		"sub twice, escaped":     {`"sub":"writer"`, `"sub":"writer","s\u0075b":"root"`},
		"expired":                {`"FUTURE"`, `"PAST"`},
		"expiry that is no date": {`"FUTURE"`, `"never"`},
		"an empty expiry":        {`"FUTURE"`, `""`},
	} {
		for _, front := range fronts {
			t.Run(name+"/"+front.format.String(), func(t *testing.T) {
				members := strings.Replace(vouched, change[0], change[1], 1)
				wantRefused(t, front, map[string]string{"authorizer": front.authorizerOf(members)}, 401)
			})
		}
	}
}

// Anybody's API may invoke a function whose resource policy is too wide, and its
// authorizer vouches for whomever it likes.
func TestForeignAPIs(t *testing.T) {
	for name, chosen := range map[string]map[string]string{
		"API":                 {"apiId": `"f0reign"`},
		"API in another case": {"apiId": `"N0TES4P1ID"`},
		"API with a suffix":   {"apiId": `"` + apiID + `x"`},
		"API absent":          {"apiId": ``},
		"API null":            {"apiId": `null`},
		"API in a list":       {"apiId": `["` + apiID + `"]`},
		"stage":               {"stage": `"test"`},
		"stage absent":        {"stage": ``},
		"stage null":          {"stage": `null`},
		"Authorizer":          {"authorizer": ``, "Authorizer": `{"jwt":{"claims":CLAIMS}}`},
	} {
		for _, front := range fronts {
			t.Run(name+"/"+front.format.String(), func(t *testing.T) {
				forged := map[string]string{"authorizer": front.authorizerOf(vouched)}
				for member, text := range chosen {
					forged[member] = front.fill(text)
				}
				wantRefused(t, front, forged, 401)
			})
		}
	}
}

// Who invokes the function with a Cognito identity wrote the event.
func TestEventOfACognitoInvoker(t *testing.T) {
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:1", CognitoIdentityPoolID: "eu-west-1:2"},
	})
	for _, front := range fronts {
		api := newFunction(t)
		event := front.forge(t, "GET", "/profile", map[string]string{"authorizer": front.authorizerOf(vouched)})
		reply, err := api.Invoke(ctx, event)
		if status := statusOf(t, reply, err); status != 401 || api.ran() != "" {
			t.Errorf("%v: status %d, reply %s", front.format, status, reply)
		}
	}
}

// SUB beside sub is another claim: the caller stays who sub says.
func TestSUBBesideSub(t *testing.T) {
	for _, front := range fronts {
		for _, members := range []string{`"SUB":"victim","Sub":"victim",` + vouched, vouched + `,"SUB":"victim","ſub":"victim"`} {
			event := front.forge(t, "GET", "/profile", map[string]string{"authorizer": front.authorizerOf(members)})
			reply, err := newFunction(t).Invoke(t.Context(), event)
			if statusOf(t, reply, err) != 200 || strings.Contains(string(reply), "victim") {
				t.Errorf("%v: reply %s, want writer's profile", front.format, reply)
			}
		}
	}
}
