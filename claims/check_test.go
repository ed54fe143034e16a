package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
)

// Pins that no event could ever meet are reported at once, each with the reason,
// instead of a 401 for everybody.
func TestNewSaysWhatIsWrongWithAnIssuer(t *testing.T) {
	tokensAndPools := []claims.Source{claims.JWT, claims.IdentityPool}
	cognitoOnly := []claims.Source{claims.Cognito}
	for _, row := range []struct {
		sources []claims.Source // nil: those of tokens
		issuer  string
		want    string // "": accepted
	}{
		{nil, pool, ""},
		{cognitoOnly, pool, ""},
		{nil, "https://t.eu.auth0.com/", ""},
		{nil, "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", ""},
		{nil, "https://k.example:8443/realms/r", ""},
		{nil, "http://localhost:8080", ""},
		{nil, "http://127.0.0.1:8080/realms/r", ""},
		{nil, "http://[::1]:8080", ""},
		{tokensAndPools, "eu-west-1:0b1c2d3e-0000-4000-8000-000000000001", ""},
		{nil, "eu-west-1_AbCdEfGhI", "is a user pool's id; its issuer is " + pool},
		{cognitoOnly, "eu-west-1_AbCdEfGhI", "is a user pool's id; its issuer is " + pool},
		{nil, "eu-west-1:0b1c2d3e-0000-4000-8000-000000000001", "is an identity pool, whose users are known only with"},
		{nil, "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "is not a URL"},
		{nil, "accounts.google.com", "is not a URL"},
		{nil, "https://", "is not a URL"},
		{nil, "https://a b.example", "contains white space"},
		{nil, "http://issuer.example", "is not an https URL"},
		{nil, "http://localhost.evil.example", "is not an https URL"},
		{nil, pool + "/", "ends in a slash"},
		{nil, strings.Replace(pool, "eu-west-1_", "us-east-1_", 1), "with a POOL of the same REGION"},
		{nil, "https://cognito-idp.eu-west-1.amazonaws.com", "is not a user pool's issuer"},
		{nil, pool + "/.well-known/jwks.json", "is where the issuer describes itself"},
		{nil, "https://issuer.example/.well-known/openid-configuration", "is where the issuer describes itself"},
		{nil, "https://notes.auth.eu-west-1.amazoncognito.com", "is where users sign in"},
		{nil, "https://issuer.example?tenant=1", "has a user, a query or a fragment"},
		{nil, "https://issuer.example/#", "has a user, a query or a fragment"},
		{nil, "https://ada@issuer.example", "has a user, a query or a fragment"},
		{cognitoOnly, "https://issuer.example", "is not a user pool, and"},
		{[]claims.Source{claims.IdentityPool}, pool, "is not an identity pool's id, and Sources accepts no tokens"},
	} {
		_, err := claims.New(claims.Config{Sources: row.sources, Issuers: []string{row.issuer}})
		if row.want == "" && err != nil {
			t.Errorf("%q: %v, want it accepted", row.issuer, err)
		}
		if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%q: %v, want %q", row.issuer, err, row.want)
		}
	}
}

// A Lambda authorizer may name any issuer.
func TestNewAcceptsAnyIssuerOfALambdaAuthorizer(t *testing.T) {
	_, err := claims.New(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, APIs: []string{"a1b2c3"},
		LambdaClaims: map[string]string{"iss": "from"}, Issuers: []string{"urn:staff"}})
	if err != nil {
		t.Error(err)
	}
}

func TestNewSaysWhatIsWrongWithAnAPI(t *testing.T) {
	for api, want := range map[string]string{
		"a1b2c3d4e5": "",
		"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*/GET/notes": "is an ARN; an API is listed by its id",
		"arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5":                "is an ARN; an API is listed by its id",
		"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com":            "is not an id",
		"abc.lambda-url.eu-west-1.on.aws":                                   "is not an id",
		"*":                                                                 "holds a wildcard",
		"a1b2c3d4e?":                                                        "holds a wildcard",
		"a1b2c3d4e5/prod":                                                   "is not an id",
		latticeARN:                                                          "is a VPC Lattice service, and Lattice is not among Sources",
	} {
		_, err := claims.New(claims.Config{Issuers: []string{pool}, APIs: []string{api}})
		if want == "" && err != nil {
			t.Errorf("%q: %v, want it accepted", api, err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", api, err, want)
		}
	}
}

// VPC Lattice says neither in which account nor on which stage: without its own
// pin any account's principal would be known, and with those nobody.
func TestNewDemandsAPinThatLatticeCanMeet(t *testing.T) {
	for want, config := range map[string]claims.Config{
		`needs its service's ARN among APIs, or InsecureAnyAPI`:       {},
		`"VPC Lattice" needs its service's ARN`:                       {APIs: []string{"a1b2c3"}},
		`needs its service's ARN among`:                               {Accounts: []string{"123456789012"}},
		`with Accounts or Stages its callers are nobody`:              {APIs: []string{latticeARN}, Accounts: []string{"123456789012"}},
		`tells neither account nor stage`:                             {APIs: []string{latticeARN}, Stages: []string{"prod"}},
		`so that with Accounts or Stages its`:                         {InsecureAnyAPI: true, Stages: []string{"prod"}},
		`service/*" holds a wildcard`:                                 {APIs: []string{"arn:aws:vpc-lattice:eu-west-1:123456789012:service/*"}},
		`"arn:aws:vpc-lattice:eu-west-1:1:servicenetwork/sn" is an A`: {APIs: []string{"arn:aws:vpc-lattice:eu-west-1:1:servicenetwork/sn"}},
	} {
		config.Sources = []claims.Source{claims.Lattice}
		if _, err := claims.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", config, err, want)
		}
	}
}

func TestNewRefusesNamesOfStrangers(t *testing.T) {
	for want, config := range map[string]claims.Config{
		`Config.IssuerNames: "https://b.example" is not among Issuers`:        {Issuers: []string{pool}, IssuerNames: map[string]string{"guests": "https://b.example"}},
		`Config.IssuerNames: the name "" is empty`:                            {Issuers: []string{pool}, IssuerNames: map[string]string{"": pool}},
		`Config.IssuerNames: the name "our staff" contains white space`:       {Issuers: []string{pool}, IssuerNames: map[string]string{"our staff": pool}},
		`Config.AccessTokenIssuers: "https://b.example" is not among Issuers`: {Issuers: []string{pool}, AccessTokenIssuers: []string{"https://b.example"}},
		`Config.AccessTokenIssuers: "" is empty`:                              {InsecureAnyIssuer: true, AccessTokenIssuers: []string{""}},
	} {
		if _, err := claims.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
