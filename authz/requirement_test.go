package authz_test

import (
	"errors"
	"maps"
	"net/http"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

func TestRequirementIsMet(t *testing.T) {
	tests := []struct {
		name string
		req  authz.Requirement
		have map[string]any
		want bool
	}{
		{"the scope is held", authz.Scope("notes/read"), map[string]any{"scope": "notes/write notes/read"}, true},
		{"the scope is held in capitals", authz.Scope("notes/read"), map[string]any{"scope": "NOTES/READ"}, false},
		{"a prefix of the scope is held", authz.Scope("notes/read"), map[string]any{"scope": "notes/rea"}, false},
		{"the scope is the prefix of one held", authz.Scope("notes/read"), map[string]any{"scope": "notes/read2"}, false},
		{"scopes are joined by a no-break space", authz.Scope("b"), map[string]any{"scope": "a\u00a0b"}, false},
		{"scopes are joined by a tab", authz.Scope("b"), map[string]any{"scope": "a\tb"}, false},
		{"no scope claim at all", authz.Scope("b"), nil, false},
		{"all scopes are held", authz.AllScopes("a", "b"), map[string]any{"scope": "b a"}, true},
		{"one of all scopes is missing", authz.AllScopes("a", "b"), map[string]any{"scope": "a c"}, false},
		{"one of any scopes is held", authz.AnyScope("a", "b"), map[string]any{"scope": "b"}, true},
		{"none of any scopes is held", authz.AnyScope("a", "b"), map[string]any{"scope": "c"}, false},
		{"an identity suffices", authz.Authenticated(), nil, true},
		{"the group is one of the caller's", authz.Groups("admin", "staff"), map[string]any{"cognito:groups": []string{"x", "staff"}}, true},
		{"the group is part of another's name", authz.Groups("admin"), map[string]any{"cognito:groups": []string{"not admin", "admins"}}, false},
		{"the groups are text that may be a list", authz.Groups("admin"), map[string]any{"cognito:groups": "[admin]"}, false},
		{"the group claim is missing", authz.Groups("admin"), nil, false},
		{"the group is in a claim of another name", authz.Groups("admin"), map[string]any{"groups": []string{"admin"}}, false},
		{"the claim has the value", authz.Claim("tier", "gold", "silver"), map[string]any{"tier": "silver"}, true},
		{"the claim has another value", authz.Claim("tier", "gold"), map[string]any{"tier": "golden"}, false},
		{"the claim is missing", authz.Claim("tier", "gold"), nil, false},
		{"the claim's name differs in case", authz.Claim("tier", "gold"), map[string]any{"Tier": "gold"}, false},
		{"the claim is true", authz.Claim("email_verified", "true"), map[string]any{"email_verified": true}, true},
		{"the claim is the text true", authz.Claim("email_verified", "true"), map[string]any{"email_verified": "true"}, true},
		{"the claim is false", authz.Claim("email_verified", "true"), map[string]any{"email_verified": false}, false},
		{"the claim is the number", authz.Claim("level", "3"), map[string]any{"level": 3}, true},
		{"the claim is null", authz.Claim("tier", "null"), map[string]any{"tier": nil}, false},
		{"the claim is a list with the value", authz.Claim("roles", "admin"), map[string]any{"roles": []any{"x", "admin"}}, true},
		{"the claim is a list with a number", authz.Claim("roles", "admin"), map[string]any{"roles": []any{1, "admin"}}, false},
		{"the claim is text in brackets, as the rule says", authz.Claim("roles", "[admin]"), map[string]any{"roles": "[admin]"}, false},
		{"the claim is text in brackets", authz.Claim("roles", "admin"), map[string]any{"roles": "[admin]"}, false},
		{"the claim is an object", authz.Claim("roles", "admin"), map[string]any{"roles": map[string]any{"admin": true}}, false},
		{"the token use fits", authz.TokenUse("access"), nil, true},
		{"the token is an ID token", authz.TokenUse("access"), map[string]any{"token_use": "id"}, false},
		{"the token use is missing", authz.TokenUse("access"), map[string]any{"token_use": nil}, false},
		{"an access token", authz.AccessToken(), nil, true},
		{"an ID token", authz.AccessToken(), map[string]any{"token_use": "id"}, false},
		{"a token that does not say which it is", authz.AccessToken(), map[string]any{"token_use": nil}, false},
		{"the source fits", authz.Source(claims.SigV4, claims.JWT), nil, true},
		{"the source is another", authz.Source(claims.SigV4), nil, false},
		{"all are met", authz.All(authz.Scope("a"), authz.Claim("tier", "gold")), map[string]any{"scope": "a", "tier": "gold"}, true},
		{"one of all is not met", authz.All(authz.Scope("a"), authz.Claim("tier", "gold")), map[string]any{"scope": "a"}, false},
		{"one of any is met", authz.Any(authz.Scope("a"), authz.Claim("tier", "gold")), map[string]any{"tier": "gold"}, true},
		{"none of any is met", authz.Any(authz.Scope("a"), authz.Claim("tier", "gold")), nil, false},
		{"the function agrees", authz.Func("yes", func(*http.Request, *claims.Identity) error { return nil }), nil, true},
		{"the function objects", authz.Func("no", func(*http.Request, *claims.Identity) error { return errors.New("no") }), nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.req.Check(request("GET", "/"), identity(t, test.have))
			if got := err == nil; got != test.want {
				t.Errorf("%s: met = %t (%v), want %t", test.req, got, err, test.want)
			}
		})
	}
}

