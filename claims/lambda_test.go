package claims_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lambdaOnly accepts Lambda authorizers, with these meanings of context keys.
func lambdaOnly(meanings map[string]string) *claims.Extractor {
	return claims.MustNew(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, InsecureAnyAPI: true, LambdaClaims: meanings})
}

var userID = map[string]string{"sub": "userId"}

func TestLambdaSubject(t *testing.T) {
	for name, row := range map[string]struct {
		front      adapter.Format
		meanings   map[string]string
		authorizer string
		want       string // Subject; "": nobody, with an error
	}{
		"REST, nothing mapped":         {adapter.RESTAPI, nil, `{"principalId":"ada","integrationLatency":422,"tenant":"t1"}`, "ada"},
		"REST, a claim mapped":         {adapter.RESTAPI, map[string]string{"tenant": "tenant"}, `{"principalId":"ada","tenant":"t1"}`, "ada"},
		"REST, mapped":                 {adapter.RESTAPI, userID, `{"principalId":"x","userId":"ada"}`, "ada"},
		"REST, mapped but missing":     {adapter.RESTAPI, userID, `{"principalId":"root","tenant":"t1"}`, ""},
		"REST, mapped but null":        {adapter.RESTAPI, userID, `{"principalId":"root","userId":null}`, ""},
		"REST, mapped but empty":       {adapter.RESTAPI, userID, `{"principalId":"root","userId":""}`, ""},
		"REST, mapped but a number":    {adapter.RESTAPI, userID, `{"principalId":"root","userId":7}`, ""},
		"REST, other case":             {adapter.RESTAPI, nil, `{"principalId":"ada","PrincipalID":"root"}`, "ada"},
		"REST, only in other case":     {adapter.RESTAPI, nil, `{"PrincipalID":"root","principalid":"root"}`, ""},
		"REST, empty":                  {adapter.RESTAPI, nil, `{"principalId":""}`, ""},
		"REST, a number":               {adapter.RESTAPI, nil, `{"principalId":7}`, ""},
		"REST, an object":              {adapter.RESTAPI, nil, `{"principalId":{"sub":"root"}}`, ""},
		"REST, not text":               {adapter.RESTAPI, nil, `{"principalId":"ada\ud800"}`, ""},
		"REST, twice":                  {adapter.RESTAPI, nil, `{"principalId":"ada","principalId":"root"}`, ""},
		"REST, another member twice":   {adapter.RESTAPI, nil, `{"principalId":"ada","tenant":"t1","tenant":"t2"}`, ""},
		"REST, in a lambda block":      {adapter.RESTAPI, userID, `{"lambda":{"userId":"ada"}}`, ""},
		"WebSocket, nothing mapped":    {adapter.WebSocketAPI, nil, `{"principalId":"ada","clientId":1}`, "ada"},
		"payload 1.0, nothing mapped":  {adapter.HTTPAPIV1, nil, `{"principalId":"ada"}`, ""},
		"payload 1.0, mapped":          {adapter.HTTPAPIV1, userID, `{"principalId":"x","userId":"ada"}`, "ada"},
		"payload 1.0, principalId":     {adapter.HTTPAPIV1, map[string]string{"sub": "principalId"}, `{"principalId":"ada"}`, "ada"},
		"payload 2.0, nothing mapped":  {adapter.HTTPAPIV2, nil, `{"lambda":{"principalId":"root","sub":"root","userId":"root"}}`, ""},
		"payload 2.0, mapped":          {adapter.HTTPAPIV2, userID, `{"lambda":{"sub":"root","userId":"ada"}}`, "ada"},
		"payload 2.0, other case":      {adapter.HTTPAPIV2, userID, `{"lambda":{"userID":"root","UserId":"root"}}`, ""},
		"payload 2.0, a list":          {adapter.HTTPAPIV2, userID, `{"lambda":{"userId":["ada"]}}`, ""},
		"payload 2.0, twice":           {adapter.HTTPAPIV2, userID, `{"lambda":{"userId":"ada","userId":"root"}}`, ""},
		"payload 2.0, twice below":     {adapter.HTTPAPIV2, userID, `{"lambda":{"userId":"ada","x":{"a":1,"a":2}}}`, ""},
		"payload 2.0, empty":           {adapter.HTTPAPIV2, userID, `{"lambda":{}}`, ""},
		"payload 2.0, text":            {adapter.HTTPAPIV2, userID, `{"lambda":"{\"userId\":\"ada\"}"}`, ""},
		"payload 2.0, and a principal": {adapter.HTTPAPIV2, userID, `{"lambda":{"userId":"ada"},"principalId":"ada"}`, ""},
		"payload 2.0, flat":            {adapter.HTTPAPIV2, userID, `{"principalId":"ada","userId":"ada"}`, ""},
	} {
		id, err := lambdaOnly(row.meanings).Identify(requestFrom(t, row.front, row.authorizer))
		if (id != nil) != (row.want != "") || (err == nil) != (row.want != "") || id != nil && id.Subject != row.want {
			t.Errorf("%s: %+v, %v, want subject %q", name, id, err, row.want)
		}
	}
}

