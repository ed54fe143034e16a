package claims_test

import (
	"errors"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

// listRow is a claim in an event and what List makes of it: want, ambiguous, or
// no list.
type listRow struct {
	claim, name string
	want        []string
	err         error
}

var errNoList = errors.New("no list of strings")

func checkLists(t *testing.T, e *claims.Extractor, front adapter.Format, wrap func(members string) string, rows []listRow) {
	t.Helper()
	for _, row := range rows {
		id := identify(t, e, requestFrom(t, front, wrap(row.claim)))
		got, err := id.List(row.name)
		switch {
		case row.err == nil && err == nil && cmp.Equal(got, row.want):
		case row.err == claims.ErrAmbiguous && errors.Is(err, claims.ErrAmbiguous) && got == nil:
		case row.err == errNoList && err != nil && !errors.Is(err, claims.ErrAmbiguous) && got == nil:
		default:
			t.Errorf("List(%q) of %s = %q, %v, want %q, %v", row.name, row.claim, got, err, row.want, row.err)
		}
	}
}

func TestListOfAnHTTPAPI(t *testing.T) {
	const groups = "cognito:groups"
	fromPool := func(members string) string { return jwtWith(`"iss":"` + pool + `",` + members) }
	fromAnother := func(members string) string { return jwtWith(`"iss":"https://issuer.example",` + members) }

	checkLists(t, anyone, adapter.HTTPAPIV2, fromPool, []listRow{
		{`"cognito:groups":"[admin poweruser]"`, groups, []string{"admin", "poweruser"}, nil},
		{`"cognito:groups":"[admin]"`, groups, []string{"admin"}, nil},
		{`"cognito:groups":"[]"`, groups, nil, nil},
		{`"cognito:groups":"[x,admin]"`, groups, []string{"x,admin"}, nil},
		{`"cognito:groups":"[x\u00a0admin]"`, groups, []string{"x\u00a0admin"}, nil},
		{`"cognito:groups":"not admin"`, groups, []string{"not admin"}, nil},
		{`"cognito:groups":"[not  admin]"`, groups, nil, claims.ErrAmbiguous},
		{`"cognito:groups":["not admin","[admin]"]`, groups, []string{"not admin", "[admin]"}, nil},
		{`"Cognito:Groups":"[admin]"`, groups, nil, nil},
		{`"cognito:groups":null`, groups, nil, nil},
		{`"cognito:groups":7`, groups, nil, errNoList},
		{`"cognito:groups":{"admin":true}`, groups, nil, errNoList},
		{`"cognito:groups":["admin",1]`, groups, nil, errNoList},
		{`"roles":"[admin]"`, "roles", nil, claims.ErrAmbiguous},
		{`"roles":"[]"`, "roles", nil, claims.ErrAmbiguous},
		{`"roles":"admin"`, "roles", []string{"admin"}, nil},
		{`"exp":"1718722804"`, "absent", nil, nil},
	})
	checkLists(t, anyone, adapter.HTTPAPIV2, fromAnother, []listRow{
		{`"cognito:groups":"[admin]"`, groups, nil, claims.ErrAmbiguous},
		{`"scp":"[a b]"`, "scp", []string{"a", "b"}, nil},
		{`"aud":"[a b]"`, "aud", nil, claims.ErrAmbiguous},
		{`"aud":"a"`, "aud", []string{"a"}, nil},
	})
}

// A name that only looks like a user pool's proves nothing about its groups.
func TestIssuersThatAreNoUserPool(t *testing.T) {
	for _, issuer := range []string{
		"", "https://cognito-idp.eu-west-1.amazonaws.com.evil.example/eu-west-1_A", "http://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
		"https://cognito-idp.evil.example/eu-west-1.amazonaws.com/eu-west-1_A", "https://cognito-idp.eu-west-1.amazonaws.com/us-east-1_A",
		"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A/x", "https://cognito-idp.eu-west-1.amazonaws.com", "https://cognito-idp..amazonaws.com/_A",
		"https://cognito-idp.a@evil.amazonaws.com/a@evil_A", "https://evil.example/https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
	} {
		members := map[string]any{"sub": "f2a4c6d8", "cognito:groups": "[admin]"}
		if issuer != "" {
			members["iss"] = issuer
		}
		id, err := claims.NewIdentity(claims.JWT, members)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := id.List("cognito:groups"); !errors.Is(err, claims.ErrAmbiguous) {
			t.Errorf("issuer %q: %q, %v, want ErrAmbiguous", issuer, got, err)
		}
	}
	id := newIdentity(t, claims.JWT, `{"sub":"f2a4c6d8","iss":"https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A","cognito:groups":"[admin]"}`)
	if got, err := id.List("cognito:groups"); !cmp.Equal(got, []string{"admin"}) {
		t.Errorf("a user pool in China: %q, %v", got, err)
	}
}

func TestConfigLists(t *testing.T) {
	e := claims.MustNew(claims.Config{InsecureAnyIssuer: true, Lists: []string{"roles", "aud"}})
	checkLists(t, e, adapter.HTTPAPIV2, jwtWith, []listRow{
		{`"roles":"[admin user]"`, "roles", []string{"admin", "user"}, nil},
		{`"roles":"admin"`, "roles", []string{"admin"}, nil},
		{`"Roles":"[admin]"`, "Roles", nil, claims.ErrAmbiguous},
	})
	id := identify(t, e, requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"aud":"[a b]"`)))
	if !cmp.Equal(id.Audience, []string{"a", "b"}) || id.ClientID != "" {
		t.Errorf("aud [a b]: Audience %q, ClientID %q, want two and none", id.Audience, id.ClientID)
	}
}

func TestListOfACognitoAuthorizer(t *testing.T) {
	wrap := func(members string) string {
		return `{"claims":{"sub":"f2a4c6d8","iss":"` + pool + `","exp":"Tue Jun 18 15:00:04 UTC 2024",` + members + `}}`
	}
	rows := []listRow{
		{`"cognito:groups":"admin"`, "cognito:groups", []string{"admin"}, nil},
		{`"cognito:groups":"[admin]"`, "cognito:groups", []string{"[admin]"}, nil},
		{`"cognito:groups":"[a b]"`, "cognito:groups", []string{"[a b]"}, nil},
		{`"cognito:groups":""`, "cognito:groups", nil, nil},
		{`"roles":"x,admin"`, "roles", nil, claims.ErrAmbiguous},
	}
	checkLists(t, anyone, adapter.RESTAPI, wrap, append(rows,
		listRow{`"cognito:groups":"x,admin"`, "cognito:groups", nil, claims.ErrAmbiguous}))
	commas := claims.MustNew(claims.Config{InsecureAnyIssuer: true, CommaLists: []string{"cognito:groups"}})
	checkLists(t, commas, adapter.RESTAPI, wrap, append(rows,
		listRow{`"cognito:groups":"x,admin"`, "cognito:groups", []string{"x", "admin"}, nil},
		listRow{`"cognito:groups":"x,,admin"`, "cognito:groups", nil, claims.ErrAmbiguous}))
}

// Sources that keep JSON types mean what they say.
func TestExactLists(t *testing.T) {
	wrap := func(members string) string { return `{"claims":{"sub":"f2a4c6d8","exp":1718722804,` + members + `}}` }
	checkLists(t, anyone, adapter.RESTAPI, wrap, []listRow{
		{`"groups":["admin","x,y","a b"]`, "groups", []string{"admin", "x,y", "a b"}, nil},
		{`"groups":[]`, "groups", []string{}, nil},
		{`"groups":"[admin]"`, "groups", []string{"[admin]"}, nil},
		{`"groups":"not admin"`, "groups", []string{"not admin"}, nil},
		{`"groups":"x,admin"`, "groups", []string{"x,admin"}, nil},
		{`"groups":[["admin"]]`, "groups", nil, errNoList},
		{`"groups":[null]`, "groups", nil, errNoList},
		{`"groups":true`, "groups", nil, errNoList},
	})
}