func TestClaimPathIsMet(t *testing.T) {
	roles := []string{"realm_access", "roles"} // where Keycloak's tokens have them
	realm := func(value any) map[string]any { return map[string]any{"realm_access": value} }
	tests := []struct {
		name string
		req  authz.Requirement
		have map[string]any
		want bool
	}{
		{"the path leads to a list with the value", authz.ClaimPath(roles, "x", "admin"), realm(map[string]any{"roles": []any{"b", "admin"}}), true},
		{"the path leads to a list without it", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": []any{"admins", "ADMIN"}}), false},
		{"the path leads to a list with a number", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": []any{"admin", 1}}), false},
		{"the path leads to a list in a list", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": []any{[]any{"admin"}}}), false},
		{"the path leads to the value", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": "admin"}), true},
		{"the path leads to text in brackets", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": "[admin]"}), false},
		{"the path leads to true", authz.ClaimPath(roles, "true"), realm(map[string]any{"roles": true}), true},
		{"the path leads to the number", authz.ClaimPath(roles, "3"), realm(map[string]any{"roles": 3}), true},
		{"the path leads to null", authz.ClaimPath(roles, "null"), realm(map[string]any{"roles": nil}), false},
		{"the path leads to an object", authz.ClaimPath(roles, "admin"), realm(map[string]any{"roles": map[string]any{"admin": true}}), false},
		{"the path's member differs in case", authz.ClaimPath(roles, "admin"), realm(map[string]any{"Roles": "admin"}), false},
		{"the path's claim is missing", authz.ClaimPath(roles, "admin"), nil, false},
		{"the path's claim is a list", authz.ClaimPath(roles, "admin"), realm([]any{"roles", "admin"}), false},
		{"the path's claim is rendered as text", authz.ClaimPath(roles, "admin"), realm("map[roles:[admin]]"), false},
		{"a claim's name looks like the path", authz.ClaimPath(roles, "admin"), map[string]any{"realm_access.roles": "admin"}, false},
		{"a longer path", authz.ClaimPath([]string{"a", "b", "c"}, "x"), map[string]any{"a": map[string]any{"b": map[string]any{"c": "x"}}}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := map[string]any{"sub": "ada", "iss": "https://issuer.example"}
			maps.Copy(all, test.have)
			for source, keeps := range map[claims.Source]bool{claims.Verified: true, claims.NativeJWT: true, claims.JWT: false, claims.Cognito: false, claims.LambdaAuthorizer: false} {
				id, err := claims.NewIdentity(source, all)
				if err != nil {
					t.Fatal(err)
				}
				err = test.req.Check(request("GET", "/"), id)
				if got := err == nil; got != (test.want && keeps) {
					t.Errorf("%s, %s: met = %t (%v), want %t", source, test.req, got, err, test.want && keeps)
				}
			}
		})
	}
}

func TestRequirementText(t *testing.T) {
	a, b, c := authz.Scope("a"), authz.Scope("b"), authz.Groups("c")
	tests := []struct {
		req  authz.Requirement
		want string
	}{
		{authz.Public(), `public`},
		{authz.Authenticated(), `authenticated`},
		{a, `scope a`},
		{authz.AllScopes("a", "b"), `scope a and scope b`},
		{authz.AnyScope("a", "b"), `scope a or scope b`},
		{authz.All(a, authz.Any(b, c)), `scope a and (scope b or group "c")`},
		{authz.Any(authz.All(a, b), c), `(scope a and scope b) or group "c"`},
		{authz.All(authz.Any(a), b), `scope a and scope b`},
		{authz.Groups("c", "d e"), `group in ("c", "d e")`},
		{authz.Claim("tier", "gold"), `claim tier "gold"`},
		{authz.TokenUse("access"), `token use "access"`},
		{authz.AccessToken(), `access token`},
		{authz.ClaimPath([]string{"realm_access", "roles"}, "admin"), `claim path ["realm_access" "roles"] "admin"`},
		{authz.Issuer("staff"), `issuer staff`},
		{authz.Source(claims.JWT), "source " + claims.JWT.String()},
		{authz.Func("owns the note", func(*http.Request, *claims.Identity) error { return nil }), `owns the note`},
	}
	for _, test := range tests {
		if got := test.req.String(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// unnamed is a Requirement that a table of rules could not show.
type unnamed struct{ authz.Requirement }

func (unnamed) String() string { return "" }

// own is an Identifier of somebody's own.
type own struct{ authz.Identifier }

func nobody(*http.Request) (*claims.Identity, error) { return nil, nil }

func TestImpossibleRulesPanicWhereTheyAreWritten(t *testing.T) {
	ok := authz.Authenticated()
	h := http.NotFoundHandler()
	tests := []struct {
		name string
		make func()
	}{
		{"an empty scope", func() { authz.Scope("") }},
		{"two scopes in one", func() { authz.Scope("a b") }},
		{"a scope with a quote", func() { authz.Scope(`a"b`) }},
		{"a scope with a backslash", func() { authz.Scope(`a\b`) }},
		{"a scope with a line end", func() { authz.Scope("a\r\nb") }},
		{"a scope beyond ASCII", func() { authz.Scope("à") }},
		{"a scope with DEL", func() { authz.Scope("a\x7f") }},
		{"all of no scopes", func() { authz.AllScopes() }},
		{"any of no scopes", func() { authz.AnyScope() }},
		{"any scope, one malformed", func() { authz.AnyScope("a", "") }},
		{"all of nothing", func() { authz.All() }},
		{"any of nothing", func() { authz.Any() }},
		{"nil inside All", func() { authz.All(ok, nil) }},
		{"nil inside Any", func() { authz.Any(nil) }},
		{"Public inside All", func() { authz.All(ok, authz.Public()) }},
		{"Public inside Any", func() { authz.Any(authz.Public(), ok) }},
		{"Public inside Any inside All", func() { authz.All(authz.Any(authz.Public())) }},
		{"a rule without text inside Any", func() { authz.Any(unnamed{ok}) }},
		{"no groups", func() { authz.Groups() }},
		{"a group without a name", func() { authz.Groups("a", "") }},
		{"a claim without a name", func() { authz.Claim("", "x") }},
		{"a claim without values", func() { authz.Claim("tier") }},
		{"a claim with an empty value", func() { authz.Claim("tier", "") }},
		{"a path of one name", func() { authz.ClaimPath([]string{"roles"}, "x") }},
		{"a path with an empty name", func() { authz.ClaimPath([]string{"roles", ""}, "x") }},
		{"a path without values", func() { authz.ClaimPath([]string{"a", "b"}) }},
		{"an issuer without a name", func() { authz.Issuer("") }},
		{"an issuer of two words", func() { authz.Issuer("a b") }},
		{"an issuer that nobody names", func() { authz.NewMux(nil).Handle("/", authz.Issuer("staff"), h) }},
		{"an issuer deep inside that nobody names", func() { new(authz.Guard).Require(authz.All(ok, authz.Any(ok, authz.Issuer("staff")))) }},
		{"an issuer of Every that nobody names", func() { authz.NewMux(&authz.Guard{Every: authz.Issuer("staff")}) }},
		{"an issuer of a Rule that nobody names", func() { new(authz.Guard).Rule("GET", "/", authz.Issuer("staff")) }},
		{"a nil Extractor", func() { authz.NewMux(&authz.Guard{Identifier: (*claims.Extractor)(nil)}) }},
		{"a nil Identifier of one's own", func() { (&authz.Guard{Identifier: (*own)(nil)}).Require(ok) }},
		{"an Identifier without a name", func() { authz.IdentifierFunc("", claims.Trust{}, nobody) }},
		{"an Identifier named in two lines", func() { authz.IdentifierFunc("a\nb", claims.Trust{}, nobody) }},
		{"an Identifier without a function", func() { authz.IdentifierFunc("x", claims.Trust{}, nil) }},
		{"a pattern that With does not name", func() { authz.NewMux(nil).With(map[string]authz.Requirement{"GET /a": ok}).Handle("GET /b", h) }},
		{"a nil function for a pattern of With", func() { authz.NewMux(nil).With(map[string]authz.Requirement{"/": ok}).HandleFunc("/", nil) }},
		{"a nil requirement in With", func() { authz.NewMux(nil).With(map[string]authz.Requirement{"GET /a": nil}) }},
		{"an empty token use", func() { authz.TokenUse("") }},
		{"no source", func() { authz.Source() }},
		{"the zero source", func() { authz.Source(claims.JWT, 0) }},
		{"a function without a name", func() { authz.Func("", ok.Check) }},
		{"a nil function", func() { authz.Func("f", nil) }},
		{"Require nothing", func() { new(authz.Guard).Require(nil) }},
		{"Require a rule without text", func() { new(authz.Guard).Require(unnamed{ok}) }},
		{"Require for no handler", func() { new(authz.Guard).Require(ok)(nil) }},
		{"Public for every operation", func() { (&authz.Guard{Every: authz.Public()}).Require(ok) }},
		{"a Mux with Public for every operation", func() { authz.NewMux(&authz.Guard{Every: authz.Public()}) }},
		{"a route without a rule", func() { authz.NewMux(nil).Handle("/", nil, h) }},
		{"a route that is to be unknown", func() { authz.NewMux(nil).Handle("/", authz.UnknownRoute(), h) }},
		{"an unknown route inside All", func() { authz.All(ok, authz.UnknownRoute()) }},
		{"a route without a handler", func() { authz.NewMux(nil).Handle("/", ok, nil) }},
		{"a route with a nil function", func() { authz.NewMux(nil).HandleFunc("/", ok, nil) }},
		{"a malformed pattern", func() { authz.NewMux(nil).Handle("GET", ok, h) }},
		{"a route twice", func() {
			mux := authz.NewMux(nil)
			mux.Handle("GET /a/{x}", ok, h)
			mux.Handle("GET /a/{y}", authz.Public(), h)
		}},
		{"a route after the first request", func() {
			mux := authz.NewMux(nil)
			serve(mux, request("GET", "/"))
			mux.Handle("/", ok, h)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if panics(test.make) == nil {
				t.Error("no panic")
			}
		})
	}
}
