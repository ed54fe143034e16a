package claims_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestPins(t *testing.T) {
	for name, row := range map[string]struct {
		config claims.Config
		want   bool
	}{
		"all met":           {claims.Config{Issuers: []string{"https://x.example", pool}, APIs: []string{"a1b2c3"}, Accounts: []string{"123456789012"}, Stages: []string{"$default"}}, true},
		"foreign issuer":    {claims.Config{Issuers: []string{"https://issuer.example"}}, false},
		"issuer's prefix":   {claims.Config{Issuers: []string{pool[:len(pool)-1]}}, false},
		"issuer's case":     {claims.Config{Issuers: []string{strings.ToUpper(pool)}}, false},
		"foreign API":       {claims.Config{Issuers: []string{pool}, APIs: []string{"other"}}, false},
		"foreign account":   {claims.Config{Issuers: []string{pool}, Accounts: []string{"999999999999"}}, false},
		"foreign stage":     {claims.Config{Issuers: []string{pool}, Stages: []string{"prod"}}, false},
		"one of two unmet":  {claims.Config{Issuers: []string{pool}, APIs: []string{"a1b2c3"}, Stages: []string{"prod"}}, false},
		"source not listed": {claims.Config{Issuers: []string{pool}, Sources: []claims.Source{claims.Cognito}}, false},
	} {
		e := claims.MustNew(row.config)
		id, err := e.Identify(requestFrom(t, adapter.HTTPAPIV2, jwtV2))
		if got := id != nil; got != row.want || (err == nil) != row.want {
			t.Errorf("%s: %v, %v, want an Identity: %v", name, id, err, row.want)
		}
	}
}

// A token that names no issuer is of none of those that are listed.
func TestIssuersAndATokenWithoutOne(t *testing.T) {
	pinned := claims.MustNew(claims.Config{Issuers: []string{pool}})
	for front, authorizer := range map[adapter.Format]string{
		adapter.HTTPAPIV2: jwtWith(`"exp":"1718722804"`),
		adapter.HTTPAPIV1: `{"claims":{"sub":"f2a4c6d8"}}`,
		adapter.RESTAPI:   `{"claims":{"sub":"f2a4c6d8","exp":1718722804}}`,
	} {
		if id, err := pinned.Identify(requestFrom(t, front, authorizer)); id != nil || err == nil {
			t.Errorf("%v: %+v, want an error", front, id)
		}
	}
}

// A pin on what the event does not hold as one string is not met.
func TestPinsOnOddEvents(t *testing.T) {
	e := claims.MustNew(claims.Config{InsecureAnyIssuer: true, APIs: []string{"a1b2c3"}})
	for name, context := range map[string]string{
		"missing": `{"httpMethod":"GET","authorizer":` + native + `}`,
		"null":    `{"httpMethod":"GET","apiId":null,"authorizer":` + native + `}`,
		"number":  `{"httpMethod":"GET","apiId":1,"authorizer":` + native + `}`,
		"list":    `{"httpMethod":"GET","apiId":["a1b2c3"],"authorizer":` + native + `}`,
		"case":    `{"httpMethod":"GET","apiID":"a1b2c3","authorizer":` + native + `}`,
		"twice":   `{"httpMethod":"GET","apiId":"a1b2c3","apiId":"evil","authorizer":` + native + `}`,
	} {
		if id, err := e.Identify(request(t, `{"httpMethod":"GET","path":"/","requestContext":`+context+`}`)); id != nil || err == nil {
			t.Errorf("apiId %s: %v, %v, want an error", name, id, err)
		}
	}
}

func TestZeroExtractorKnowsNobody(t *testing.T) {
	if id, _ := new(claims.Extractor).Identify(requestFrom(t, adapter.HTTPAPIV2, jwtV2)); id != nil {
		t.Errorf("got %v, want nobody", id)
	}
}

// Each Extractor applies rules of its own to the one parse that the invocation
// keeps, whichever came first.
func TestExtractorsShareNoVerdict(t *testing.T) {
	strict := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	r := requestFrom(t, adapter.HTTPAPIV2, jwtV2)
	for range 2 {
		if id, _ := strict.Identify(r); id != nil {
			t.Errorf("pinned to another issuer: %v, want nobody", id)
		}
		identify(t, anyone, r)
	}
}

