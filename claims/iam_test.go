package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A function URL's callers are pinned by the URL's id: the account is theirs.
func TestPinsOfAFunctionURL(t *testing.T) {
	const url = "abcdefghijklmnopqrstuvwxyz012345"
	for name, row := range map[string]struct {
		config claims.Config
		want   bool
	}{
		"the URL":              {claims.Config{APIs: []string{url}}, true},
		"another URL":          {claims.Config{APIs: []string{"a1b2c3"}}, false},
		"the caller's account": {claims.Config{Accounts: []string{"111122223333"}}, false},
		"both":                 {claims.Config{APIs: []string{url}, Accounts: []string{"111122223333"}}, false},
		"any":                  {claims.Config{InsecureAnyAPI: true}, true},
		"any, the stage":       {claims.Config{InsecureAnyAPI: true, Stages: []string{"$default"}}, true},
		"any, another stage":   {claims.Config{InsecureAnyAPI: true, Stages: []string{"prod"}}, false},
	} {
		row.config.Sources = []claims.Source{claims.SigV4}
		id, err := claims.MustNew(row.config).Identify(recorded(t, "function-url-iam"))
		if (id != nil) != row.want || (err == nil) != row.want {
			t.Errorf("%s: %+v, %v, want an Identity: %v", name, id, err, row.want)
		}
	}
}

// VPC Lattice is pinned by the service's ARN.
func TestPinsOfLattice(t *testing.T) {
	const arn = "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-0a1b2c3d4e5f60718"
	for name, row := range map[string]struct {
		config claims.Config
		want   bool
	}{
		"none":            {claims.Config{InsecureAnyAPI: true}, true},
		"the service":     {claims.Config{APIs: []string{arn}}, true},
		"another service": {claims.Config{APIs: []string{arn[:len(arn)-1]}}, false},
	} {
		row.config.Sources = []claims.Source{claims.Lattice}
		id, err := claims.MustNew(row.config).Identify(recorded(t, "lattice-iam"))
		if (id != nil) != row.want || (err == nil) != row.want {
			t.Errorf("%s: %+v, %v, want an Identity: %v", name, id, err, row.want)
		}
	}
}

// Users of an identity pool are pinned by the pool once there are Issuers.
func TestIssuersOfAnIdentityPool(t *testing.T) {
	for issuer, want := range map[string]bool{
		"eu-west-1:0b1c2d3e-0000-4000-8000-000000000001": true,
		"eu-west-1:0b1c2d3e-0000-4000-8000-000000000002": false,
	} {
		e := claims.MustNew(claims.Config{Sources: []claims.Source{claims.SigV4}, InsecureAnyAPI: true, Issuers: []string{issuer}})
		for _, file := range []string{"http-api-2.0-iam-pool", "function-url-iam-pool", "rest-iam-pool"} {
			if id, err := e.Identify(recorded(t, file)); (id != nil) != want || (err == nil) != want {
				t.Errorf("%s, issuer %s: %+v, %v, want an Identity: %v", file, issuer, id, err, want)
			}
		}
		identify(t, e, recorded(t, "http-api-2.0-iam")) // has no issuer
	}
}

const (
	iamOf  = `"accessKey":"ASIAEXAMPLE","accountId":"123456789012","callerId":"AROAEXAMPLE:s","principalOrgId":"","userArn":"arn:aws:sts::123456789012:assumed-role/r/s","userId":"AROAEXAMPLE:s"`
	restOf = `"accessKey":"ASIAEXAMPLE","accountId":"123456789012","caller":"AROAEXAMPLE:s","userArn":"arn:aws:sts::123456789012:assumed-role/r/s","user":"AROAEXAMPLE:s"`
)

