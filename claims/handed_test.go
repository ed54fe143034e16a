package claims_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

// handedOn reads identities that a Lambda authorizer hands on whole.
var handedOn = claims.MustNew(claims.Config{
	Sources:        []claims.Source{claims.LambdaAuthorizer},
	Issuers:        []string{pool},
	IssuerNames:    map[string]string{"staff": pool},
	LambdaIdentity: "gatehouse_v1",
	InsecureAnyAPI: true,
})

// contexts are where the fronts put the one key.
var contexts = map[adapter.Format]string{
	adapter.RESTAPI:      `{"principalId":"x","integrationLatency":1,"KEY":VALUE}`,
	adapter.WebSocketAPI: `{"principalId":"x","KEY":VALUE}`,
	adapter.HTTPAPIV1:    `{"principalId":"x","KEY":VALUE}`,
	adapter.HTTPAPIV2:    `{"lambda":{"KEY":VALUE}}`,
}

func identifyHanded(t *testing.T, front adapter.Format, key, identity string) (*claims.Identity, error) {
	t.Helper()
	authorizer := strings.NewReplacer("KEY", key, "VALUE", strconv.Quote(identity)).Replace(contexts[front])
	return handedOn.Identify(requestFrom(t, front, authorizer))
}

func TestHandedOnIdentity(t *testing.T) {
	identity := fmt.Sprintf(`{"iss":%q,"sub":"ada","exp":1718722804,"scope":"read write","typ":"at+jwt","groups":["a,b","c d"],"level":7}`, pool)
	verified, err := claims.NewIdentity(claims.Verified, map[string]any{"iss": pool, "sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	for front := range contexts {
		id, err := identifyHanded(t, front, "gatehouse_v1", identity)
		if err != nil {
			t.Errorf("%v: %v", front, err)
			continue
		}
		groups, err := id.List("groups")
		if id.Subject != "ada" || id.Source != claims.LambdaAuthorizer || id.Expiry.Unix() != 1718722804 ||
			!slices.Equal(id.Scopes, []string{"read", "write"}) || !slices.Equal(groups, []string{"a,b", "c d"}) {
			t.Errorf("%v: %+v, groups %q, %v", front, id, groups, err)
		}
		if level, _ := id.Claim("level"); level != json.Number("7") || !id.KeepsTypes() {
			t.Errorf("%v: level %v, types kept: %t", front, level, id.KeepsTypes())
		}
		if !id.IsAccessToken() || !id.IssuedBy("staff") {
			t.Errorf("%v: access token %t, staff %t", front, id.IsAccessToken(), id.IssuedBy("staff"))
		}
		if id.Key() != verified.Key() {
			t.Errorf("%v: key %q, want that of the verified token, %q", front, id.Key(), verified.Key())
		}
	}
}

func TestHandedOnNobody(t *testing.T) {
	whole := `{"iss":"` + pool + `","sub":"ada","exp":1718722804}`
	for name, row := range map[string]struct{ key, identity string }{
		"another version":     {"gatehouse_v2", whole},
		"another case":        {"Gatehouse_v1", whole},
		"no iss":              {"gatehouse_v1", `{"sub":"ada","exp":1718722804}`},
		"an iss that is none": {"gatehouse_v1", `{"iss":1,"sub":"ada","exp":1718722804}`},
		"another iss":         {"gatehouse_v1", strings.Replace(whole, pool, "https://evil.example", 1)},
		"no sub":              {"gatehouse_v1", `{"iss":"` + pool + `","exp":1718722804}`},
		"no exp":              {"gatehouse_v1", `{"iss":"` + pool + `","sub":"ada"}`},
		"exp as text":         {"gatehouse_v1", strings.Replace(whole, "1718722804", `"1718722804"`, 1)},
		"null exp":            {"gatehouse_v1", strings.Replace(whole, "1718722804", "null", 1)},
		"sub twice":           {"gatehouse_v1", strings.Replace(whole, `"sub"`, `"sub":"root","sub"`, 1)},
		"empty":               {"gatehouse_v1", ""},
		"no object":           {"gatehouse_v1", `"ada"`},
		"malformed":           {"gatehouse_v1", whole[:20]},
	} {
		for front := range contexts {
			if id, err := identifyHanded(t, front, row.key, row.identity); id != nil || err == nil {
				t.Errorf("%s, %v: %+v, %v", name, front, id, err)
			}
		}
	}
	// Without the key a context that names everything else is nobody either.
	r := requestFrom(t, adapter.RESTAPI, `{"principalId":"ada","iss":"`+pool+`","sub":"ada","exp":1718722804}`)
	if id, err := handedOn.Identify(r); id != nil || err == nil {
		t.Errorf("%+v, %v", id, err)
	}
}

func TestHandedOnConfig(t *testing.T) {
	sources := []claims.Source{claims.LambdaAuthorizer}
	for want, c := range map[string]claims.Config{
		"without LambdaAuthorizer": {Issuers: []string{pool}, LambdaIdentity: "k"},
		"beside LambdaClaims": {Sources: sources, Issuers: []string{pool}, InsecureAnyAPI: true, LambdaIdentity: "k",
			LambdaClaims: map[string]string{"sub": "userId"}},
		"needs Issuers": {Sources: sources, InsecureAnyAPI: true, LambdaIdentity: "k"},
	} {
		if _, err := claims.New(c); err == nil || !strings.Contains(err.Error(), "Config.LambdaIdentity: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}
