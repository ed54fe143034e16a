package providers_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/providers"
)

type set = map[string]any

// signer signs what the rows say, in the place of each provider.
var signer = func() *local.Issuer {
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "any", Secret: "any"}}})
	if err != nil {
		panic(err)
	}
	return issuer
}()

// sign returns a token with these claims and with nothing that they do not say
// except for its times.
func sign(t *testing.T, members ...set) string {
	t.Helper()
	all := set{"token_use": nil, "version": nil, "auth_time": nil, "jti": nil}
	for _, m := range members {
		maps.Copy(all, m)
	}
	token, err := signer.Token(all)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// keys is the signer's key set.
func keys(t *testing.T) []byte {
	t.Helper()
	w := httptest.NewRecorder()
	signer.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost:8081/.well-known/jwks.json", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("keys: %d %s", w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// A row is a token, and the statuses of GET, POST and DELETE behind an HTTP API
// with a JWT authorizer and one catch-all route, and in a function that verifies
// the token itself.
type row struct {
	name              string
	claims            set
	gateway, verified []int
}

// All granted, nothing granted, and refused as a token.
var (
	all  = []int{204, 204, 204}
	read = []int{204, 403, 403}
	none = []int{403, 403, 403}
	bad  = []int{401, 401, 401}
)

func TestCognito(t *testing.T) {
	user := set{
		"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "sub": "f2a4c6d8", "username": "f2a4c6d8",
		"client_id": "7abc1d2ef3gh", "token_use": "access", "version": 2, "scope": "openid notes-api/read notes-api/write",
		"cognito:groups": []string{"staff", "beta"},
	}
	check(t, providers.Cognito(), []string{"7abc1d2ef3gh"}, user, []row{
		{"a user", nil, all, all},
		{"no groups", set{"cognito:groups": nil}, []int{204, 204, 403}, []int{204, 204, 403}},
		{"a machine", set{"scope": "notes-api/read", "sub": "7abc1d2ef3gh", "username": nil, "cognito:groups": nil}, read, read},
		{"signed in by the SDK", set{"scope": "aws.cognito.signin.user.admin", "cognito:groups": nil}, none, none},
		{"an ID token", set{"token_use": "id", "aud": "7abc1d2ef3gh", "client_id": nil, "username": nil, "cognito:username": "ada", "scope": nil}, none, bad},
		{"another client", set{"client_id": "other"}, bad, bad},
		{"bound to a resource", set{"aud": "https://notes.example.com"}, bad, bad},
		{"another pool", set{"iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other"}, bad, bad},
	})
}

func TestAuth0(t *testing.T) {
	user := set{
		"iss": "https://notes.eu.auth0.com/", "sub": "auth0|65f0", "azp": "spa1",
		"aud":   []string{"https://notes.example.com", "https://notes.eu.auth0.com/userinfo"},
		"scope": "openid profile read:notes write:notes", "permissions": []string{"read:notes", "write:notes", "delete:notes"},
	}
	check(t, providers.Auth0(), []string{"https://notes.example.com"}, user, []row{
		{"a user", nil, all, all},
		{"one audience", set{"aud": "https://notes.example.com"}, all, all},
		{"a machine", set{"sub": "m2m@clients", "azp": "m2m", "aud": "https://notes.example.com", "gty": "client-credentials", "scope": "read:notes", "permissions": []string{"read:notes"}}, read, read},
		{"permissions without RBAC", set{"permissions": nil}, []int{204, 204, 403}, []int{204, 204, 403}},
		{"an ID token", set{"aud": "spa1", "azp": nil, "scope": nil, "permissions": nil, "at_hash": "x"}, bad, bad},
		{"no slash", set{"iss": "https://notes.eu.auth0.com"}, bad, bad},
		{"another API of the tenant", set{"aud": "https://billing.example.com"}, bad, bad},
	})
}

func TestEntra(t *testing.T) {
	const tenant, api = "8c5b0a52-5c1c-4f0e-9d0e-3f6f2a9b7d11", "2f1e6a0c-7b1d-4d0a-9a53-6c1f0e8b4a77"
	user := set{
		"iss": "https://login.microsoftonline.com/" + tenant + "/v2.0", "aud": api, "azp": "spa1", "azpacr": "0", "tid": tenant, "ver": "2.0",
		"sub": "pairwise", "oid": "6a1f", "scp": "Notes.Read Notes.Write", "roles": []string{"Staff"},
	}
	service := set{"azp": "job1", "azpacr": "1", "sub": "77aa", "oid": "77aa", "idtyp": "app", "scp": nil, "roles": nil}
	check(t, providers.Entra(), []string{api}, user, []row{
		{"a user", nil, all, all},
		{"a user without a role", set{"roles": nil}, []int{204, 204, 403}, []int{204, 204, 403}},
		{"a service", with(service, set{"roles": []string{"Notes.Read.All"}}), read, read},
		{"any application of the tenant", service, none, none},
		{"version 1", set{"iss": "https://sts.windows.net/" + tenant + "/", "aud": "api://" + api, "ver": "1.0", "azp": nil, "appid": "spa1"}, bad, bad},
		{"for Graph", set{"aud": "00000003-0000-0000-c000-000000000000"}, bad, bad},
		{"another tenant", set{"iss": "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"}, bad, bad},
	})
}

func TestKeycloak(t *testing.T) {
	user := set{
		"iss": "https://login.example.com/realms/notes", "sub": "5d1c", "azp": "web", "typ": "Bearer",
		"aud": []string{"notes-api", "account"}, "scope": "openid profile notes:read notes:write",
		"realm_access": set{"roles": []string{"staff", "offline_access"}}, "resource_access": set{"account": set{"roles": []string{"view-profile"}}},
		"roles": []string{"staff"}, "preferred_username": "ada",
	}
	check(t, providers.Keycloak(), []string{"notes-api"}, user, []row{
		{"a user", nil, all, all},
		{"roles in realm_access alone", set{"roles": nil}, []int{204, 204, 403}, []int{204, 204, 403}},
		{"no audience mapper", set{"aud": "account"}, bad, bad},
		{"no audience at all", set{"aud": nil}, bad, bad},
		{"an ID token", set{"typ": "ID", "aud": "web", "scope": nil}, bad, bad},
		{"the internal name", set{"iss": "http://keycloak:8080/realms/notes"}, bad, bad},
	})
}

// The nested roles are text behind an HTTP API, and what they were to a verifier.
func TestKeycloakRealmRoles(t *testing.T) {
	user := set{
		"iss": "https://login.example.com/realms/notes", "sub": "5d1c", "azp": "web", "aud": "notes-api", "scope": "notes:read",
		"realm_access": set{"roles": []string{"staff"}},
	}
	p := providers.Keycloak()
	p.Delete = providers.KeycloakRealmRoles()
	check(t, p, []string{"notes-api"}, user, []row{
		{"the default place", nil, read, []int{204, 403, 204}},
		{"another role", set{"realm_access": set{"roles": []string{"guest"}}}, read, read},
	})
}

func TestGoogle(t *testing.T) {
	const website = "407408718192-abc.apps.googleusercontent.com"
	user := set{
		"iss": "https://accounts.google.com", "aud": website, "azp": website, "sub": "10769150350006150715",
		"hd": "example.com", "email": "ada@example.com", "email_verified": true, "at_hash": "x",
	}
	check(t, providers.Google(), []string{website}, user, []row{
		{"an admin", nil, all, all},
		{"a member", set{"sub": "2"}, []int{204, 204, 403}, []int{204, 204, 403}},
		{"a private account", set{"hd": nil, "email": "ada@gmail.com"}, none, none},
		{"another website's", set{"aud": "other.apps.googleusercontent.com", "azp": "other.apps.googleusercontent.com"}, bad, bad},
		{"a service account that names our audience", set{"azp": "1173", "sub": "1173", "hd": nil, "email": "x@p.iam.gserviceaccount.com"}, none, bad},
		{"another client that names our audience", set{"azp": "other.apps.googleusercontent.com"}, none, bad},
		{"without https://", set{"iss": "accounts.google.com"}, bad, bad},
	})
}

func with(a, b set) set {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// check sends each row's token three ways: to a function that trusts the gateway,
// to one that verifies the token in addition, and to one with nothing before it.
func check(t *testing.T, p providers.Provider, audience []string, base set, rows []row) {
	t.Helper()
	who := claims.MustNew(p.Claims)
	p.Tokens.JWKSURL, p.Tokens.JWKS = "", keys(t)
	verify := func(b jwtverify.Binding) authz.Identifier {
		return jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{p.Tokens}, Claims: who, Binding: b})
	}
	jwt := &gateway.JWTAuthorizer{Issuer: p.Claims.Issuers[0], Audience: audience, Verify: signer.Verify}
	trusting := gateway.MustNew(gateway.Config{Function: adapter.New(p.Handler(who), nil), Authorizer: jwt})
	both := gateway.MustNew(gateway.Config{Function: adapter.New(p.Handler(verify(jwtverify.BindingRequired)), nil), Authorizer: jwt})
	alone := gateway.MustNew(gateway.Config{Function: adapter.New(p.Handler(verify(jwtverify.BindingNone)), nil), Format: adapter.FunctionURL})
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			token := sign(t, base, r.claims)
			if got := statuses(trusting, token); !slices.Equal(got, r.gateway) {
				t.Errorf("behind a JWT authorizer: %v, want %v", got, r.gateway)
			}
			if got := statuses(alone, token); !slices.Equal(got, r.verified) {
				t.Errorf("verified in the function: %v, want %v", got, r.verified)
			}
			if got := statuses(both, token); !slices.Equal(got, r.verified) {
				t.Errorf("both: %v, want %v", got, r.verified)
			}
		})
	}
	if got := statuses(trusting, "opaque"); !slices.Equal(got, bad) {
		t.Errorf("an opaque token: %v", got)
	}
	// Another API of the tenant's may pass its tokens on to our function.
	jwt.Audience = []string{"another"}
	if got := statuses(trusting, sign(t, base, set{"aud": "another"})); !slices.Equal(got, bad) {
		t.Errorf("another API's token, which its own gateway let pass: %v", got)
	}
}

func statuses(h http.Handler, token string) []int {
	requests := []*http.Request{
		httptest.NewRequest("GET", "/notes", nil),
		httptest.NewRequest("POST", "/notes", nil),
		httptest.NewRequest("DELETE", "/notes/1", nil),
	}
	got := make([]int, len(requests))
	for i, r := range requests {
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		got[i] = w.Code
	}
	return got
}
