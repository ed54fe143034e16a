package claims_test

import (
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

func TestNewIdentityTakesWhatATokenHolds(t *testing.T) {
	id, err := claims.NewIdentity(claims.Verified, map[string]any{
		"sub": "f2a4c6d8", "iss": pool, "aud": []string{"notes"}, "azp": "4qr7", "exp": int64(1718722804), "iat": 1718719204.0,
		"auth_time": json.Number("1718719204"), "cognito:username": "ada", "scope": []any{"a/x", "not a/y"},
		"int8": int8(-8), "uint64": uint64(math.MaxUint64), "float32": float32(0.5), "bool": true, "nil": nil,
		"exact": json.Number("9007199254740993"), "cognito:groups": []string{"admin", "a b"},
		"address": map[string]any{"street": "<A & B>", "lines": []any{"1", 2}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if id.Source != claims.Verified || id.Username != "ada" || id.ClientID != "4qr7" || !cmp.Equal(id.Scopes, []string{"a/x"}) {
		t.Errorf("got %+v", id)
	}
	expiry, issued := time.Unix(1718722804, 0), time.Unix(1718719204, 0)
	if !id.Expiry.Equal(expiry) || !id.IssuedAt.Equal(issued) || !id.AuthTime.Equal(issued) {
		t.Errorf("dates %v, %v, %v", id.Expiry, id.IssuedAt, id.AuthTime)
	}
	for name, want := range map[string]any{
		"int8": json.Number("-8"), "uint64": json.Number("18446744073709551615"), "float32": json.Number("0.5"), "bool": true,
		"exact": json.Number("9007199254740993"), "cognito:groups": []any{"admin", "a b"}, "sub": "f2a4c6d8",
		"address": map[string]any{"street": "<A & B>", "lines": []any{"1", json.Number("2")}},
	} {
		if got, ok := id.Claim(name); !ok || !cmp.Equal(got, want) {
			t.Errorf("Claim(%q) = %#v, %v, want %#v", name, got, ok, want)
		}
	}
	for _, name := range []string{"nil", "SUB", "Sub", "", "absent"} {
		if got, ok := id.Claim(name); ok || got != nil {
			t.Errorf("Claim(%q) = %#v, %v, want none", name, got, ok)
		}
	}
}

// The texts of the gateways' own are understood, for tests of what production
// delivers.
func TestNewIdentityTakesRenderings(t *testing.T) {
	for source, object := range map[claims.Source]string{claims.JWT: jwtClaims, claims.Cognito: cognitoClaims, claims.NativeJWT: nativeClaims} {
		got := newIdentity(t, source, object)
		if want := time.Unix(1718722804, 0); !got.Expiry.Equal(want) || len(got.Scopes) != 2 {
			t.Errorf("%v: expiry %v, scopes %q", source, got.Expiry, got.Scopes)
		}
	}
}

func TestNewIdentityRefuses(t *testing.T) {
	type named string
	for name, row := range map[string]struct {
		source claims.Source
		claims map[string]any
	}{
		"no source":           {0, map[string]any{"sub": "x"}},
		"unknown source":      {claims.Verified + 1, map[string]any{"sub": "x"}},
		"nil claims":          {claims.JWT, nil},
		"no sub":              {claims.JWT, map[string]any{"username": "x"}},
		"empty sub":           {claims.JWT, map[string]any{"sub": ""}},
		"nil sub":             {claims.JWT, map[string]any{"sub": nil}},
		"sub is a number":     {claims.JWT, map[string]any{"sub": 1}},
		"sub is not UTF-8":    {claims.JWT, map[string]any{"sub": "x\xff"}},
		"Sub":                 {claims.JWT, map[string]any{"Sub": "x"}},
		"empty iss":           {claims.JWT, map[string]any{"sub": "x", "iss": ""}},
		"exp is text":         {claims.Verified, map[string]any{"sub": "x", "exp": "1718722804"}},
		"exp is far":          {claims.JWT, map[string]any{"sub": "x", "exp": int64(math.MaxInt64)}},
		"exp is a time":       {claims.JWT, map[string]any{"sub": "x", "exp": time.Now()}},
		"not a number":        {claims.JWT, map[string]any{"sub": "x", "n": math.NaN()}},
		"empty number":        {claims.JWT, map[string]any{"sub": "x", "n": json.Number("")}},
		"no JSON number":      {claims.JWT, map[string]any{"sub": "x", "n": json.Number("0x1")}},
		"a type of one's own": {claims.JWT, map[string]any{"sub": named("x")}},
		"a struct":            {claims.JWT, map[string]any{"sub": "x", "s": struct{}{}}},
		"a list of structs":   {claims.JWT, map[string]any{"sub": "x", "s": []any{struct{}{}}}},
		"a nested func":       {claims.JWT, map[string]any{"sub": "x", "s": map[string]any{"f": func() {}}}},
	} {
		if id, err := claims.NewIdentity(row.source, row.claims); id != nil || err == nil || !strings.HasPrefix(err.Error(), "claims: ") {
			t.Errorf("%s: %v, %v, want an error", name, id, err)
		}
	}
}

func TestNewIdentityKeepsACopy(t *testing.T) {
	groups := []string{"user"}
	members := map[string]any{"sub": "f2a4c6d8", "groups": groups}
	id, err := claims.NewIdentity(claims.Verified, members)
	if err != nil {
		t.Fatal(err)
	}
	groups[0], members["sub"] = "admin", "root"
	if got, _ := id.List("groups"); !cmp.Equal(got, []string{"user"}) {
		t.Errorf("groups %q, want those given", got)
	}
	if got, _ := id.Claim("sub"); got != "f2a4c6d8" {
		t.Errorf("sub %q, want the one given", got)
	}
}

// What an event holds as text stays text to Claim, which knows no type to turn
// it into.
func TestClaimOfAnHTTPAPIIsText(t *testing.T) {
	id := identify(t, anyone, requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"exp":"1718722804","verified":"true","roles":"[a b]"`)))
	for name, want := range map[string]string{"exp": "1718722804", "verified": "true", "roles": "[a b]"} {
		if got, ok := id.Claim(name); !ok || got != want {
			t.Errorf("Claim(%q) = %#v, %v, want %q", name, got, ok, want)
		}
	}
}

// No two callers share a key, however their parts are cut.
func TestKey(t *testing.T) {
	keys := map[string]string{}
	for _, row := range []struct {
		source       claims.Source
		issuer, name string
	}{
		{claims.JWT, "https://a.example", "1"},
		{claims.JWT, "https://b.example", "1"},
		{claims.JWT, "https://a.example", "2"},
		{claims.JWT, "https://a.example1", ":1"},
		{claims.JWT, "", "https://a.example1"},
		{claims.JWT, "", "1"},
		{claims.JWT, "a", "1:1"},
		{claims.JWT, "a1:", "1"},
		{claims.LambdaAuthorizer, "", "1"},
		{claims.LambdaAuthorizer, "https://a.example", "1"},
	} {
		members := map[string]any{"sub": row.name}
		if row.issuer != "" {
			members["iss"] = row.issuer
		}
		id, err := claims.NewIdentity(row.source, members)
		if err != nil {
			t.Fatal(err)
		}
		who := row.source.String() + " " + row.issuer + " " + row.name
		if other, taken := keys[id.Key()]; taken {
			t.Errorf("%s and %s share the key %q", who, other, id.Key())
		}
		keys[id.Key()] = who
	}
	for source, members := range principals {
		id, err := claims.NewIdentity(source, members)
		if err != nil {
			t.Fatal(err)
		}
		if id.Subject != "1" {
			t.Errorf("%v: subject %q, want 1", source, id.Subject)
		}
		if other, taken := keys[id.Key()]; taken {
			t.Errorf("%v and %s share the key %q", source, other, id.Key())
		}
		keys[id.Key()] = source.String()
	}
}

// What the sources without a token say of a caller 1.
var principals = map[claims.Source]map[string]any{
	claims.SigV4:             {"userId": "1"},
	claims.ClientCertificate: {"subjectDN": "1", "validity": map[string]any{"notBefore": "May 28 12:30:02 2024 GMT", "notAfter": "Aug  5 09:36:04 2034 GMT"}},
	claims.Lattice:           {"type": "AWS_IAM", "principal": "1"},
	claims.IdentityPool:      {"cognitoIdentityId": "1", "cognitoIdentityPoolId": "eu-west-1:2"},
}

// NewIdentity asks of a source what an event of it must say.
func TestNewIdentityWithoutAToken(t *testing.T) {
	for source, members := range principals {
		id, err := claims.NewIdentity(source, members)
		if err != nil {
			t.Fatal(err)
		}
		if (id.IAM != nil) == (source == claims.ClientCertificate) || (id.Certificate != nil) != (source == claims.ClientCertificate) {
			t.Errorf("%v: IAM %v, certificate %v", source, id.IAM, id.Certificate)
		}
		for name := range members {
			less := maps.Clone(members)
			delete(less, name)
			if id, err := claims.NewIdentity(source, less); err == nil {
				t.Errorf("%v without %s: %+v, want an error", source, name, id)
			}
		}
	}
}

func TestSubjectClaim(t *testing.T) {
	e := claims.MustNew(claims.Config{InsecureAnyIssuer: true, SubjectClaim: "oid"})
	if got := identify(t, e, requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"oid":"77"`))); got.Subject != "77" {
		t.Errorf("subject %q, want that of oid", got.Subject)
	}
	if id, err := e.Identify(requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"OID":"77"`))); id != nil || err == nil {
		t.Errorf("without oid: %v, %v, want an error", id, err)
	}
}

func TestClientIDAndAudience(t *testing.T) {
	for members, want := range map[string]struct {
		client   string
		audience []string
	}{
		`"aud":"api"`:                   {"", []string{"api"}}, // an access token's audience is not a client
		`"aud":["api"]`:                 {"", []string{"api"}},
		`"aud":["api","x"]`:             {"", []string{"api", "x"}},
		`"aud":["api"],"client_id":"c"`: {"c", []string{"api"}},
		`"aud":"api","azp":"spa1"`:      {"spa1", []string{"api"}},
		`"azp":"spa1","client_id":"c"`:  {"c", nil},
		`"aud":"[api]"`:                 {"", nil},
		`"aud":7`:                       {"", nil},
		`"client_id":7`:                 {"", nil},
		`"azp":["spa1"]`:                {"", nil},
	} {
		got := identify(t, anyone, requestFrom(t, adapter.HTTPAPIV2, jwtWith(members)))
		if got.ClientID != want.client || !cmp.Equal(got.Audience, want.audience) {
			t.Errorf("%s: client %q, audience %q, want %+v", members, got.ClientID, got.Audience, want)
		}
	}
}

func TestSourceString(t *testing.T) {
	for source, want := range map[claims.Source]string{
		0: "nobody", claims.JWT: "JWT authorizer", claims.NativeJWT: "native JWT authorizer",
		claims.Verified: "verified token", claims.Verified + 1: "Source(10)",
	} {
		if got := source.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

// JSON that a verifier read gives the Identity that the same claims in Go give.
func TestClaimsInJSONAndInGo(t *testing.T) {
	want, err := claims.NewIdentity(claims.Verified, map[string]any{
		"sub": "ada", "iss": "https://issuer.example", "exp": 4102444800, "scope": "a b", "n": json.Number("9007199254740993"),
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := anyone.IdentifyVerified([]byte(`{"sub":"ada","iss":"https://issuer.example","exp":4102444800,"scope":"a b","n":9007199254740993}`), "")
	if err != nil || got.Key() != want.Key() || !got.Expiry.Equal(want.Expiry) || !got.HasScope("b") {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
	if n, _ := got.Claim("n"); n != json.Number("9007199254740993") {
		t.Errorf("n is %v", n)
	}
	for _, object := range []string{``, `null`, `[]`, `{"sub":"ada"`, `{"sub":"ada","sub":"bob"}`, `{"sub":""}`, `{"sub":1}`, `{}`} {
		if id, err := anyone.IdentifyVerified([]byte(object), ""); id != nil || err == nil {
			t.Errorf("%s: %+v, %v", object, id, err)
		}
	}
}

// Claims yields what Claim returns, for every claim but null ones.
func TestClaimsOfAnIdentity(t *testing.T) {
	e := claims.MustNew(claims.Config{Sources: []claims.Source{claims.JWT, claims.LambdaAuthorizer}, InsecureAnyIssuer: true, InsecureAnyAPI: true,
		LambdaClaims: map[string]string{"sub": "userId", "tenant": "t", "gone": "missing"}})
	for name, row := range map[string]struct {
		r    *http.Request
		want map[string]any
	}{
		"a token":   {requestFrom(t, adapter.HTTPAPIV2, jwtWith(`"n":null,"x":{"a":[1]},"\u0065":"\u0065"`)), map[string]any{"sub": "f2a4c6d8", "x": map[string]any{"a": []any{json.Number("1")}}, "e": "e"}},
		"a context": {requestFrom(t, adapter.HTTPAPIV2, `{"lambda":{"userId":"ada","t":"t1","sub":"root"}}`), map[string]any{"sub": "ada", "tenant": "t1"}},
	} {
		id := identify(t, e, row.r)
		if diff := cmp.Diff(row.want, maps.Collect(id.Claims())); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		for range id.Claims() {
			break
		}
	}
	for name := range new(claims.Identity).Claims() {
		t.Errorf("the zero Identity has a claim %q", name)
	}
}
