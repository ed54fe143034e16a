package apigateway_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// deployedNotes is the notes policy as the checking program has it, and what its
// deployment looks like.
func deployedNotes(t testing.TB) (*authz.Mux, folder) {
	t.Helper()
	mux := muxOf(&authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})}, rules{
		"GET /hello", anybody,
		"GET /profile", authz.Scope("notes-api/read"),
		"GET /notes", authz.Scope("notes-api/read"),
		"POST /notes", authz.Scope("notes-api/write"),
		"GET /notes/{id}", authz.Scope("notes-api/read"),
	})
	return mux, rightFolder(planOf(t, mux, nil))
}

func TestRightDeployment(t *testing.T) {
	mux, right := deployedNotes(t)
	if c := check(t, mux, nil, right, rightEnvironment()); c.code != 0 {
		t.Errorf("exit %d: %s", c.code, c.text)
	}
	dir := right.write(t)
	env := write(t, "env.json", []byte(`{"issuers":{"cognito":{"issuer":"`+poolIssuer+`","audiences":["web","machine"]}}}`))
	code, out, errs := runMain(t, mux, "-check", dir, "-env", env, "-function", alias)
	if code != 0 || !strings.Contains(out, "what is deployed matches the policy") || !strings.Contains(out, "note: identity policies inside the account are not visible from here") {
		t.Errorf("as text: %d %s%s", code, out, errs)
	}
}

// A catch-all that asks for any token, beside what is public, is a right deployment
// too: it is weaker, and the function decides.
func TestCoarseDeployment(t *testing.T) {
	mux, right := deployedNotes(t)
	coarse := func(keys ...apigateway.Route) folder {
		f := right.clone()
		routes := l{}
		for i, r := range keys {
			routes = append(routes, httpRoute(i, r, "cognito1", "function1"))
		}
		f.set(routes, "get-routes.json", "Items")
		return f
	}
	floor := []apigateway.Route{{Key: "ANY /", Auth: apigateway.JWT}, {Key: "ANY /{proxy+}", Auth: apigateway.JWT}}
	if c := check(t, mux, nil, coarse(floor...), rightEnvironment()); !slices.Equal(c.names, []string{"token-for-public"}) {
		t.Errorf("without the public route: %s", c.text)
	}
	public := []apigateway.Route{{Key: "GET /hello", Auth: apigateway.None}, {Key: "HEAD /hello", Auth: apigateway.None}}
	onlyFloor := muxOf(&authz.Guard{}, rules{"GET /profile", a, "POST /notes/{id}", b})
	if c := check(t, onlyFloor, nil, coarse(floor...), rightEnvironment()); c.code != 1 || !slices.Equal(c.names, []string{"untrusted-issuer"}) {
		t.Errorf("nothing public: %s", c.text)
	}
	if c := check(t, mux, nil, coarse(append(public, apigateway.Route{Key: "$default", Auth: apigateway.JWT})...), rightEnvironment()); c.code != 1 || slices.Contains(c.names, "open-route") {
		t.Errorf("$default: %s", c.text)
	}
	everything := []apigateway.Route{{Key: "ANY /", Auth: apigateway.None}, {Key: "ANY /{proxy+}", Auth: apigateway.None}}
	if c := check(t, mux, nil, coarse(everything...), rightEnvironment()); !slices.Contains(c.names, "open-route") {
		t.Errorf("all open: %s", c.text)
	}
}

