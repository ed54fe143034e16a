package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// The claims that tell access tokens from ID tokens, as each issuer writes them
// with its default settings, and what its header's typ is.
var tokens = []struct {
	name, issuer, typ, payload string
	client                     string // ClientID
	use                        string // TokenUse
	verified, listed           bool   // IsAccessToken once verified, and if its issuer issues access tokens only
}{
	{"Cognito access", pool, "", `"client_id":"4qr7","token_use":"access"`, "4qr7", "access", true, true},
	{"Cognito access for a resource", pool, "", `"client_id":"4qr7","token_use":"access","aud":"https://api.example.com"`, "4qr7", "access", true, true},
	{"Cognito ID", pool, "", `"aud":"4qr7","token_use":"id","at_hash":"x"`, "", "id", false, false},
	{"Auth0 access", "https://t.eu.auth0.com/", "JWT", `"aud":"https://api.example.com","azp":"spa1"`, "spa1", "", false, true},
	{"Auth0 access, RFC 9068 profile", "https://t.eu.auth0.com/", "at+jwt", `"aud":"https://api.example.com","client_id":"spa1"`, "spa1", "", true, true},
	{"Auth0 access with userinfo", "https://t.eu.auth0.com/", "JWT", `"aud":["https://api.example.com","https://t.eu.auth0.com/userinfo"],"azp":"spa1"`, "spa1", "", false, true},
	{"Auth0 ID", "https://t.eu.auth0.com/", "JWT", `"aud":"spa1","at_hash":"x"`, "", "", false, false},
	{"Entra v2 access", "https://login.microsoftonline.com/t/v2.0", "JWT", `"aud":"api1","azp":"spa1","ver":"2.0"`, "spa1", "", false, true},
	{"Entra v1 access", "https://sts.windows.net/t/", "JWT", `"aud":"api://api1","appid":"spa1","ver":"1.0"`, "", "", false, true},
	{"Entra ID", "https://login.microsoftonline.com/t/v2.0", "JWT", `"aud":"spa1","at_hash":"x","ver":"2.0"`, "", "", false, false},
	{"Keycloak access", "https://k.example/realms/r", "JWT", `"aud":"account","azp":"spa1","typ":"Bearer"`, "spa1", "", false, true},
	{"Keycloak ID", "https://k.example/realms/r", "JWT", `"aud":"spa1","azp":"spa1","typ":"ID"`, "spa1", "", false, false},
	{"Google ID", "https://accounts.google.com", "JWT", `"aud":"c.apps.googleusercontent.com","azp":"c.apps.googleusercontent.com","at_hash":"x"`, "c.apps.googleusercontent.com", "", false, false},
	{"token_use that is not text", pool, "at+jwt", `"token_use":["access"]`, "", "", false, false},
	{"token_use of an ID token in an access token's type", pool, "at+jwt", `"token_use":"id"`, "", "id", false, false},
}

func TestAccessTokensOfKnownIssuers(t *testing.T) {
	for _, row := range tokens {
		plain := claims.MustNew(claims.Config{Issuers: []string{row.issuer}})
		listed := claims.MustNew(claims.Config{Issuers: []string{row.issuer}, AccessTokenIssuers: []string{row.issuer}})
		for _, check := range []struct {
			e    *claims.Extractor
			want bool
		}{{plain, row.verified}, {listed, row.listed}} {
			id, err := check.e.IdentifyVerified([]byte(`{"sub":"ada","iss":"`+row.issuer+`",`+row.payload+`}`), row.typ)
			if err != nil {
				t.Fatalf("%s: %v", row.name, err)
			}
			if id.ClientID != row.client || id.TokenUse != row.use || id.IsAccessToken() != check.want {
				t.Errorf("%s: ClientID %q, TokenUse %q, IsAccessToken %v, want %q, %q, %v",
					row.name, id.ClientID, id.TokenUse, id.IsAccessToken(), row.client, row.use, check.want)
			}
		}
	}
}

