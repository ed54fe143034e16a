package claims_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// escaped spells a name with an escape sequence in it, which is the same name to
// a JSON reader.
func escaped(name string) string { return fmt.Sprintf(`\u%04x`, name[0]) + name[1:] }

// Places where a name counts: NAME is it, and VALUE what it says of ada. MORE is
// room beside it.
var places = map[string]struct {
	front adapter.Format
	name  string
	value string
	event string // requestContext
}{
	"requestContext": {adapter.HTTPAPIV2, "authorizer", `{"jwt":{"claims":{"sub":"ada"},"scopes":null}}`,
		`{"http":{"method":"GET","path":"/"},"NAME":VALUE MORE}`},
	"API": {adapter.HTTPAPIV2, "apiId", `"a1b2c3"`,
		`{"http":{"method":"GET","path":"/"},"authorizer":{"jwt":{"claims":{"sub":"ada"}}},"NAME":VALUE MORE}`},
	"authorizer": {adapter.HTTPAPIV2, "jwt", `{"claims":{"sub":"ada"}}`,
		`{"http":{"method":"GET","path":"/"},"authorizer":{"NAME":VALUE MORE}}`},
	"block": {adapter.HTTPAPIV2, "claims", `{"sub":"ada"}`,
		`{"http":{"method":"GET","path":"/"},"authorizer":{"jwt":{"NAME":VALUE MORE}}}`},
	"claims": {adapter.HTTPAPIV2, "sub", `"ada"`,
		`{"http":{"method":"GET","path":"/"},"authorizer":{"jwt":{"claims":{"NAME":VALUE MORE}}}}`},
	"a REST API's claims": {adapter.RESTAPI, "sub", `"ada"`,
		`{"httpMethod":"GET","authorizer":{"claims":{"exp":1718722804,"NAME":VALUE MORE}}}`},
	"a REST API's authorizer": {adapter.RESTAPI, "claims", `{"sub":"ada","exp":1718722804}`,
		`{"httpMethod":"GET","authorizer":{"NAME":VALUE MORE}}`},
	"a flat context": {adapter.RESTAPI, "principalId", `"ada"`,
		`{"httpMethod":"GET","authorizer":{"tenant":"t1","NAME":VALUE MORE}}`},
	"iam": {adapter.HTTPAPIV2, "userId", `"ada"`,
		`{"http":{"method":"GET","path":"/"},"authorizer":{"iam":{"userArn":"arn:x","NAME":VALUE MORE}}}`},
	"identity": {adapter.RESTAPI, "user", `"ada"`,
		`{"httpMethod":"GET","identity":{"userArn":"arn:x","NAME":VALUE MORE}}`},
	"VPC Lattice's identity": {adapter.LatticeV2, "principal", `"ada"`,
		`{"serviceArn":"arn:x","identity":{"type":"AWS_IAM","NAME":VALUE MORE}}`},
	"a certificate": {adapter.RESTAPI, "subjectDN", `"ada"`,
		`{"httpMethod":"GET","identity":{"clientCert":{"validity":{"notBefore":"May 28 12:30:02 2019 GMT","notAfter":"Aug  5 09:36:04 2034 GMT"},"NAME":VALUE MORE}}}`},
}

var outer = map[adapter.Format]string{
	adapter.HTTPAPIV2: `{"version":"2.0","rawPath":"/","requestContext":`,
	adapter.RESTAPI:   `{"httpMethod":"GET","path":"/","requestContext":`,
	adapter.LatticeV2: `{"version":"2.0","path":"/","method":"GET","requestContext":`,
}

// wherever is everybody, with a pin on the API so that a place for it counts.
var wherever = claims.MustNew(claims.Config{
	Sources: []claims.Source{claims.JWT, claims.Cognito, claims.NativeJWT, claims.LambdaAuthorizer, claims.SigV4, claims.ClientCertificate}, InsecureAnyIssuer: true,
	APIs: []string{"a1b2c3"},
})