// Each finding fires on a deployment that has the one fault.
func TestFindings(t *testing.T) {
	functionOwns := &apigateway.Options{CORS: &cors.Config{AllowOrigins: page}}
	gatewayOwns := &apigateway.Options{CORS: &cors.Config{AllowOrigins: page, Owner: cors.OwnerGateway}}
	settings := m{"AllowOrigins": l{"https://app.example"}}
	addRoute := func(f folder, r apigateway.Route, target string) {
		routes := f.in("get-routes.json", "Items").(l)
		f.set(append(routes, httpRoute(len(routes), r, "cognito1", target)), "get-routes.json", "Items")
	}
	addIntegration := func(f folder, i m) {
		f.set(append(f.in("get-integrations.json", "Items").(l), i), "get-integrations.json", "Items")
	}
	dropRoute := func(f folder, key string) {
		f.set(slices.DeleteFunc(f.in("get-routes.json", "Items").(l), func(r any) bool { return r.(m)["RouteKey"] == key }), "get-routes.json", "Items")
	}
	foreign := func(f folder) {
		addIntegration(f, m{"IntegrationId": "other1", "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationUri": "arn:aws:lambda:eu-west-1:123456789012:function:billing"})
	}
	lambdaAuthorizer := func(f folder, ttl int, sources ...any) {
		f["get-authorizer-lambda.json"] = m{
			"AuthorizerId": "lambda1", "AuthorizerType": "REQUEST", "IdentitySource": sources, "AuthorizerResultTtlInSeconds": ttl,
			"AuthorizerUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + function + "-authorizer/invocations", "AuthorizerPayloadFormatVersion": "2.0",
		}
		f["get-policy-authorizer.json"] = policyOf(allow("authorizer", function+"-authorizer", sourceARN+"/authorizers/lambda1"))
		r := f.route("GET /profile")
		r["AuthorizationType"], r["AuthorizerId"] = "CUSTOM", "lambda1"
		delete(r, "AuthorizationScopes")
	}
	tests := []struct {
		name   string
		opts   *apigateway.Options
		breaks func(folder)
		want   []string
	}{
		{"a protected route is open", nil, func(f folder) {
			r := f.route("GET /notes")
			r["AuthorizationType"] = "NONE"
			delete(r, "AuthorizerId")
			delete(r, "AuthorizationScopes")
		}, []string{"open-route"}},
		{"a public route asks for a token", nil, func(f folder) {
			r := f.route("GET /hello")
			r["AuthorizationType"], r["AuthorizerId"] = "JWT", "cognito1"
		}, []string{"token-for-public"}},
		{"a route asks for scopes of another rule", nil, func(f folder) { f.route("GET /notes")["AuthorizationScopes"] = l{"notes-api/write"} },
			[]string{"weak-route", "wrong-scopes"}},
		{"a scope that no rule names", nil, func(f folder) { f.route("GET /notes")["AuthorizationScopes"] = l{"notes-api/read", "notes-api/admin"} },
			[]string{"unknown-scope", "weak-route"}},
		{"a route without its scopes", nil, func(f folder) { delete(f.route("GET /notes"), "AuthorizationScopes") }, []string{"weak-route"}},
		{"a route is gone", nil, func(f folder) { dropRoute(f, "GET /notes") }, []string{"missing-route"}},
		{"a public route is gone", nil, func(f folder) { dropRoute(f, "GET /hello") }, []string{"missing-route", "token-for-public"}},
		{"no route reaches a rule", nil, func(f folder) { dropRoute(f, "GET /notes"); dropRoute(f, "ANY /{proxy+}") }, []string{"missing-route", "no-route"}},
		{"a route of another function shadows a rule", nil, func(f folder) {
			foreign(f)
			f.route("GET /profile")["Target"] = "integrations/other1"
		}, []string{"shadowed"}},
		{"a route of another function beside ours", nil, func(f folder) {
			foreign(f)
			addRoute(f, apigateway.Route{Key: "GET /invoices/{id}", Auth: apigateway.None}, "other1")
		}, nil},
		{"a route of ours without a rule", nil, func(f folder) {
			addRoute(f, apigateway.Route{Key: "DELETE /notes", Auth: apigateway.JWT}, "function1")
		}, []string{"route-without-rule"}},
		{"an open one", nil, func(f folder) {
			addRoute(f, apigateway.Route{Key: "GET /debug/{proxy+}", Auth: apigateway.None}, "function1")
		}, []string{"route-without-rule"}},
		{"the issuer of another pool", nil, func(f folder) {
			f.set(strings.Replace(poolIssuer, "_AbC", "_XyZ", 1), "get-authorizer-cognito.json", "JwtConfiguration", "Issuer")
		}, []string{"unknown-issuer", "wrong-authorizer"}},
		{"an audience too many", nil, func(f folder) {
			f.set(l{"web", "machine", "elsewhere"}, "get-authorizer-cognito.json", "JwtConfiguration", "Audience")
		}, []string{"unknown-audience"}},
		{"an audience too few", nil, func(f folder) { f.set(l{"web"}, "get-authorizer-cognito.json", "JwtConfiguration", "Audience") }, []string{"missing-audience"}},
		{"no permission", nil, func(f folder) {
			f["get-policy-live.json"] = m{"Absent": "ResourceNotFoundException", "Of": alias}
		}, []string{"no-permission"}},
		{"a permission for some routes only", nil, func(f folder) {
			f["get-policy-live.json"] = policyOf(allow("a", alias, sourceARN+"/*/GET/*"), allow("b", alias, sourceARN+"/*/HEAD/*"))
		}, []string{"no-permission"}},
		{"a permission for one route each", nil, func(f folder) {
			var all l
			for _, r := range f.in("get-routes.json", "Items").(l) {
				method, path, _ := strings.Cut(r.(m)["RouteKey"].(string), " ")
				all = append(all, allow("s"+r.(m)["RouteId"].(string), alias, sourceARN+"/*/"+strings.Replace(method, "ANY", "*", 1)+path))
			}
			f["get-policy-live.json"] = policyOf(all...)
		}, nil},
		{"more permissions than a policy holds", nil, func(f folder) {
			var all l
			for i := range 80 {
				all = append(all, allow(fmt.Sprintf("route%d", i), alias, sourceARN+"/*/*"))
			}
			f["get-policy-live.json"] = policyOf(all...)
		}, []string{"policy-size"}},
		{"a permission for another stage", nil, func(f folder) {
			f["get-policy-live.json"] = policyOf(allow("a", alias, sourceARN+"/prod/*"))
		}, []string{"no-permission"}},
		{"no permission for a Lambda authorizer", nil, func(f folder) {
			lambdaAuthorizer(f, 0, "$request.header.Authorization")
			f["get-policy-authorizer.json"] = policyOf(allow("authorizer", function+"-authorizer", sourceARN+"/authorizers/other"))
		}, []string{"no-permission", "wrong-authorizer"}},
		{"a Function URL for everybody", nil, func(f folder) {
			f["list-function-url-configs.json"] = m{"FunctionUrlConfigs": l{m{"FunctionArn": alias, "AuthType": "NONE", "FunctionUrl": "https://x.lambda-url.eu-west-1.on.aws/"}}}
		}, []string{"function-url"}},
		{"a Function URL for signatures", nil, func(f folder) {
			f["list-function-url-configs.json"] = m{"FunctionUrlConfigs": l{m{"FunctionArn": function, "AuthType": "AWS_IAM"}}}
		}, nil},
		{"an integration with credentials", nil, func(f folder) {
			f.set("arn:aws:iam::123456789012:role/x", "get-integrations.json", "Items", 0, "CredentialsArn")
		}, []string{"integration-credentials"}},
		{"an integration with parameter mappings", nil, func(f folder) {
			f.set(m{"overwrite:path": "/x"}, "get-integrations.json", "Items", 0, "RequestParameters")
		}, []string{"parameter-mapping"}},
		{"an integration that is no proxy", nil, func(f folder) { f.set("AWS", "get-integrations.json", "Items", 0, "IntegrationType") }, []string{"not-a-proxy"}},
		{"two payload formats", nil, func(f folder) {
			other := copied(f.in("get-integrations.json", "Items", 0).(m))
			other["IntegrationId"], other["PayloadFormatVersion"] = "function2", "1.0"
			addIntegration(f, other)
			f.route("GET /notes")["Target"] = "integrations/function2"
		}, []string{"payload-formats"}},
		{"CORS on both sides", functionOwns, func(f folder) { f.set(settings, "get-api.json", "CorsConfiguration") }, []string{"cors-twice"}},
		{"CORS on neither side", gatewayOwns, func(folder) {}, []string{"cors-missing"}},
		{"preflights are asked for a token", functionOwns, func(f folder) { dropRoute(f, "OPTIONS /{proxy+}") }, []string{"missing-route", "preflight-refused"}},
		{"a Lambda authorizer that remembers", nil, func(f folder) { lambdaAuthorizer(f, 300, "$request.header.Authorization") },
			[]string{"authorizer-cache", "wrong-authorizer"}},
		{"one that remembers by operation", nil, func(f folder) { lambdaAuthorizer(f, 300, "$request.header.Authorization", "$context.routeKey") },
			[]string{"wrong-authorizer"}},
		{"the default endpoint beside a domain", nil, func(f folder) {
			f["get-api-mappings-example.json"] = m{"Items": l{m{"ApiId": "a1b2c3d4e5", "ApiMappingId": "x", "ApiMappingKey": "", "Stage": "$default"}}}
		}, []string{"default-endpoint"}},
		{"a domain alone", nil, func(f folder) {
			f["get-api-mappings-example.json"] = m{"Items": l{m{"ApiId": "a1b2c3d4e5", "ApiMappingId": "x", "ApiMappingKey": "", "Stage": "$default"}}}
			f.set(true, "get-api.json", "DisableExecuteApiEndpoint")
		}, nil},
		{"no access log", nil, func(f folder) { delete(f.in("get-stages.json", "Items", 0).(m), "AccessLogSettings") }, []string{"no-access-log"}},
		{"no stage", nil, func(f folder) { f.set(l{}, "get-stages.json", "Items") }, []string{"no-stage"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux, _ := deployedNotes(t)
			f := rightFolder(planOf(t, mux, tt.opts)).clone()
			tt.breaks(f)
			c := check(t, mux, tt.opts, f, rightEnvironment())
			want := 1
			if len(tt.want) == 0 {
				want = 0
			}
			if slices.Sort(tt.want); c.code != want || !slices.Equal(c.names, tt.want) {
				t.Errorf("exit %d, findings %q, want %q\n%s", c.code, c.names, tt.want, c.text)
			}
		})
	}
}