// Behind an HTTP API's JWT authorizer the header of the token is not known, and
// lists are text; otherwise it is the same.
func TestAccessTokensBehindAGateway(t *testing.T) {
	for _, row := range tokens {
		plain := claims.MustNew(claims.Config{Issuers: []string{row.issuer}})
		listed := claims.MustNew(claims.Config{Issuers: []string{row.issuer}, AccessTokenIssuers: []string{row.issuer}})
		members := strings.NewReplacer(`["https://api.example.com","https://t.eu.auth0.com/userinfo"]`,
			`"[https://api.example.com https://t.eu.auth0.com/userinfo]"`, `["access"]`, `"[access]"`).Replace(row.payload)
		r := requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"iss":"`+row.issuer+`",`+members))
		for _, check := range []struct {
			e    *claims.Extractor
			want bool
		}{{plain, row.use == "access"}, {listed, row.listed}} {
			id := identify(t, check.e, r)
			if id.ClientID != row.client || id.IsAccessToken() != check.want {
				t.Errorf("%s: ClientID %q, IsAccessToken %v, want %q, %v", row.name, id.ClientID, id.IsAccessToken(), row.client, check.want)
			}
		}
	}
}

func TestTypeOfAccessTokens(t *testing.T) {
	for typ, want := range map[string]bool{
		"at+jwt": true, "AT+JWT": true, "application/at+jwt": true, "Application/AT+jwt": true,
		"": false, "JWT": false, "at+jwt ": false, "text/at+jwt": false, "application/application/at+jwt": false,
	} {
		id, err := anyone.IdentifyVerified([]byte(`{"sub":"ada"}`), typ)
		if err != nil || id.IsAccessToken() != want {
			t.Errorf("typ %q: %v, want %v", typ, id.IsAccessToken(), want)
		}
	}
}

// The rules for claims are the same whether a gateway or a verifier read them.
func TestRulesApplyToVerifiedTokens(t *testing.T) {
	e := claims.MustNew(claims.Config{
		Issuers: []string{pool}, IssuerNames: map[string]string{"staff": pool},
		SubjectClaim: "oid", ScopeClaim: "permissions", Lists: []string{"permissions"},
	})
	id, err := e.IdentifyVerified([]byte(`{"iss":"`+pool+`","sub":"s","oid":"o","scope":"read delete:users","permissions":["read"]}`), "JWT")
	if err != nil {
		t.Fatal(err)
	}
	if id.Source != claims.Verified || id.Subject != "o" || !id.HasScope("read") || id.HasScope("delete:users") || !id.IssuedBy("staff") {
		t.Errorf("got %+v", id)
	}
	for name, payload := range map[string]string{
		"no subject":       `{"sub":"s"}`,
		"a member twice":   `{"oid":"o","oid":"p"}`,
		"a member's twice": `{"oid":"o","x":[{"a":1,"a":2}]}`,
		"no object":        `["oid"]`,
		"not JSON":         `{"oid":"o"`,
		"exp is text":      `{"oid":"o","exp":"1718722804"}`,
	} {
		if id, err := e.IdentifyVerified([]byte(payload), ""); id != nil || err == nil {
			t.Errorf("%s: %+v, %v, want an error", name, id, err)
		}
	}
}

func TestIssuedBy(t *testing.T) {
	e := claims.MustNew(claims.Config{
		Sources: []claims.Source{claims.JWT, claims.ClientCertificate}, Issuers: []string{pool, "https://guests.example"}, InsecureAnyAPI: true,
		IssuerNames: map[string]string{"staff": pool, "guests": "https://guests.example"},
	})
	id := identify(t, e, recorded(t, "http-api-2.0-jwt"))
	for name, want := range map[string]bool{"staff": true, "guests": false, "": false, pool: false} {
		if id.IssuedBy(name) != want {
			t.Errorf("IssuedBy(%q) = %v, want %v", name, !want, want)
		}
	}
	if certified := identify(t, e, recorded(t, "http-api-2.0-mtls")); certified.IssuedBy("staff") || certified.IsAccessToken() {
		t.Errorf("a certificate counts as a token: %+v", certified)
	}
	if by := (&claims.Identity{Issuer: pool}); by.IssuedBy("staff") || by.IsAccessToken() {
		t.Error("an Identity made by hand is issued by staff")
	}
}

func TestCognitoUserPool(t *testing.T) {
	for id, want := range map[string]string{
		"eu-west-1_AbCdEfGhI":      pool,
		"us-gov-west-1_AbC":        "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC",
		"cn-north-1_AbC":           "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbC",
		"":                         "",
		"eu-west-1":                "eu-west-1",
		"_AbC":                     "_AbC",
		"eu-west-1_AbC/x":          "eu-west-1_AbC/x",
		"evil.example/_x":          "evil.example/_x",
		"eu-west-1:00000000-0000":  "eu-west-1:00000000-0000",
		"eu-west-1_":               "eu-west-1_",
		"eu-west-1_AbC?x":          "eu-west-1_AbC?x",
		"https://eu-west-1_AbCdEf": "https://eu-west-1_AbCdEf",
	} {
		if got := claims.CognitoUserPool(id); got != want {
			t.Errorf("CognitoUserPool(%q) = %q, want %q", id, got, want)
		}
	}
}
