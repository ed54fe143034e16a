package jwtverify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A standIn signs in place of a user pool, so that the examples need no network.
type standIn struct{ *local.Issuer }

func newStandIn() standIn {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL:     "http://localhost:8081",
		Clients: []local.Client{{ID: "7abc1d2ef3gh", Secret: "unused"}},
	})
	if err != nil {
		panic(err)
	}
	return standIn{issuer}
}

// jwks is what the pool would serve at .well-known/jwks.json.
func (s standIn) jwks() []byte {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/jwks.json", nil))
	return w.Body.Bytes()
}

func (s standIn) request(claims map[string]any) *http.Request {
	token, err := s.Token(claims)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("GET", "/notes", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

func Example() {
	pool := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh")
	user := newStandIn()
	pool.JWKSURL, pool.JWKS = "", user.jwks() // a program leaves this out: keys are fetched

	tokens := jwtverify.MustNew(jwtverify.Config{
		Issuers: []jwtverify.Issuer{pool},
		Binding: jwtverify.BindingNone, // behind a gateway's JWT authorizer, leave this out too
	})
	mux := authz.NewMux(&authz.Guard{Identifier: tokens})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		fmt.Fprintf(w, "notes of %s, by %s", caller.Subject, caller.Source)
	})

	for _, claims := range []map[string]any{
		{"iss": pool.URL, "sub": "ada", "client_id": "7abc1d2ef3gh", "scope": "notes-api/read"},
		{"iss": pool.URL, "sub": "ada", "client_id": "7abc1d2ef3gh", "scope": "notes-api/list"},
		{"iss": pool.URL, "sub": "ada", "client_id": "another app's", "scope": "notes-api/read"},
		{"iss": pool.URL, "sub": "ada", "aud": "7abc1d2ef3gh", "token_use": "id"},
		{"iss": pool.URL, "sub": "ada", "client_id": "7abc1d2ef3gh", "exp": 1},
	} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, user.request(claims))
		answer := w.Header().Get("WWW-Authenticate")
		if w.Code == http.StatusOK {
			answer = w.Body.String()
		}
		fmt.Println(w.Code, answer)
	}
	// Output:
	// 200 notes of ada, by verified token
	// 403 Bearer realm="api", error="insufficient_scope", scope="notes-api/read"
	// 401 Bearer realm="api", error="invalid_token"
	// 401 Bearer realm="api", error="invalid_token"
	// 401 Bearer realm="api", error="invalid_token"
}

// Wrong: the id of a client as audience. The API then takes the ID tokens that
// the issuer makes for that client, which say who signed in and grant nothing.
// Right: the API's own identifier, and the type of access tokens where the
// issuer marks them (RFC 9068).
func ExampleOIDC() {
	wrong := jwtverify.OIDC("https://login.example", "7abc1d2ef3gh")
	right := jwtverify.OIDC("https://login.example", "https://notes.example")
	right.Type = "at+jwt"

	user := newStandIn()
	idToken := map[string]any{"iss": "https://login.example", "sub": "ada", "aud": "7abc1d2ef3gh"}
	for _, issuer := range []jwtverify.Issuer{wrong, right} {
		issuer.JWKS = user.jwks() // a program leaves this out: keys are found by discovery
		tokens := jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{issuer}, Binding: jwtverify.BindingNone})
		id, err := tokens.Identify(user.request(idToken))
		fmt.Println(id != nil, err)
	}
	// Output:
	// true <nil>
	// false authz: 401 invalid_token: jwtverify: invalid token: its typ is not accepted
}

// A remembered token costs a thirtieth of a verified one if the same callers come
// again and again. Each request has an Identity of its own all the same.
func ExampleConfig_cacheSize() {
	user := newStandIn()
	pool := jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh")
	pool.JWKSURL, pool.JWKS = "", user.jwks()
	tokens := jwtverify.MustNew(jwtverify.Config{
		Issuers:   []jwtverify.Issuer{pool},
		Binding:   jwtverify.BindingNone,
		CacheSize: 1000,
	})
	r := user.request(map[string]any{"iss": pool.URL, "sub": "ada", "client_id": "7abc1d2ef3gh"})
	first, _ := tokens.Identify(r)
	first.Scopes = append(first.Scopes, "admin")
	again, _ := tokens.Identify(r)
	fmt.Println(again.Subject, again.HasScope("admin"))
	// Output: ada false
}