// Whatever the author of a Lambda authorizer calls a key, it means nothing until
// Config says so: least of all what a token would mean by it.
func TestContextKeysMeanNothing(t *testing.T) {
	hostile := `"sub":"root","iss":"` + pool + `","scope":"admin","scp":"admin","cognito:groups":"admin","username":"root","client_id":"root",
		"token_use":"access","exp":"1","jwt":"root","claims":"root","lambda":"root","iam":"root","authorization":"Bearer x",
		"x-user":"root","PrincipalID":"root","Sub":"root","aud":"root"`
	for front, authorizer := range map[adapter.Format]string{
		adapter.RESTAPI:      `{"principalId":"ada","integrationLatency":1,"tenant":"t1",` + hostile + `}`,
		adapter.WebSocketAPI: `{"principalId":"ada","tenant":"t1",` + hostile + `}`,
		adapter.HTTPAPIV1:    `{"principalId":"ada","tenant":"t1",` + hostile + `}`,
		adapter.HTTPAPIV2:    `{"lambda":{"principalId":"ada","tenant":"t1",` + hostile + `}}`,
	} {
		got := identify(t, lambdaOnly(map[string]string{"sub": "principalId", "tenant": "tenant"}), requestFrom(t, front, authorizer))
		want := &claims.Identity{Source: claims.LambdaAuthorizer, Subject: "ada"}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
			t.Errorf("%v: -want +got:\n%s", front, diff)
		}
		for _, name := range []string{"iss", "scope", "scp", "cognito:groups", "username", "exp", "jwt", "claims", "principalId", "x-user", "Sub"} {
			if value, ok := got.Claim(name); ok {
				t.Errorf("%v: claim %s = %v, want none", front, name, value)
			}
		}
		if tenant, _ := got.Claim("tenant"); tenant != "t1" {
			t.Errorf("%v: tenant %v, want the one that is mapped", front, tenant)
		}
	}
}

// An object beside the principalId is not part of a REST API's context. It is what
// another authorizer would write.
func TestContextCannotHoldAnotherBlock(t *testing.T) {
	for _, name := range []string{"claims", "jwt", "lambda", "iam"} {
		for _, front := range []adapter.Format{adapter.RESTAPI, adapter.HTTPAPIV1, adapter.WebSocketAPI} {
			authorizer := `{"principalId":"ada","` + name + `":` + nativeClaims + `}`
			if id, err := everybody.Identify(requestFrom(t, front, authorizer)); id != nil || err == nil {
				t.Errorf("%s on %v: %+v, want an error", name, front, id)
			}
		}
	}
}

// Claims of a context are those of a token once they are mapped.
func TestContextClaims(t *testing.T) {
	meanings := map[string]string{
		"sub": "user", "scope": "rights", "iss": "from", "exp": "until", "username": "name", "client_id": "app",
		"cognito:groups": "groups", "verified": "verified", "level": "level", "roles": "roles",
	}
	want := &claims.Identity{Source: claims.LambdaAuthorizer, Subject: "7", Issuer: "https://a.example", Username: "ada", ClientID: "web",
		Scopes: []string{"a/x", "a/y"}, Expiry: time.Unix(1718722804, 0).UTC()}
	type decoded struct {
		Verified bool  `json:"verified"`
		Level    int64 `json:"level"`
	}
	for name, row := range map[string]struct {
		front      adapter.Format
		authorizer string
	}{
		"exact": {adapter.HTTPAPIV2, `{"lambda":{"user":"7","rights":"a/x a/y","from":"https://a.example","until":1718722804,"name":"ada","app":"web",
			"verified":true,"level":9007199254740993}}`},
		"scopes as a list": {adapter.HTTPAPIV2, `{"lambda":{"user":"7","rights":["a/x","a/y","not a/z"],"from":"https://a.example","until":1718722804,
			"name":"ada","app":"web","verified":true,"level":9007199254740993}}`},
		"text": {adapter.RESTAPI, `{"principalId":"x","user":"7","rights":"a/x a/y","from":"https://a.example","until":"1718722804","name":"ada",
			"app":"web","verified":"true","level":"9007199254740993"}`},
	} {
		got := identify(t, lambdaOnly(meanings), requestFrom(t, row.front, row.authorizer))
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(claims.Identity{})); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
		var d decoded
		if err := got.Decode(&d); err != nil || d != (decoded{true, 9007199254740993}) {
			t.Errorf("%s: Decode = %+v, %v", name, d, err)
		}
	}
}

// Malformed claims of a context are nobody, as those of a token are.
func TestContextClaimsThatAreMalformed(t *testing.T) {
	meanings := map[string]string{"sub": "user", "exp": "until", "scope": "rights", "iss": "from"}
	for _, members := range []string{`"until":"soon"`, `"until":true`, `"rights":7`, `"from":""`, `"from":7`, `"from":["x"]`} {
		r := requestFrom(t, adapter.HTTPAPIV2, `{"lambda":{"user":"7",`+members+`}}`)
		if id, err := lambdaOnly(meanings).Identify(r); id != nil || err == nil {
			t.Errorf("%s: %+v, want an error", members, id)
		}
	}
}

