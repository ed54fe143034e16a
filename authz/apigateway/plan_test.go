package apigateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// rules are patterns with what they require, in pairs.
type rules []any

// muxOf registers rules under a Guard.
func muxOf(g *authz.Guard, rules rules) *authz.Mux {
	if g.Identifier == nil {
		g.Identifier = identifier()
	}
	mux := authz.NewMux(g)
	for i := 0; i < len(rules); i += 2 {
		mux.HandleFunc(rules[i].(string), rules[i+1].(authz.Requirement), func(http.ResponseWriter, *http.Request) {})
	}
	return mux
}

func planOf(t testing.TB, r apigateway.Router, opts *apigateway.Options) *apigateway.Plan {
	t.Helper()
	plan, err := apigateway.New(r, opts)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// lines are the rows of the plan's table, single-spaced, without the floor.
func lines(plan *apigateway.Plan) []string {
	var rows []string
	for row := range strings.Lines(plan.String()) {
		row = strings.Join(strings.Fields(row), " ")
		if row != "ANY / any token" && row != "ANY /{proxy+} any token" {
			rows = append(rows, row)
		}
	}
	return rows
}

var (
	a, b, c = authz.Scope("a"), authz.Scope("b"), authz.Scope("c")
	anybody = authz.Public()
	known   = authz.Authenticated()
	page    = []string{"https://app.example"}
)

// What a pattern becomes.
func TestRoutesOfAPattern(t *testing.T) {
	tests := []struct {
		name  string
		rules rules
		want  []string
	}{
		{"GET serves HEAD too", rules{"GET /x", a}, []string{"GET /x scope a", "HEAD /x scope a"}},
		{"HEAD has its own rule", rules{"GET /x", a, "HEAD /x", b}, []string{"GET /x scope a", "HEAD /x scope b"}},
		{"no method", rules{"/x", a}, []string{"ANY /x scope a"}},
		{"a parameter", rules{"POST /notes/{id}", a}, []string{"POST /notes/{id} scope a"}},
		{"a subtree", rules{"POST /x/", a}, []string{"POST /x scope a", "POST /x/{proxy+} scope a"}},
		{"a rest", rules{"POST /x/{rest...}", a}, []string{"POST /x scope a", "POST /x/{proxy+} scope a"}},
		{"a subtree beside its own path", rules{"POST /x/", a, "POST /x", b}, []string{"POST /x scope a or b", "POST /x/{proxy+} scope a"}},
		{"the root", rules{"POST /{$}", a}, []string{"POST / scope a"}},
		{"all", rules{"/", a}, []string{"ANY / scope a", "ANY /{proxy+} scope a"}},
		{"a literal beside a parameter", rules{"POST /x/{id}", a, "POST /x/me", b}, []string{"POST /x/me scope b", "POST /x/{id} scope a"}},
		{"siblings have one name", rules{"POST /x/{id}", a, "POST /x/{key}/y", b}, []string{"POST /x/{id} scope a", "POST /x/{id}/y scope b"}},
		{"a name only once", rules{"POST /{id}", a, "POST /{a}/x/{id}", b}, []string{"POST /{id} scope a", "POST /{id}/x/{p3} scope b"}},
		{"an open route", rules{"POST /x", anybody}, []string{"POST /x open"}},
		{"what no key can say", rules{"POST /~me", a}, []string{"note: POST /~me: no route key can say this path; a more general route takes it and asks for any token"}},
		{"what no key can say, beside a parameter", rules{"POST /~me", a, "POST /{id}", b},
			[]string{"POST /{id} scope a or b", "note: POST /~me: no route key can say this path; a more general route takes it and asks for any token"}},
		{"a method that no key can name", rules{"PROPFIND /x", a}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(planOf(t, muxOf(&authz.Guard{}, tt.rules), nil))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// The weakest gate that is sound.
func TestGateOfARequirement(t *testing.T) {
	many := []string{"s01", "s02", "s03", "s04", "s05", "s06", "s07", "s08", "s09", "s10", "s11"}
	staff := authz.Groups("staff")
	tests := []struct {
		name string
		req  authz.Requirement
		want string
	}{
		{"all of two", authz.AllScopes("a", "b"), "scope a"},
		{"any of two", authz.AnyScope("a", "b"), "scope a or b"},
		{"the shorter clause", authz.All(authz.AnyScope("a", "b"), c), "scope c"},
		{"what the gateway cannot see falls away", authz.All(staff, c), "scope c"},
		{"unless it is an alternative", authz.Any(a, staff), "any token"},
		{"multiplied out", authz.Any(authz.All(a, b), c), "scope a or c"},
		{"a group", staff, "any token"},
		{"any caller", known, "any token"},
		{"ten scopes", authz.AnyScope(many[:10]...), "scope s01 or s02 or s03 or s04 or s05 or s06 or s07 or s08 or s09 or s10"},
		{"eleven scopes", authz.AnyScope(many...), "any token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planOf(t, muxOf(&authz.Guard{}, rules{"POST /x", tt.req}), nil)
			if diff := cmp.Diff([]string{"POST /x " + tt.want}, lines(plan)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Several rules reach one route: it asks for what all their callers have.
func TestUnionOfScopesIsBounded(t *testing.T) {
	var list rules
	for i := range 11 {
		list = append(list, "POST h"+string(rune('a'+i))+".example/x", authz.Scope("s"+string(rune('a'+i))))
	}
	if got := lines(planOf(t, muxOf(&authz.Guard{}, list), nil))[0]; got != "POST /x any token" {
		t.Errorf("eleven hosts with a scope each: %s", got)
	}
}

func TestGuardSettingsCount(t *testing.T) {
	extractor := func(c claims.Config) authz.Identifier {
		c.Issuers = []string{"https://issuer.example"}
		return claims.MustNew(c)
	}
	observe := func(*http.Request, authz.Decision) {}
	tests := []struct {
		name  string
		guard authz.Guard
		req   authz.Requirement
		want  string
	}{
		{"Every", authz.Guard{Every: b}, known, "scope b"},
		{"Every beside a longer clause", authz.Guard{Every: b}, authz.AnyScope("a", "c"), "scope b"},
		{"Every that the gateway cannot see", authz.Guard{Every: authz.TokenUse("access")}, a, "scope a"},
		{"Every does not close what is public", authz.Guard{Every: b}, anybody, "open"},
		{"a report date to come", authz.Guard{ReportUntil: time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC), OnDecision: observe}, a, "any token"},
		{"a report date gone by", authz.Guard{ReportUntil: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), OnDecision: observe}, a, "any token"},
		{"scp", authz.Guard{Identifier: extractor(claims.Config{ScopeClaim: "scp"})}, a, "scope a"},
		{"a scope claim that no gateway reads", authz.Guard{Identifier: extractor(claims.Config{ScopeClaim: "permissions"})}, a, "any token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planOf(t, muxOf(&tt.guard, rules{"POST /x", tt.req}), nil)
			if diff := cmp.Diff([]string{"POST /x " + tt.want}, lines(plan)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhoAnswersPreflights(t *testing.T) {
	policy := rules{"GET /open", anybody, "/x", a, "POST /x/y", b}
	tests := []struct {
		name string
		cors *cors.Config
		want []string
	}{
		{"nobody", nil, []string{
			"GET /open open", "HEAD /open open", "ANY /x scope a", "POST /x/y scope b",
		}},
		{"the function", &cors.Config{AllowOrigins: page}, []string{
			"OPTIONS / open", "GET /open open", "HEAD /open open", "ANY /x scope a", "OPTIONS /x open", "POST /x/y scope b", "OPTIONS /{proxy+} open",
			"note: OPTIONS is open at the gateway, as preflights carry no token, also where a rule without a method protects it: /x; the function still decides",
		}},
		{"the gateway", &cors.Config{AllowOrigins: page, Owner: cors.OwnerGateway}, []string{
			"DELETE / any token", "GET / any token", "HEAD / any token", "PATCH / any token", "POST / any token", "PUT / any token",
			"GET /open open", "HEAD /open open",
			"DELETE /x scope a", "GET /x scope a", "HEAD /x scope a", "PATCH /x scope a", "POST /x scope a", "PUT /x scope a",
			"POST /x/y scope b",
			"DELETE /{proxy+} any token", "GET /{proxy+} any token", "HEAD /{proxy+} any token", "PATCH /{proxy+} any token", "POST /{proxy+} any token", "PUT /{proxy+} any token",
			"note: the gateway answers preflights, so that there are no ANY routes: OPTIONS, and methods other than GET, HEAD, POST, PUT, PATCH, DELETE, never reach the function",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planOf(t, muxOf(&authz.Guard{}, policy), &apigateway.Options{CORS: tt.cors})
			if diff := cmp.Diff(tt.want, lines(plan)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What no routes can say is a Problem with the rule, and a warning where it depends
// on what AWS leaves open.
func TestProblems(t *testing.T) {
	tests := []struct {
		name  string
		rules rules
		rule  string
		what  string
		warn  bool
	}{
		{"public, and no key can say it", rules{"POST /~me", anybody, "POST /x", a}, "POST /~me", "POST /~me would be refused without a token, by the route ANY /{proxy+}", false},
		{"protected, and no key can say it, in an open place", rules{"POST /~me", a, "POST /{id}", anybody}, "POST /~me", "POST /~me would reach the function without a token, by the open route POST /{id}", false},
		{"public method that no key can name", rules{"PROPFIND /x", anybody}, "PROPFIND /x", "PROPFIND /x would be refused without a token", false},
		{"public beside protected by host", rules{"POST a.example/x", anybody, "POST b.example/x", a}, "POST a.example/x", "would be refused without a token", false},
		{"hosts of one kind", rules{"POST a.example/x", b, "POST b.example/x", a}, "POST a.example/x", "the gateway does not look at the host", true},
		{"a slash makes a public path", rules{"POST /x", a, "POST /x/{$}", anybody}, "POST /x/{$}", "POST /x/ would be refused without a token", false},
		{"a slash makes a protected path", rules{"POST /x", anybody, "POST /x/{$}", a}, "POST /x/{$}", "POST /x/ would reach the function without a token", true},
		{"a path that ends in a slash", rules{"POST /x/{$}", a}, "POST /x/{$}", "depends on what the gateway makes of the slash", true},
		{"a public subtree", rules{"POST /x/", anybody}, "POST /x/", "POST /x/ would be refused without a token, by the route ANY /{proxy+}", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := planOf(t, muxOf(&authz.Guard{}, tt.rules), nil)
			for _, p := range plan.Problems {
				if p.Rule == tt.rule && strings.Contains(p.What, tt.what) && p.Warning == tt.warn && p.Cure != "" {
					return
				}
			}
			t.Errorf("no such problem:\n%v", plan)
		})
	}
}

// A REST API's resource has one variable child, and its Cognito authorizer takes
// access tokens only where there are scopes.
func TestREST(t *testing.T) {
	policy := rules{"GET /{id}", a, "POST /notes", b, "POST /notes/{id}/tags/", b, "GET /open", anybody}
	identifier := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"}})
	plan := planOf(t, muxOf(&authz.Guard{Identifier: identifier}, policy), &apigateway.Options{Kind: apigateway.RESTAPI})
	want := []string{
		"ANY / scope a or b",
		"POST /notes scope b",
		"POST /notes/{id}/tags scope b",
		"POST /notes/{id}/tags/{proxy+} scope b",
		"GET /open open",
		"HEAD /open open",
		"ANY /{id} scope a or b",
		"GET /{id} scope a",
		"HEAD /{id} scope a",
		"ANY /{id}/{proxy+} scope a or b",
	}
	got := lines(plan)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRESTAnyToken(t *testing.T) {
	identifier := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"}})
	rest := &apigateway.Options{Kind: apigateway.RESTAPI}
	plan := planOf(t, muxOf(&authz.Guard{Identifier: identifier}, rules{"POST /x", known, "POST /y", a}), rest)
	if !strings.Contains(plan.String(), "warning: POST /x: a Cognito authorizer takes access tokens only where a route asks for scopes") {
		t.Errorf("no warning that some callers are refused:\n%v", plan)
	}
	plan = planOf(t, muxOf(&authz.Guard{Identifier: identifier}, rules{"POST /x", known}), rest)
	if len(plan.Problems) != 0 || plan.Routes[0].Scopes != nil {
		t.Errorf("a policy without scopes is for ID tokens:\n%v", plan)
	}
}

// Only user pools have Cognito authorizers.
func TestRESTAuthorizerByIssuer(t *testing.T) {
	const pool, other = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "https://tenant.auth0.example/"
	verified := func(issuer string) authz.Identifier {
		trust := claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: []string{issuer}}
		return authz.IdentifierFunc("tokens", trust, func(*http.Request) (*claims.Identity, error) { return nil, nil })
	}
	tests := []struct {
		name string
		who  authz.Identifier
		want apigateway.Auth
	}{
		{"a pool", claims.MustNew(claims.Config{Issuers: []string{pool}}), apigateway.CognitoUserPools},
		{"a placeholder", claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}}), apigateway.CognitoUserPools},
		{"another issuer", claims.MustNew(claims.Config{Issuers: []string{other}}), apigateway.JWT},
		{"a pool whose tokens the program verifies", verified(pool), apigateway.CognitoUserPools},
		{"another issuer whose tokens the program verifies", verified(other), apigateway.JWT},
		{"a pool by the native authorizer", claims.MustNew(claims.Config{Issuers: []string{pool}, Sources: []claims.Source{claims.NativeJWT}}), apigateway.JWT},
	}
	for _, tt := range tests {
		plan := planOf(t, muxOf(&authz.Guard{Identifier: tt.who}, rules{"POST /x", a}), &apigateway.Options{Kind: apigateway.RESTAPI})
		if err := plan.Err(); err != nil || plan.Routes[1].Key != "POST /x" || plan.Routes[1].Auth != tt.want || len(plan.Routes[1].Scopes) != 1 {
			t.Errorf("%s: %v\n%v", tt.name, err, plan)
		}
	}
}

// A policy may name more scopes than a route takes.
func TestRESTManyScopes(t *testing.T) {
	identifier := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"}})
	list := rules{"POST /any", known}
	for i := range 11 {
		list = append(list, fmt.Sprintf("POST /x%d", i), authz.Scope(fmt.Sprintf("s%d", i)))
	}
	plan := planOf(t, muxOf(&authz.Guard{Identifier: identifier}, list), &apigateway.Options{Kind: apigateway.RESTAPI})
	if plan.Err() != nil || !strings.Contains(plan.String(), "warning: POST /any: a Cognito authorizer takes access tokens only where a route asks for scopes: the policy has more than the 10") {
		t.Errorf("%v", plan)
	}
}

func TestSeveralIssuers(t *testing.T) {
	names := map[string]string{"staff": "https://staff.example", "partners": "https://partners.example"}
	guard := func() *authz.Guard {
		return &authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{names["staff"], names["partners"]}, IssuerNames: names})}
	}
	policy := rules{
		"GET /staff/{id}", authz.All(authz.Issuer("staff"), a),
		"POST /partners", authz.Issuer("partners"),
		"POST /open", anybody,
	}
	plan := planOf(t, muxOf(guard(), policy), &apigateway.Options{Authorizer: "staff"})
	want := []string{
		"ANY / token of staff",
		"POST /open open",
		"POST /partners token of partners",
		"GET /staff/{id} token of staff, scope a",
		"HEAD /staff/{id} token of staff, scope a",
		"ANY /{proxy+} token of staff",
	}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	plan = planOf(t, muxOf(guard(), append(policy, "POST /both", a)), &apigateway.Options{Authorizer: "staff"})
	if !plan.Failed() || !strings.Contains(plan.Err().Error(), "POST /both: it admits tokens of 2 issuers") {
		t.Errorf("a rule for two issuers: %v", plan.Err())
	}
}

func TestKindsOfAuthorizer(t *testing.T) {
	identifier := claims.MustNew(claims.Config{
		Sources:  []claims.Source{claims.JWT, claims.SigV4, claims.LambdaAuthorizer},
		Issuers:  []string{"https://issuer.example"},
		Accounts: []string{"123456789012"},
	})
	policy := rules{
		"POST /service", authz.Source(claims.SigV4),
		"POST /custom", authz.Source(claims.LambdaAuthorizer),
		"POST /token", authz.All(authz.Source(claims.JWT), a),
	}
	plan := planOf(t, muxOf(&authz.Guard{Identifier: identifier}, policy), nil)
	want := []string{"POST /custom Lambda authorizer", "POST /service AWS signature", "POST /token scope a"}
	if diff := cmp.Diff(want, lines(plan)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	plan = planOf(t, muxOf(&authz.Guard{Identifier: identifier}, append(policy, "POST /any", authz.Any(authz.Source(claims.SigV4), a))), nil)
	if !plan.Failed() || !strings.Contains(plan.Err().Error(), "POST /any: it admits callers of several kinds of authorizer") {
		t.Errorf("a rule for two kinds: %v", plan.Err())
	}
}

func TestBadInput(t *testing.T) {
	ok := muxOf(&authz.Guard{}, rules{"GET /x", a})
	var many rules
	for i := range 160 {
		many = append(many, "GET /x"+strings.Repeat("x", i), a)
	}
	tests := []struct {
		name   string
		router apigateway.Router
		opts   *apigateway.Options
		want   string
	}{
		{"no policy", nil, nil, "the Router is nil"},
		{"no rules", authz.NewMux(&authz.Guard{Identifier: identifier()}), nil, "the policy has no rules"},
		{"no identifier", unidentified(), nil, "set Guard.Identifier"},
		{"no such kind", ok, &apigateway.Options{Kind: 7}, "Options.Kind: Kind(7)"},
		{"no such owner", ok, &apigateway.Options{CORS: &cors.Config{Owner: 9}}, "Options.CORS: Owner 9"},
		{"CORS settings of a REST API", ok, &apigateway.Options{Kind: apigateway.RESTAPI, CORS: &cors.Config{Owner: cors.OwnerGateway}}, "a REST API has no CORS settings"},
		{"an issuer's name that no document can have", muxOf(&authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{"https://x.example"}, IssuerNames: map[string]string{"a/b": "https://x.example"}})}, rules{"GET /x", a}), nil, `"a/b" cannot name an authorizer`},
		{"two issuers and no default", muxOf(&authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{"https://x.example", "https://y.example"}, IssuerNames: map[string]string{"x": "https://x.example", "y": "https://y.example"}})}, rules{"GET /x", authz.Issuer("x")}), nil, "name the one whose tokens are asked for where no rule decides"},
		{"two rules of one key", twice{ok}, nil, `the rule "GET /x" twice`},
		{"a rule that Policy does not have", stranger{ok}, nil, `names the rule "GET /x", which its Policy does not list`},
		{"too many routes", muxOf(&authz.Guard{}, many), nil, "the plan has 322 routes, and an API has at most 300"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := apigateway.New(tt.router, tt.opts)
			if err == nil {
				err = plan.Err()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// twice lists every rule two times.
type twice struct{ *authz.Mux }

func (m twice) Policy() authz.Policy {
	p := m.Mux.Policy()
	p.Rules = append(p.Rules, p.Rules...)
	return p
}

// stranger lists a rule under another name than Find gives it.
type stranger struct{ *authz.Mux }

func (m stranger) Policy() authz.Policy {
	p := m.Mux.Policy()
	p.Rules[0].Method = "POST"
	return p
}

// unidentified is a policy whose Guard knows nobody.
func unidentified() *authz.Mux {
	mux := authz.NewMux(nil)
	mux.HandleFunc("GET /x", a, func(http.ResponseWriter, *http.Request) {})
	return mux
}
