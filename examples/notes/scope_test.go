package notes_test

import (
	"strings"
	"testing"
)

const granted = `"scope":"notes-api/read notes-api/write"`

// Text that looks like the scopes an operation needs, in their place in vouched.
func TestOddScopes(t *testing.T) {
	for name, scope := range map[string]string{
		"empty":                `"scope":""`,
		"null":                 `"scope":null`,
		"no-break space":       `"scope":"notes-api/read\u00a0notes-api/write"`,
		"no-break space after": `"scope":"notes-api/read\u00a0 notes-api/write\u00a0"`,
		"tab":                  `"scope":"notes-api/read\tnotes-api/write"`,
		"newline":              `"scope":"notes-api/read\nnotes-api/write"`,
		"comma":                `"scope":"notes-api/read,notes-api/write"`,
		"plus":                 `"scope":"notes-api/read+notes-api/write"`,
		"prefix":               `"scope":"notes-api/rea notes-api/writ notes-api/ notes-api"`,
		"suffix":               `"scope":"notes-api/read2 notes-api/read/ notes-api/write*"`,
		"wildcard":             `"scope":"* notes-api/* notes-api/.*"`,
		"other case":           `"scope":"Notes-API/Read NOTES-API/WRITE"`,
		"quoted":               `"scope":"\"notes-api/read\" 'notes-api/write'"`,
		"without resource":     `"scope":"read write"`,
		"look-alike letters":   `"scope":"notes-api/re\u0430d notes-api/wr\u0131te"`,
		"NUL":                  `"scope":"notes-api/read\u0000 notes-api/write\u0000"`,
		"SCOPE":                `"SCOPE":"notes-api/read notes-api/write"`,
		"scopes":               `"scopes":"notes-api/read notes-api/write"`,
		"scp goes first":       `"scp":"other",` + granted,
		"elements with blanks": `"scope":["notes-api/read notes-api/write"]`,
	} {
		for _, front := range fronts {
			t.Run(name+"/"+front.format.String(), func(t *testing.T) {
				members := strings.Replace(vouched, granted, scope, 1)
				wantRefused(t, front, map[string]string{"authorizer": front.authorizerOf(members)}, 403)
			})
		}
	}
}

// Text that is a list on one front and one scope on another names nobody or
// grants nothing, never what is in it.
func TestRenderedScopes(t *testing.T) {
	for i, status := range []int{401, 401, 403} {
		members := strings.Replace(vouched, granted, `"scope":"[notes-api/read notes-api/write]"`, 1)
		wantRefused(t, fronts[i], map[string]string{"authorizer": fronts[i].authorizerOf(members)}, status)
	}
}

// The scopes beside the claims tell what the gateway asked for on a route.
func TestScopesBesideTheClaims(t *testing.T) {
	members := strings.Replace(vouched, granted+",", "", 1)
	for i, authorizer := range []string{
		`{"jwt":{"claims":{` + members + `},"scopes":["notes-api/read","notes-api/write"]}}`,
		`{"claims":{` + members + `},"scopes":["notes-api/read","notes-api/write"]}`,
	} {
		wantRefused(t, fronts[i], map[string]string{"authorizer": fronts[i].fill(authorizer)}, 403)
	}
}