// Payload 1.0 has no block that only a JWT authorizer writes: without a pin on
// the API, anyone's might have laid out the claims of any issuer.
func TestPayload1NeedsAPinOnTheAPI(t *testing.T) {
	for name, row := range map[string]struct {
		config claims.Config
		want   bool
	}{
		"issuer alone": {claims.Config{Issuers: []string{pool}}, false},
		"and stage":    {claims.Config{Issuers: []string{pool}, Stages: []string{"$default"}}, false},
		"and API":      {claims.Config{Issuers: []string{pool}, APIs: []string{"a1b2c3"}}, true},
		"and account":  {claims.Config{Issuers: []string{pool}, Accounts: []string{"123456789012"}}, true},
		"another API":  {claims.Config{Issuers: []string{pool}, APIs: []string{"other"}}, false},
		"any API":      {claims.Config{Issuers: []string{pool}, InsecureAnyAPI: true}, true},
		"any issuer":   {claims.Config{InsecureAnyIssuer: true}, true},
	} {
		id, err := claims.MustNew(row.config).Identify(requestFrom(t, adapter.HTTPAPIV1, jwtV1))
		if (id != nil) != row.want || (err == nil) != row.want {
			t.Errorf("%s: %v, %v, want an Identity: %v", name, id, err, row.want)
		}
	}
	_, err := claims.MustNew(claims.Config{Issuers: []string{pool}}).Identify(requestFrom(t, adapter.HTTPAPIV1, jwtV1))
	if err == nil || !strings.Contains(err.Error(), "Config.APIs or Accounts") {
		t.Errorf("the reason %v does not name the setting", err)
	}
}

// Several audiences are one text on an HTTP API. A user pool's hold no blanks;
// of another issuer that is for Config to say, and the error says so.
func TestListOfAudiences(t *testing.T) {
	const api, two = "https://api.example.com", `"[https://api.example.com https://t.eu.auth0.com/userinfo]"`
	for name, row := range map[string]struct {
		issuer, aud string
		lists       []string
		known       bool
		reason      string
	}{
		"user pool":          {pool, two, nil, true, ""},
		"user pool, another": {pool, `"[https://other.example.com 4qr7]"`, nil, false, "is for another audience"},
		"Auth0":              {"https://t.eu.auth0.com/", two, nil, false, "name aud in Config.Lists"},
		"Auth0, named":       {"https://t.eu.auth0.com/", two, []string{"aud"}, true, ""},
		"Auth0, one":         {"https://t.eu.auth0.com/", `"https://api.example.com"`, nil, true, ""},
		"one of a tenant's":  {"https://t.eu.auth0.com/", `"[evil https://api.example.com]"`, nil, false, "name aud in Config.Lists"},
		"a number":           {pool, `7`, nil, false, "is for another audience"},
	} {
		e := claims.MustNew(claims.Config{Issuers: []string{row.issuer}, Audiences: []string{api}, Lists: row.lists})
		id, err := e.Identify(requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"iss":"`+row.issuer+`","aud":`+row.aud)))
		if (id != nil) != row.known || (err == nil) != row.known || err != nil && !strings.Contains(err.Error(), row.reason) {
			t.Errorf("%s: %v, %v, want known %v, %q", name, id, err, row.known, row.reason)
		}
	}
	e := claims.MustNew(claims.Config{Issuers: []string{pool}, Audiences: []string{api}})
	authorizer := `{"claims":{"sub":"f2a4c6d8","iss":"` + pool + `","exp":"Tue Jun 18 15:00:04 UTC 2024","aud":"a,b"}}`
	if _, err := e.Identify(requestFrom(t, adapter.RESTAPI, authorizer)); err == nil || !strings.Contains(err.Error(), "Config.CommaLists") {
		t.Errorf("REST API: %v, want that CommaLists is named", err)
	}
}

func TestAudiences(t *testing.T) {
	e := claims.MustNew(claims.Config{InsecureAnyIssuer: true, Audiences: []string{"api", "app"}})
	for members, known := range map[string]bool{
		`"aud":"api"`:                        true,
		`"client_id":"app"`:                  true,
		`"aud":"other","client_id":"app"`:    false,
		`"aud":"other"`:                      false,
		`"client_id":"other"`:                false,
		`"aud":"[api other]"`:                false, // a list that cannot be read for sure
		`"aud":"API"`:                        false,
		`"scope":"api"`:                      false,
		`"aud":"api","client_id":"whatever"`: true,
	} {
		id, err := e.Identify(requestFrom(t, adapter.HTTPAPIV2, jwtWith(members)))
		if (id != nil) != known || (err == nil) != known {
			t.Errorf("%s: %v, %v, want known %v", members, id, err, known)
		}
	}
}

// TestFlatContextIsNoJWT: a Lambda authorizer's context holds text, numbers and
// booleans, so that the scopes beside a JWT's claims cannot be its own.
func TestFlatContextIsNoJWT(t *testing.T) {
	for authorizer, known := range map[string]bool{
		`{"claims":{"sub":"ada","scope":"admin"},"scopes":null}`:      true,
		`{"claims":{"sub":"ada","scope":"admin"},"scopes":["admin"]}`: true,
		`{"claims":{"sub":"ada","scope":"admin"}}`:                    false,
		`{"claims":{"sub":"ada","scope":"admin"},"scopes":"admin"}`:   false,
		`{"claims":{"sub":"ada"},"principalId":null}`:                 false,
	} {
		id, _ := anyone.Identify(requestFrom(t, adapter.HTTPAPIV1, authorizer))
		if (id != nil) != known {
			t.Errorf("%s: %v, want known %v", authorizer, id, known)
		}
	}
}