func TestNamesOfTheWalk(t *testing.T) {
	for place, p := range places {
		e := everybody
		switch {
		case place == "API":
			e = wherever
		case p.name == "principalId":
			e = lambdaOnly(nil)
		}
		subject := func(name, more string) (string, error) {
			context := strings.NewReplacer("NAME", name, "VALUE", p.value, " MORE", more).Replace(p.event)
			r := request(t, outer[p.front]+context+"}")
			if event, _ := adapter.FromContext(r.Context()); event.Format() != p.front {
				t.Fatalf("%s: the event is of format %v", place, event.Format())
			}
			id, err := e.Identify(r)
			if id == nil {
				return "", err
			}
			return id.Subject, err
		}
		upper := strings.ToUpper(p.name)
		for _, row := range []struct {
			name, more string
			known      bool
			refused    bool // with an error, whatever else the event says
		}{
			{p.name, "", true, false},
			{escaped(p.name), "", true, false}, // one name, spelled with an escape
			{p.name, `,"` + upper + `":null`, true, false},
			{upper, "", false, false},
			{p.name + `\u0000`, "", false, false},
			{p.name + " ", "", false, false},
			{strings.ReplaceAll(p.name, "s", "ſ") + "\u200b", "", false, false},
			{p.name, `,"` + p.name + `":` + p.value, false, true},
			{p.name, `,"` + p.name + `":null`, false, true},
			{p.name, `,"` + escaped(p.name) + `":` + p.value, false, true},
			{escaped(p.name), `,"` + p.name + `":` + p.value, false, true},
			{escaped(p.name), `,"` + escaped(p.name) + `":null`, false, true},
		} {
			got, err := subject(row.name, row.more)
			if (got == "ada") != row.known || got != "" && got != "ada" || row.refused && err == nil {
				t.Errorf("%s: %q%s: subject %q, %v, want known %v", place, row.name, row.more, got, err, row.known)
			}
		}
	}
}

// In what an authorizer says, and in all that is inside it, no object may name a
// member twice; and nobody looks into what is nested deeper than 64 times.
func TestDuplicatesInsideClaims(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	var many strings.Builder
	for i := range 200 {
		fmt.Fprintf(&many, `"custom:%d":"x",`, i)
	}
	for more, known := range map[string]bool{
		`"x":{"a":1,"b":{"a":1}}`:               true,
		`"x":{"a":1,"a":1}`:                     false,
		`"x":[{"y":{"a":1,"\u0061":1}}]`:        false,
		`"x":{"":1,"":1}`:                       false,
		`"\ud800":1,"\ufffd":1`:                 false,
		`"x":1,"y":1,"x":2`:                     false,
		`"x":` + deep(64):                       true,
		`"x":` + deep(65):                       false,
		many.String() + `"custom:":"x"`:         true,
		many.String() + `"custom:7":"x"`:        false,
		many.String() + `"\u0063ustom:199":"x"`: false,
	} {
		for front, authorizer := range map[adapter.Format]string{
			adapter.HTTPAPIV2: `{"jwt":{"claims":{"sub":"ada",` + more + `}}}`,
			adapter.HTTPAPIV1: `{"claims":{"sub":"ada",` + more + `},"scopes":null}`,
			adapter.RESTAPI:   `{"principalId":"ada",` + more + `}`,
		} {
			e := anyone
			if front == adapter.RESTAPI {
				e = lambdaOnly(nil)
			}
			id, err := e.Identify(requestFrom(t, front, authorizer))
			if (id != nil) != known || (err == nil) != known {
				t.Errorf("%v: %.60s: %v, %v, want known %v", front, more, id, err, known)
			}
		}
	}
}

// The order of members in an event means nothing.
func TestOrderOfTheWalk(t *testing.T) {
	claimsFirst := `{"claims":` + nativeClaims + `,"x":null,"scopes":["a"]}`
	claimsLast := `{"x":null,"scopes":["a"],"claims":` + nativeClaims + `}`
	for _, authorizer := range []string{claimsFirst, claimsLast} {
		for _, identity := range []string{`{"sourceIp":"192.0.2.1","user":null}`, `{"user":"","sourceIp":"192.0.2.1"}`} {
			for _, context := range []string{
				`{"httpMethod":"GET","identity":` + identity + `,"authorizer":` + authorizer + `}`,
				`{"httpMethod":"GET","authorizer":` + authorizer + `,"identity":` + identity + `}`,
			} {
				id := identify(t, anyone, request(t, outer[adapter.RESTAPI]+context+"}"))
				if id.Source != claims.NativeJWT || id.Subject != "f2a4c6d8" || len(id.Scopes) != 2 {
					t.Errorf("%s: %+v", context, id)
				}
			}
		}
	}
}