func TestContextLists(t *testing.T) {
	meanings := map[string]string{"sub": "user", "groups": "roles"}
	wrap := func(front adapter.Format, members string) string {
		if front == adapter.HTTPAPIV2 {
			return `{"lambda":{"user":"7",` + members + `}}`
		}
		return `{"principalId":"x","user":"7",` + members + `}`
	}
	commas := claims.MustNew(claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, InsecureAnyAPI: true,
		LambdaClaims: meanings, CommaLists: []string{"groups"}})
	for _, row := range []struct {
		e       *claims.Extractor
		front   adapter.Format
		members string
		want    []string
		err     error
	}{
		{lambdaOnly(meanings), adapter.HTTPAPIV2, `"roles":["admin","power user","a,b"]`, []string{"admin", "power user", "a,b"}, nil},
		{lambdaOnly(meanings), adapter.RESTAPI, `"roles":"admin"`, []string{"admin"}, nil},
		{lambdaOnly(meanings), adapter.RESTAPI, `"roles":"[admin user]"`, []string{"[admin user]"}, nil},
		{lambdaOnly(meanings), adapter.RESTAPI, `"roles":"x,admin"`, nil, claims.ErrAmbiguous},
		{commas, adapter.RESTAPI, `"roles":"x,admin"`, []string{"x", "admin"}, nil},
		{commas, adapter.HTTPAPIV2, `"roles":["x,admin"]`, []string{"x,admin"}, nil},
	} {
		id := identify(t, row.e, requestFrom(t, row.front, wrap(row.front, row.members)))
		if got, err := id.List("groups"); !cmp.Equal(got, row.want) || !errors.Is(err, row.err) {
			t.Errorf("%s: %q, %v, want %q, %v", row.members, got, err, row.want, row.err)
		}
	}
}

// Issuers hold for a context whose issuer means something, and then demand one.
func TestIssuersOfAContext(t *testing.T) {
	config := claims.Config{Sources: []claims.Source{claims.JWT, claims.LambdaAuthorizer}, Issuers: []string{pool}, APIs: []string{"a1b2c3"}}
	config.LambdaClaims = userID
	unmapped := claims.MustNew(config)
	config.LambdaClaims = map[string]string{"sub": "userId", "iss": "from"}
	mapped := claims.MustNew(config)
	for name, row := range map[string]struct {
		e     *claims.Extractor
		from  string
		known bool
	}{
		"not mapped":        {unmapped, `,"from":"https://evil.example"`, true},
		"mapped":            {mapped, `,"from":"` + pool + `"`, true},
		"mapped, stranger":  {mapped, `,"from":"https://evil.example"`, false},
		"mapped but absent": {mapped, ``, false},
	} {
		id, err := row.e.Identify(requestFrom(t, adapter.HTTPAPIV2, `{"lambda":{"userId":"7"`+row.from+`}}`))
		if (id != nil) != row.known || (err == nil) != row.known {
			t.Errorf("%s: %+v, %v, want an Identity: %v", name, id, err, row.known)
		}
	}
}

// A Config that changes after New must not change what a context means.
func TestNewKeepsACopyOfLambdaClaims(t *testing.T) {
	meanings := map[string]string{"sub": "userId"}
	e := lambdaOnly(meanings)
	meanings["sub"] = "other"
	r := requestFrom(t, adapter.HTTPAPIV2, `{"lambda":{"userId":"ada","other":"root"}}`)
	if id := identify(t, e, r); id.Subject != "ada" {
		t.Errorf("subject %q, want ada", id.Subject)
	}
}

// Scopes under a name of the author's own may be a list in any form.
func TestAmbiguousScopesOfAContext(t *testing.T) {
	config := claims.Config{Sources: []claims.Source{claims.LambdaAuthorizer}, InsecureAnyAPI: true, ScopeClaim: "rights",
		LambdaClaims: map[string]string{"rights": "rights"}}
	r := requestFrom(t, adapter.RESTAPI, `{"principalId":"ada","rights":"x,admin"}`)
	if id, err := claims.MustNew(config).Identify(r); id != nil || !errors.Is(err, claims.ErrAmbiguous) {
		t.Errorf("%+v, %v, want ErrAmbiguous", id, err)
	}
	config.CommaLists = []string{"rights"}
	if id := identify(t, claims.MustNew(config), r); !cmp.Equal(id.Scopes, []string{"x", "admin"}) {
		t.Errorf("scopes %q, want two", id.Scopes)
	}
}

// Requests that are served at once share one Extractor; under -race this shows
// whether they share its memory.
func TestContextsConcurrently(t *testing.T) {
	e := lambdaOnly(map[string]string{"a": "a", "b": "b", "c": "c"})
	var group sync.WaitGroup
	for range 8 {
		r := requestFrom(t, adapter.RESTAPI, `{"principalId":"ada","a":"1","b":"2","c":"3"}`)
		group.Go(func() {
			if id, err := e.Identify(r); err != nil || id.Subject != "ada" {
				t.Errorf("Identify = %+v, %v", id, err)
			}
		})
	}
	group.Wait()
}