func copied(v m) m {
	c := m{}
	for k, value := range v {
		c[k] = value
	}
	return c
}

// The statements of a resource policy: only the form that lets in this API and
// nothing else passes.
func TestResourcePolicy(t *testing.T) {
	with := func(change func(m)) m {
		s := allow("extra", alias, sourceARN+"/*/*")
		change(s)
		return s
	}
	condition := func(c m) m { return with(func(s m) { s["Condition"] = c }) }
	source := func(arn string) m { return condition(m{"ArnLike": m{"AWS:SourceArn": arn}}) }
	tests := []struct {
		name      string
		statement m
		want      string // part of what is said; "": nothing
	}{
		{"ArnLike", with(func(m) {}), ""},
		{"ArnEquals", condition(m{"ArnEquals": m{"AWS:SourceArn": sourceARN + "/*/*"}}), ""},
		{"StringLike", condition(m{"StringLike": m{"aws:SourceArn": sourceARN + "/*"}}), ""},
		{"a list of one", condition(m{"ArnLike": m{"AWS:SourceArn": l{sourceARN + "/*/*"}}}), ""},
		{"with the account", condition(m{"ArnLike": m{"AWS:SourceArn": sourceARN + "/*/*"}, "StringEquals": m{"AWS:SourceAccount": "123456789012"}}), ""},
		{"another account beside it", condition(m{"ArnLike": m{"AWS:SourceArn": sourceARN + "/*/*"}, "StringEquals": m{"AWS:SourceAccount": "210987654321"}}), "SourceAccount is 210987654321"},
		{"no condition", with(func(s m) { delete(s, "Condition") }), "it has no SourceArn"},
		{"the account alone", condition(m{"StringEquals": m{"AWS:SourceAccount": "123456789012"}}), "it has no SourceArn"},
		{"StringEquals with a star, which matches nothing", condition(m{"StringEquals": m{"AWS:SourceArn": sourceARN + "/*/*"}}), "condition StringEquals of AWS:SourceArn"},
		{"IfExists", condition(m{"ArnLikeIfExists": m{"AWS:SourceArn": sourceARN + "/*/*"}}), "condition ArnLikeIfExists"},
		{"ForAllValues", condition(m{"ForAllValues:ArnLike": m{"AWS:SourceArn": sourceARN + "/*/*"}}), "condition ForAllValues:ArnLike"},
		{"not like", condition(m{"ArnNotLike": m{"AWS:SourceArn": sourceARN + "/*/*"}}), "condition ArnNotLike"},
		{"another condition beside it", condition(m{"ArnLike": m{"AWS:SourceArn": sourceARN + "/*/*"}, "Bool": m{"aws:SecureTransport": "true"}}), "condition Bool of aws:SecureTransport"},
		{"two SourceArns", condition(m{"ArnLike": m{"AWS:SourceArn": l{sourceARN + "/*/*", "arn:aws:execute-api:*:*:*"}}}), "several SourceArns"},
		{"any API", source("arn:aws:execute-api:eu-west-1:123456789012:*"), "is not literally of this API"},
		{"any account", source("arn:aws:execute-api:eu-west-1:*:a1b2c3d4e5/*/*"), "is not literally of this API"},
		{"any region", source("arn:aws:execute-api:*:123456789012:a1b2c3d4e5/*/*"), "is not literally of this API"},
		{"anything", source("*"), "is not literally of this API"},
		{"another API", source("arn:aws:execute-api:eu-west-1:123456789012:zzzzzzzzzz/*/*"), "is not literally of this API"},
		{"an API whose id begins alike", source(sourceARN + "6/*/*"), "is not literally of this API"},
		{"a star behind the id", source(sourceARN + "*"), "is not literally of this API"},
		{"everybody", with(func(s m) { s["Principal"] = "*" }), "lets everybody"},
		{"everybody, spelt out", with(func(s m) { s["Principal"] = m{"AWS": "*"} }), "lets everybody"},
		{"an account", with(func(s m) { s["Principal"] = m{"AWS": "arn:aws:iam::210987654321:root"} }), "lets an account, role or user"},
		{"another service", with(func(s m) { s["Principal"] = m{"Service": "events.amazonaws.com"} }), "lets the service events.amazonaws.com"},
		{"two services", with(func(s m) { s["Principal"] = m{"Service": l{"apigateway.amazonaws.com", "iot.amazonaws.com"}} }), "lets the service"},
		{"a service and an account", with(func(s m) {
			s["Principal"] = m{"Service": "apigateway.amazonaws.com", "AWS": "210987654321"}
		}), "lets an account, role or user"},
		{"all but one", with(func(s m) { delete(s, "Principal"); s["NotPrincipal"] = m{"AWS": "210987654321"} }), "allows what it does not name"},
		{"all actions", with(func(s m) { s["Action"] = "lambda:*" }), "allows lambda:*"},
		{"two actions", with(func(s m) { s["Action"] = l{"lambda:InvokeFunction", "lambda:GetFunction"} }), "allows lambda:InvokeFunction, lambda:GetFunction"},
		{"all actions but one", with(func(s m) { delete(s, "Action"); s["NotAction"] = "lambda:GetFunction" }), "allows what it does not name"},
		{"a denial", with(func(s m) { s["Effect"] = "Deny" }), "it denies"},
		{"an effect of its own", with(func(s m) { s["Effect"] = "Maybe" }), "is not known here"},
		{"a Function URL's, plainly, without a URL", with(func(s m) {
			s["Principal"], s["Condition"] = "*", m{"Bool": m{"lambda:InvokedViaFunctionUrl": "true"}}
		}), "lets everybody"},
		{"everybody without the URL's condition", with(func(s m) { s["Principal"] = "*"; delete(s, "Condition") }), "lets everybody"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux, right := deployedNotes(t)
			f := right.clone()
			f["get-policy-live.json"] = policyOf(allow("gateway", alias, sourceARN+"/*/*"), tt.statement)
			c := check(t, mux, nil, f, rightEnvironment())
			switch {
			case tt.want == "" && c.code != 0:
				t.Errorf("exit %d: %s", c.code, c.text)
			case tt.want != "" && (!slices.Equal(c.names, []string{"wide-permission"}) || !strings.Contains(c.text, tt.want) || !strings.Contains(c.text, "statement extra of")):
				t.Errorf("exit %d, findings %q, want %q\n%s", c.code, c.names, tt.want, c.text)
			}
		})
	}
}

