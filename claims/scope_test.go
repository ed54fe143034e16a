package claims_test

import (
	"errors"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestScopesOfAnHTTPAPI(t *testing.T) {
	for name, row := range map[string]struct {
		members string // of the claims, "" of the route's scopes
		want    []string
	}{
		"none":                         {`"exp":"1718722804"`, nil},
		"one":                          {`"scope":"notes/read"`, []string{"notes/read"}},
		"two":                          {`"scope":"notes/read notes/write"`, []string{"notes/read", "notes/write"}},
		"empty":                        {`"scope":""`, nil},
		"null":                         {`"scope":null`, nil},
		"two blanks":                   {`"scope":" notes/read  notes/write "`, []string{"notes/read", "notes/write"}},
		"scp before scope":             {`"scope":"notes/write","scp":"notes/read"`, []string{"notes/read"}},
		"scp as a rendered list":       {`"scp":"[notes/read notes/write]"`, []string{"notes/read", "notes/write"}},
		"scp as an empty list":         {`"scp":"[]"`, nil},
		"scp as an empty list, scope":  {`"scp":"[]","scope":"admin"`, nil},
		"null scp":                     {`"scp":null,"scope":"notes/read"`, []string{"notes/read"}},
		"array":                        {`"scope":["notes/read","notes/write"]`, []string{"notes/read", "notes/write"}},
		"array's element with a blank": {`"scope":["not admin","notes/read"]`, []string{"notes/read"}},
		"no-break space":               {`"scope":"not\u00a0admin notes/read"`, []string{"notes/read"}},
		"tab":                          {`"scope":"not\tadmin notes/read"`, []string{"notes/read"}},
		"line feed":                    {`"scope":"not\nadmin\nnotes/read"`, nil},
		"comma":                        {`"scope":"not,admin"`, []string{"not,admin"}},
		"quote":                        {`"scope":"\"admin\""`, nil},
		"one bracket":                  {`"scope":"[admin user"`, []string{"[admin", "user"}},
	} {
		got := identify(t, anyone, requestFrom(t, adapter.HTTPAPIV2, jwtWith(row.members)))
		if !cmp.Equal(got.Scopes, row.want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: scopes %q, want %q", name, got.Scopes, row.want)
		}
		if got.HasScope("admin") || got.HasScope("") {
			t.Errorf("%s: scopes %q grant admin or nothing at all", name, got.Scopes)
		}
	}
}

// The route's list says what the token has, not what was asked for.
func TestRouteScopesAreNotRead(t *testing.T) {
	r := requestFrom(t, adapter.HTTPAPIV2, `{"jwt":{"claims":{"sub":"f2a4c6d8","scope":"notes/read"},"scopes":["notes/read","admin"]}}`)
	if got := identify(t, anyone, r); got.HasScope("admin") || !got.HasScope("notes/read") {
		t.Errorf("scopes %q, want those of the claim", got.Scopes)
	}
}

func TestHasScopeIsExact(t *testing.T) {
	id := newIdentity(t, claims.Verified, `{"sub":"f2a4c6d8","scope":"notes-api/write"}`)
	for _, scope := range []string{
		"notes-api/wri", "notes-api/write2", "notes-api", "write", "Notes-api/write", "notes-api/WRITE", "notes-api/write ",
		" notes-api/write", "notes-api/write\u00a0", "notes-api/*", "*", "",
	} {
		if id.HasScope(scope) {
			t.Errorf("notes-api/write grants %q", scope)
		}
	}
	if !id.HasScope("notes-api/write") {
		t.Error("notes-api/write does not grant itself")
	}
}

// Text that may be several things grants none of them.
func TestAmbiguousScopes(t *testing.T) {
	for name, row := range map[string]struct {
		front      adapter.Format
		authorizer string
	}{
		"scope in brackets":   {adapter.HTTPAPIV2, jwtWith(`"scope":"[admin]"`)},
		"scope, several":      {adapter.HTTPAPIV2, jwtWith(`"scope":"[not admin either]"`)},
		"scp, two blanks":     {adapter.HTTPAPIV2, jwtWith(`"scp":"[not  admin]"`)},
		"payload 1.0":         {adapter.HTTPAPIV1, `{"claims":{"sub":"f2a4c6d8","scope":"[admin]"},"scopes":null}`},
		"Cognito, with comma": {adapter.RESTAPI, `{"claims":{"sub":"f2a4c6d8","exp":"Tue Jun 18 15:00:04 UTC 2024","scp":"not,admin"}}`},
	} {
		id, err := anyone.Identify(requestFrom(t, row.front, row.authorizer))
		if id != nil || !errors.Is(err, claims.ErrAmbiguous) {
			t.Errorf("%s: %v, %v, want ErrAmbiguous", name, id, err)
		}
	}
}

func TestScopeClaim(t *testing.T) {
	e := claims.MustNew(claims.Config{InsecureAnyIssuer: true, ScopeClaim: "permissions", Lists: []string{"permissions"}})
	for members, want := range map[string][]string{
		`"permissions":"[notes/read notes/write]","scope":"admin"`: {"notes/read", "notes/write"},
		`"permissions":"notes/read","scp":"admin"`:                 {"notes/read"},
		`"scope":"admin","scp":"admin"`:                            nil,
	} {
		got := identify(t, e, requestFrom(t, adapter.HTTPAPIV2, jwtWith(members)))
		if !cmp.Equal(got.Scopes, want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: scopes %q, want %q", members, got.Scopes, want)
		}
	}
}

func TestScopesOfARESTAPI(t *testing.T) {
	for _, row := range []struct {
		members string
		want    []string
	}{
		{`"exp":"Tue Jun 18 15:00:04 UTC 2024","scope":"a/x,y a/z"`, []string{"a/x,y", "a/z"}},
		{`"exp":"Tue Jun 18 15:00:04 UTC 2024","scope":"[a b]"`, []string{"[a", "b]"}},
		{`"exp":1718722804,"scope":"a/x a/y"`, []string{"a/x", "a/y"}},
		{`"exp":1718722804,"scp":["a/x","a/y"]`, []string{"a/x", "a/y"}},
		{`"exp":1718722804,"scp":["a/x a/y"]`, nil},
	} {
		got := identify(t, anyone, requestFrom(t, adapter.RESTAPI, `{"claims":{"sub":"f2a4c6d8",`+row.members+`}}`))
		if !cmp.Equal(got.Scopes, row.want, cmpopts.EquateEmpty()) {
			t.Errorf("%s: scopes %q, want %q", row.members, got.Scopes, row.want)
		}
	}
}