// Who is a guest of an identity pool, or not wholly a user of one, is nobody:
// above all not the role that all of them share.
func TestIAMThatNamesNobody(t *testing.T) {
	for name, iam := range map[string]string{
		"empty":                `{}`,
		"text":                 `"AROAEXAMPLE:s"`,
		"a list":               `[{"userId":"AROAEXAMPLE:s"}]`,
		"all members empty":    `{"accessKey":"","accountId":"","callerId":"","userArn":"","userId":""}`,
		"no user id":           `{"userArn":"arn:aws:iam::123456789012:user/ada"}`,
		"user id in REST case": `{"UserId":"AROAEXAMPLE:s","USERID":"AROAEXAMPLE:s"}`,
		"user id is a number":  `{"userId":123456789012}`,
		"user id twice":        `{"userId":"a","userId":"b"}`,
		"not text":             `{"userId":"AROA\ud800"}`,
		"guest":                `{` + iamOf + `,"cognitoIdentity":{"amr":["unauthenticated"],"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"guest, and more":      `{` + iamOf + `,"cognitoIdentity":{"amr":["unauthenticated","authenticated"],"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"no amr":               `{` + iamOf + `,"cognitoIdentity":{"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"amr null":             `{` + iamOf + `,"cognitoIdentity":{"amr":null,"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"amr empty":            `{` + iamOf + `,"cognitoIdentity":{"amr":[],"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"amr is text":          `{` + iamOf + `,"cognitoIdentity":{"amr":"authenticated","identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"amr with a number":    `{` + iamOf + `,"cognitoIdentity":{"amr":["authenticated",1],"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"another amr":          `{` + iamOf + `,"cognitoIdentity":{"amr":["cognito-idp.eu-west-1.amazonaws.com/x"],"identityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"no identity":          `{` + iamOf + `,"cognitoIdentity":{"amr":["authenticated"],"identityPoolId":"eu-west-1:2"}}`,
		"no pool":              `{` + iamOf + `,"cognitoIdentity":{"amr":["authenticated"],"identityId":"eu-west-1:1"}}`,
		"identity in capitals": `{` + iamOf + `,"cognitoIdentity":{"amr":["authenticated"],"IdentityId":"eu-west-1:1","identityPoolId":"eu-west-1:2"}}`,
		"identity a number":    `{` + iamOf + `,"cognitoIdentity":{"amr":["authenticated"],"identityId":1,"identityPoolId":"eu-west-1:2"}}`,
		"pool is text":         `{` + iamOf + `,"cognitoIdentity":"eu-west-1:1"}`,
		"pool is a list":       `{` + iamOf + `,"cognitoIdentity":[]}`,
		"pool is empty":        `{` + iamOf + `,"cognitoIdentity":{}}`,
	} {
		for _, front := range []adapter.Format{adapter.HTTPAPIV2, adapter.FunctionURL} {
			if id, err := everybody.Identify(requestFrom(t, front, `{"iam":`+iam+`}`)); id != nil || err == nil {
				t.Errorf("%s on %v: %+v, want an error", name, front, id)
			}
		}
	}
}

func TestRESTIdentityThatNamesNobody(t *testing.T) {
	pooled := `,"cognitoIdentityId":"eu-west-1:1","cognitoIdentityPoolId":"eu-west-1:2","cognitoAuthenticationType":"authenticated"`
	for name, identity := range map[string]string{
		"guest":                 `{` + restOf + strings.Replace(pooled, `"authenticated"`, `"unauthenticated"`, 1) + `}`,
		"no type":               `{` + restOf + strings.Replace(pooled, `"authenticated"`, `null`, 1) + `}`,
		"type in another case":  `{` + restOf + strings.Replace(pooled, `"authenticated"`, `"Authenticated"`, 1) + `}`,
		"type alone":            `{` + restOf + `,"cognitoAuthenticationType":"authenticated"}`,
		"type unauthenticated":  `{` + restOf + `,"cognitoAuthenticationType":"unauthenticated"}`,
		"provider alone":        `{` + restOf + `,"cognitoAuthenticationProvider":"x"}`,
		"no identity":           `{` + restOf + strings.Replace(pooled, `"eu-west-1:1"`, `null`, 1) + `}`,
		"identity a number":     `{` + restOf + strings.Replace(pooled, `"eu-west-1:1"`, `1`, 1) + `}`,
		"no pool":               `{` + restOf + strings.Replace(pooled, `"eu-west-1:2"`, `""`, 1) + `}`,
		"a user's ARN alone":    `{"userArn":"arn:aws:iam::123456789012:user/ada"}`,
		"an account alone":      `{"accountId":"123456789012"}`,
		"an organization alone": `{"principalOrgId":"o-a1b2c3d4e5"}`,
		"a login alone":         `{"cognitoAuthenticationProvider":"cognito-idp.eu-west-1.amazonaws.com/x"}`,
		"user twice":            `{` + restOf + `,"user":"root"}`,
		"another member twice":  `{` + restOf + `,"sourceIp":"192.0.2.1","sourceIp":"192.0.2.2"}`,
		"payload 2.0's members": `{"callerId":"AIDAEXAMPLE","userId":"AIDAEXAMPLE","userArn":"arn:aws:iam::123456789012:user/ada"}`,
		"text":                  `"AROAEXAMPLE:s"`,
		"a list":                `[{` + restOf + `}]`,
	} {
		if id, err := everybody.Identify(request(t, restWith(identity))); id != nil || err == nil {
			t.Errorf("%s: %+v, want an error", name, id)
		}
	}
	for name, identity := range map[string]string{
		"null":             `null`,
		"empty":            `{}`,
		"all null":         `{"user":null,"userArn":null,"accountId":null,"sourceIp":"192.0.2.1"}`,
		"all empty":        `{"user":"","userArn":"","accountId":"","sourceIp":"192.0.2.1"}`,
		"in another case":  `{"User":"root","UserArn":"arn:aws:iam::123456789012:root"}`,
		"a browser's name": `{"userAgent":"arn:aws:iam::123456789012:root"}`,
	} {
		if id, err := everybody.Identify(request(t, restWith(identity))); id != nil || err != nil {
			t.Errorf("%s: %+v, %v, want nil, nil", name, id, err)
		}
	}
}

func restWith(identity string) string {
	return `{"httpMethod":"GET","path":"/notes","requestContext":{"apiId":"a1b2c3","stage":"prod","identity":` + identity + `}}`
}

// What a client can choose, or must keep to itself, is not a claim.
func TestClaimsOfARESTIdentity(t *testing.T) {
	id := identify(t, everybody, request(t, restWith(`{`+restOf+`,"sourceIp":"192.0.2.1","userAgent":"root","apiKey":"s3cr3t","apiKeyId":"k1"}`)))
	for _, name := range []string{"sourceIp", "userAgent", "apiKey"} {
		if value, ok := id.Claim(name); ok {
			t.Errorf("claim %s = %v, want none", name, value)
		}
	}
	if arn, _ := id.Claim("userArn"); arn != id.IAM.UserARN || arn == "" {
		t.Errorf("claim userArn = %v, want %s", arn, id.IAM.UserARN)
	}
	if id.APIKeyID != "k1" {
		t.Errorf("API key id %q, want k1", id.APIKeyID)
	}
}

// Only the listed spellings of VPC Lattice count.
func TestLatticeThatNamesNobody(t *testing.T) {
	for name, row := range map[string]struct {
		identity string
		failed   bool
	}{
		"no type":                  {`{"principal":"arn:aws:iam::111122223333:role/web"}`, true},
		"another type":             {`{"type":"aws_iam","principal":"arn:aws:iam::111122223333:role/web"}`, true},
		"type NONE":                {`{"type":"NONE","principal":"arn:aws:iam::111122223333:role/web"}`, true},
		"type a list":              {`{"type":["AWS_IAM"],"principal":"arn:aws:iam::111122223333:role/web"}`, true},
		"no principal":             {`{"type":"AWS_IAM"}`, true},
		"empty principal":          {`{"type":"AWS_IAM","principal":""}`, true},
		"principal in capitals":    {`{"type":"AWS_IAM","Principal":"arn:aws:iam::111122223333:role/web"}`, true},
		"principalArn":             {`{"type":"AWS_IAM","principalArn":"arn:aws:iam::111122223333:role/web"}`, true},
		"a session":                {`{"type":"AWS_IAM","sessionName":"i-0a1b"}`, true},
		"another member twice":     {`{"type":"AWS_IAM","principal":"a","sessionName":"s","sessionName":"t"}`, true},
		"principal twice":          {`{"type":"AWS_IAM","principal":"a","principal":"b"}`, true},
		"a REST API's":             {`{` + restOf + `}`, true},
		"all spellings wrong":      {`{"Type":"AWS_IAM","Principal":"arn:aws:iam::111122223333:role/web","callerPrincipal":"root"}`, false},
		"a certificate's names":    {`{"x509SubjectCn":"root","X509SubjectCn":"root","x509SanDns":"root"}`, false},
		"nothing but a network":    {`{"sourceVpcArn":"arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"}`, false},
		"type and principal empty": {`{"type":"","principal":""}`, false},
	} {
		event := `{"version":"2.0","path":"/notes","method":"GET","headers":{},"isBase64Encoded":false,
			"requestContext":{"serviceArn":"arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1","identity":` + row.identity + `}}`
		if id, err := everybody.Identify(request(t, event)); id != nil || (err != nil) != row.failed {
			t.Errorf("%s: %+v, %v, want an error: %v", name, id, err, row.failed)
		}
	}
}

// Other spellings do not name a caller either.
func TestOtherSpellingsOfLattice(t *testing.T) {
	id := identify(t, everybody, request(t, `{"version":"2.0","path":"/","method":"GET","headers":{},"requestContext":{"serviceArn":"arn:1",
		"identity":{"type":"AWS_IAM","principal":"arn:p","principalOrgId":"o-evil","X509SanDns":"evil","sessionname":"evil","sessionName":"s"}}}`))
	if id.Subject != "arn:p" || id.IAM.OrgID != "" {
		t.Errorf("got %+v with %+v", id, id.IAM)
	}
	for _, name := range []string{"principalOrgId", "X509SanDns", "sessionname"} {
		if value, ok := id.Claim(name); ok {
			t.Errorf("claim %s = %v, want none", name, value)
		}
	}
	if session, _ := id.Claim("sessionName"); session != "s" {
		t.Errorf("claim sessionName = %v, want s", session)
	}
}