// With a Function URL its two statements are known; the plain one never is.
func TestFunctionURLStatements(t *testing.T) {
	mux, right := deployedNotes(t)
	urlOnly := func(action string, condition m) m {
		return m{"Sid": "FunctionURL", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": alias, "Condition": condition}
	}
	f := right.clone()
	f["list-function-url-configs.json"] = m{"FunctionUrlConfigs": l{m{"FunctionArn": alias, "AuthType": "AWS_IAM"}}}
	f["get-policy-live.json"] = policyOf(allow("gateway", alias, sourceARN+"/*/*"),
		urlOnly("lambda:InvokeFunctionUrl", m{"StringEquals": m{"lambda:FunctionUrlAuthType": "AWS_IAM"}}),
		urlOnly("lambda:InvokeFunction", m{"Bool": m{"lambda:InvokedViaFunctionUrl": "true"}}))
	if c := check(t, mux, nil, f, rightEnvironment()); c.code != 0 {
		t.Errorf("both statements: %s", c.text)
	}
	plain := urlOnly("lambda:InvokeFunction", nil)
	delete(plain, "Condition")
	f["get-policy-live.json"] = policyOf(allow("gateway", alias, sourceARN+"/*/*"), plain)
	if c := check(t, mux, nil, f, rightEnvironment()); !slices.Equal(c.names, []string{"wide-permission"}) {
		t.Errorf("InvokeFunction for everybody: %s", c.text)
	}
}

// The API calls another qualifier than the one that was given the permission.
func TestPermissionOnAnotherQualifier(t *testing.T) {
	mux, right := deployedNotes(t)
	f := right.clone()
	f["get-policy-live.json"] = policyOf(allow("gateway", function, sourceARN+"/*/*"))
	c := check(t, mux, nil, f, rightEnvironment())
	if c.code != 1 || !slices.Equal(c.names, []string{"permission-elsewhere"}) || !slices.Equal(c.unchecked, []string{"get-policy " + alias}) {
		t.Errorf("exit %d: %s", c.code, c.text)
	}
	f = right.clone()
	f.set(function, "get-integrations.json", "Items", 0, "IntegrationUri")
	if c := check(t, mux, nil, f, rightEnvironment()); c.code != 1 || !slices.Contains(c.names, "other-qualifier") {
		t.Errorf("exit %d: %s", c.code, c.text)
	}
}

// A file that is missing proves nothing.
func TestMissingFiles(t *testing.T) {
	mux, right := deployedNotes(t)
	names := map[string]string{
		"get-api.json": "get-api", "get-routes.json": "get-routes", "get-integrations.json": "get-integrations",
		"get-authorizer-cognito.json": "get-authorizer cognito1", "get-stages.json": "get-stages",
		"get-policy-live.json": "get-policy " + alias, "list-function-url-configs.json": "list-function-url-configs",
	}
	for file, name := range names {
		f := right.clone()
		delete(f, file)
		c := check(t, mux, nil, f, rightEnvironment())
		if !slices.Contains(c.unchecked, name) || c.code != 5 {
			t.Errorf("without %s: exit %d, unchecked %q, want %q\n%s", file, c.code, c.unchecked, name, c.text)
		}
	}
	f := right.clone()
	delete(f, "list-function-url-configs.json")
	if c := check(t, mux, nil, f, rightEnvironment()); c.code != 5 {
		t.Errorf("exit %d: %s", c.code, c.text)
	}
	if c := check(t, mux, nil, f, rightEnvironment(), "-allow-unchecked", "list-function-url-configs"); c.code != 0 {
		t.Errorf("allowed: exit %d: %s", c.code, c.text)
	}
	if c := check(t, mux, nil, f, rightEnvironment(), "-allow-unchecked", "get-api"); c.code != 5 {
		t.Errorf("something else allowed: exit %d: %s", c.code, c.text)
	}
	c := check(t, mux, nil, folder{}, rightEnvironment())
	if diff := cmp.Diff([]string{"get-api", "get-integrations", "get-routes", "get-stages", "list-function-url-configs"}, c.unchecked); c.code != 5 || diff != "" {
		t.Errorf("an empty folder: exit %d: -want +got:\n%s", c.code, diff)
	}
}

// What is configured counts as deployed only where it deploys itself and did.
func TestConfiguredIsNotDeployed(t *testing.T) {
	mux, right := deployedNotes(t)
	tests := []struct {
		name   string
		change func(stage m)
		want   string
	}{
		{"not by itself", func(s m) { s["AutoDeploy"] = false }, "export-api of stage $default"},
		{"not with success", func(s m) { s["LastDeploymentStatusMessage"] = "Deployment attempt failed: x" }, "export-api of stage $default"},
		{"not known", func(s m) { delete(s, "LastDeploymentStatusMessage") }, "deployment of stage $default"},
	}
	for _, tt := range tests {
		f := right.clone()
		tt.change(f.in("get-stages.json", "Items", 0).(m))
		if c := check(t, mux, nil, f, rightEnvironment()); c.code != 5 || !slices.Equal(c.unchecked, []string{tt.want}) {
			t.Errorf("%s: exit %d: %s", tt.name, c.code, c.text)
		}
	}
}

// Files that contradict each other, are cut off or of something else count for
// nothing.
func TestContradictions(t *testing.T) {
	tests := []struct {
		name   string
		breaks func(folder)
		want   string
	}{
		{"an empty file", func(f folder) { f["get-routes.json"] = "" }, "is empty"},
		{"a blank file", func(f folder) { f["get-routes.json"] = "\n" }, "is empty"},
		{"a file that is cut off", func(f folder) { f["get-routes.json"] = `{"Items":[` }, "/Items: EOF"},
		{"two documents in one", func(f folder) { f["get-stages.json"] = `{"Items":[]}{"Items":[]}` }, "something follows"},
		{"a member twice", func(f folder) { f["get-stages.json"] = `{"Items":[],"Items":[]}` }, "is there twice"},
		{"a list", func(f folder) { f["get-routes.json"] = `[]` }, "is not a JSON object"},
		{"an unknown file", func(f folder) { f["get-vpc-links.json"] = m{} }, "is not named after an AWS CLI command"},
		{"another kind of file", func(f folder) { f["readme.txt"] = "x" }, "is not named after an AWS CLI command"},
		{"more pages", func(f folder) { f.set("abc", "get-routes.json", "NextToken") }, "is not the last page"},
		{"more pages, by a token that is no text", func(f folder) { f.set(m{"Marker": "abc"}, "get-routes.json", "NextToken") }, "is not the last page"},
		{"a failure recorded as absence", func(f folder) { f["get-policy-live.json"] = m{"Absent": "AccessDeniedException", "Of": alias} }, "which proves nothing"},
		{"an absence of nothing in particular", func(f folder) { f["get-policy-live.json"] = m{"Absent": "ResourceNotFoundException"} }, "does not say of which function"},
		{"an absence beside what was found", func(f folder) {
			f["list-function-url-configs.json"] = m{"Absent": "ResourceNotFoundException", "Of": function, "FunctionUrlConfigs": l{m{"FunctionArn": alias, "AuthType": "NONE"}}}
		}, "records an absence and has FunctionUrlConfigs"},
		{"absent Function URLs of nothing in particular", func(f folder) {
			f["list-function-url-configs.json"] = m{"Absent": "ResourceNotFoundException"}
		}, "does not say of which function"},
		{"absent Function URLs of another function", func(f folder) {
			f["list-function-url-configs.json"] = m{"Absent": "ResourceNotFoundException", "Of": function + "-other"}
		}, "which no route of this policy calls"},
		{"an authorizer whose two files differ", func(f folder) {
			remembers := func(ttl int) m {
				return m{"AuthorizerId": "lambda1", "AuthorizerType": "REQUEST", "AuthorizerUri": function + "-authorizer", "AuthorizerResultTtlInSeconds": ttl}
			}
			f["get-authorizer-1.json"], f["get-authorizer-2.json"] = remembers(300), remembers(0)
		}, "the authorizer lambda1 is another one in get-authorizer-1.json"},
		{"an absent API", func(f folder) { f["get-api.json"] = m{"Absent": "NotFoundException"} }, "nothing was found where something must be"},
		{"two APIs", func(f folder) { f["get-api-2.json"] = f["get-api.json"] }, "two outputs of one command"},
		{"another API", func(f folder) {
			f.set("zzzzzzzzzz", "get-api.json", "ApiId")
			f.set("https://zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com", "get-api.json", "ApiEndpoint")
		}, "the files are of the API zzzzzzzzzz"},
		{"an id that is not the endpoint's", func(f folder) { f.set("zzzzzzzzzz", "get-api.json", "ApiId") }, "is not that of the API"},
		{"another region", func(f folder) {
			f.set("https://a1b2c3d4e5.execute-api.eu-north-1.amazonaws.com", "get-api.json", "ApiEndpoint")
		}, "is not in eu-north-1"},
		{"another account", func(f folder) {
			f.set(strings.Replace(alias, "123456789012", "210987654321", 1), "get-integrations.json", "Items", 0, "IntegrationUri")
		}, "which no route of this policy calls"},
		{"a policy of another function", func(f folder) {
			f["get-policy-other.json"] = policyOf(allow("x", "arn:aws:lambda:eu-west-1:123456789012:function:other", sourceARN+"/*/*"))
		}, "which no route of this policy calls"},
		{"two policies of one alias", func(f folder) { f["get-policy-2.json"] = f["get-policy-live.json"] }, "two policies of"},
		{"a policy of two functions", func(f folder) {
			f["get-policy-live.json"] = policyOf(allow("a", alias, sourceARN+"/*/*"), allow("b", function, sourceARN+"/*/*"))
		}, "Policy is of 2 resources"},
		{"a policy that is cut off", func(f folder) { f["get-policy-live.json"] = m{"Policy": `{"Statement":[{`} }, "Policy:"},
		{"a policy without statements", func(f folder) { f["get-policy-live.json"] = policyOf() }, "Policy has no statements"},
		{"a Function URL of another function", func(f folder) {
			f["list-function-url-configs.json"] = m{"FunctionUrlConfigs": l{m{"FunctionArn": function + "-other", "AuthType": "NONE"}}}
		}, "which no route of this policy calls"},
		{"no list of Function URLs", func(f folder) { f["list-function-url-configs.json"] = m{} }, "has no FunctionUrlConfigs"},
		{"an unknown kind of authorization", func(f folder) { f.route("GET /notes")["AuthorizationType"] = "OAUTH" }, `authorization type "OAUTH"`},
		{"an unknown kind of authorizer", func(f folder) { f.set("SAML", "get-authorizer-cognito.json", "AuthorizerType") }, `AuthorizerType "SAML"`},
		{"an unknown kind of integration", func(f folder) { f.set("X", "get-integrations.json", "Items", 0, "IntegrationType") }, `IntegrationType "X"`},
		{"a WebSocket API", func(f folder) { f.set("WEBSOCKET", "get-api.json", "ProtocolType") }, "only HTTP APIs"},
		{"an authorizer that is not there", func(f folder) { f.route("GET /notes")["AuthorizerId"] = "other1" }, "its authorizer other1 is not among the files"},
		{"a target that is not there", func(f folder) { f.route("GET /notes")["Target"] = "integrations/other1" }, "is not among the integrations"},
		{"an authorizer of another kind", func(f folder) { f.route("GET /notes")["AuthorizationType"] = "CUSTOM" }, "is for JWT"},
		{"a route twice", func(f folder) {
			f.set(append(f.in("get-routes.json", "Items").(l), f.route("GET /notes")), "get-routes.json", "Items")
		}, "is there twice"},
		{"an intrinsic function", func(f folder) { f.set(m{"Fn::Sub": "x"}, "get-integrations.json", "Items", 0, "IntegrationUri") }, "Fn::Sub was not resolved"},
		{"a stage variable", func(f folder) {
			f.set("arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.f}", "get-integrations.json", "Items", 0, "IntegrationUri")
		}, "holds a reference"},
		{"a REST API's file", func(f folder) { f["get-rest-api.json"] = m{"id": "a1b2c3d4e5"} }, "of another kind of API"},
		{"an export of no stage", func(f folder) {
			f["export-api-prod.json"] = m{"openapi": "3.0.1", "servers": l{m{"url": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod"}}, "paths": m{}}
		}, "an export of the stage prod"},
		{"an export of another API", func(f folder) {
			f["export-api-prod.json"] = m{"openapi": "3.0.1", "servers": l{m{"url": "https://zzzzzzzzzz.execute-api.eu-west-1.amazonaws.com/prod"}}, "paths": m{}}
		}, "not of the API a1b2c3d4e5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux, right := deployedNotes(t)
			f := right.clone()
			tt.breaks(f)
			if c := check(t, mux, nil, f, rightEnvironment()); c.code != 4 || !strings.Contains(c.text, tt.want) {
				t.Errorf("exit %d, want 4 and %q\n%s", c.code, tt.want, c.text)
			}
		})
	}
}

// The environment must be this one.
func TestContradictoryEnvironment(t *testing.T) {
	mux, right := deployedNotes(t)
	tests := []struct {
		name   string
		change func(m)
		want   string
	}{
		{"another API", func(e m) { e["apis"] = l{"zzzzzzzzzz"} }, "the environment has zzzzzzzzzz"},
		{"another account", func(e m) { e["accounts"] = l{"210987654321"} }, "is of another account"},
		{"another function", func(e m) { e["functions"] = l{function + "-other"} }, "which no route of this policy calls"},
		{"no issuers", func(e m) { delete(e, "issuers") }, "issuers: there must be one"},
	}
	for _, tt := range tests {
		env := rightEnvironment()
		tt.change(env)
		if c := check(t, mux, nil, right, env); c.code != 4 || !strings.Contains(c.text, tt.want) {
			t.Errorf("%s: exit %d, want 4 and %q\n%s", tt.name, c.code, tt.want, c.text)
		}
	}
	if code, _, errs := runMain(t, mux, "-check", filepath.Join(t.TempDir(), "none"), "-env", write(t, "e.json", []byte(`{}`))); code != 4 {
		t.Errorf("no folder: exit %d %s", code, errs)
	}
}
