package apigateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

// exportedFolder is a right deployment of an HTTP API that does not deploy itself.
func exportedFolder(t testing.TB, plan *apigateway.Plan) folder {
	f := rightFolder(plan)
	f.set(false, "get-stages.json", "Items", 0, "AutoDeploy")
	f["export-api-default.json"] = exportOf(t, plan, "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}", m{"basePath": m{"default": ""}})
	return f
}

func exportOf(t testing.TB, plan *apigateway.Plan, url string, variables m) m {
	t.Helper()
	env, err := apigateway.ParseEnvironment(mustJSON(t, rightEnvironment()))
	if err != nil {
		t.Fatal(err)
	}
	doc := decode(t, plan.OpenAPI(env))
	doc["servers"] = l{m{"url": url, "variables": variables}}
	return doc
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// deployedREST is the notes policy behind a REST API, and what its deployment looks
// like.
func deployedREST(t testing.TB) (*authz.Mux, *apigateway.Options, folder) {
	t.Helper()
	opts := &apigateway.Options{Kind: apigateway.RESTAPI}
	identifier := claims.MustNew(claims.Config{Issuers: []string{poolIssuer}, Sources: []claims.Source{claims.Cognito}})
	mux := muxOf(&authz.Guard{Identifier: identifier}, rules{
		"GET /hello", anybody,
		"GET /notes", authz.Scope("notes-api/read"),
		"POST /notes", authz.Scope("notes-api/write"),
		"GET /notes/{id}", authz.Scope("notes-api/read"),
	})
	export := exportOf(t, planOf(t, mux, opts), "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}", m{"basePath": m{"default": "prod"}})
	scheme := at(export, "components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer").(m)
	scheme["providerARNs"] = l{"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"}
	return mux, opts, folder{
		"get-rest-api.json": m{"id": "a1b2c3d4e5", "name": "notes", "endpointConfiguration": m{"types": l{"REGIONAL"}}, "disableExecuteApiEndpoint": false},
		"get-authorizers.json": m{"items": l{m{
			"id": "cognito1", "name": "cognito", "type": "COGNITO_USER_POOLS", "identitySource": "method.request.header.Authorization",
			"providerARNs": l{"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"},
		}}},
		"get-stages.json": m{"item": l{m{
			"stageName": "prod", "deploymentId": "d1", "cacheClusterEnabled": false, "methodSettings": m{},
			"accessLogSettings": m{"destinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:notes"},
		}}},
		"get-export-prod.json":           export,
		"get-policy-live.json":           policyOf(allow("gateway", alias, sourceARN+"/*/*")),
		"list-function-url-configs.json": m{"FunctionUrlConfigs": l{}},
	}
}

func TestRESTDeployment(t *testing.T) {
	mux, opts, right := deployedREST(t)
	if c := check(t, mux, opts, right, rightEnvironment()); c.code != 0 {
		t.Fatalf("exit %d: %s", c.code, c.text)
	}
	operation := func(f folder, path, method string) m {
		return f.in("get-export-prod.json", "paths", path, method).(m)
	}
	stage := func(f folder) m { return f.in("get-stages.json", "item", 0).(m) }
	cached := func(setting string) func(folder) {
		return func(f folder) {
			stage(f)["cacheClusterEnabled"], stage(f)["methodSettings"] = true, m{setting: m{"cachingEnabled": true}}
		}
	}
	tests := []struct {
		name   string
		breaks func(folder)
		code   int
		want   string
	}{
		{"an open method", func(f folder) { operation(f, "/notes", "get")["security"] = l{} }, 1, "open-route"},
		{"an open path that streams", func(f folder) {
			debug := copied(operation(f, "/hello", "get"))
			debug["x-amazon-apigateway-integration"] = m{
				"type": "aws_proxy", "httpMethod": "POST",
				"uri": "arn:aws:apigateway:eu-west-1:lambda:path/2021-11-15/functions/" + alias + "/response-streaming-invocations",
			}
			f.set(m{"get": debug}, "get-export-prod.json", "paths", "/debug")
		}, 1, "route-without-rule"},
		{"an inherited scheme on the public method", func(f folder) {
			delete(operation(f, "/hello", "get"), "security")
			f.set(l{m{"cognito": l{}}}, "get-export-prod.json", "security")
		}, 1, "token-for-public"},
		{"scopes are gone: it takes ID tokens only", func(f folder) { operation(f, "/notes", "get")["security"] = l{m{"cognito": l{}}} }, 1, "wrong-scopes"},
		{"a cache for all", cached("*/*"), 1, "shared-cache"},
		{"a cache for one method", cached("~1notes~1{id}/GET"), 1, "shared-cache"},
		{"a cache for the public method", cached("~1hello/GET"), 0, ""},
		{"a cache with the caller in its key", func(f folder) {
			cached("~1notes/GET")(f)
			operation(f, "/notes", "get")["x-amazon-apigateway-integration"].(m)["cacheKeyParameters"] = l{"method.request.header.Authorization"}
		}, 0, ""},
		{"private, for everybody", func(f folder) { f.set(l{"PRIVATE"}, "get-rest-api.json", "endpointConfiguration", "types") }, 1, "private-without-policy"},
		{"private", func(f folder) {
			f.set(l{"PRIVATE"}, "get-rest-api.json", "endpointConfiguration", "types")
			f.set(`{"Statement":[]}`, "get-rest-api.json", "policy")
		}, 0, ""},
		{"no log", func(f folder) { delete(stage(f), "accessLogSettings") }, 1, "no-access-log"},
		{"another pool", func(f folder) {
			f.set(l{"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_XyZ"}, "get-export-prod.json", "components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer", "providerARNs")
		}, 1, "unknown-issuer"},
		{"another pool beside ours", func(f folder) {
			f.set(l{"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI", "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_XyZ"},
				"get-export-prod.json", "components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer", "providerARNs")
		}, 1, "unknown-issuer"},
		{"a domain beside the default endpoint", func(f folder) {
			f["get-base-path-mappings.json"] = m{"items": l{m{"basePath": "(none)", "restApiId": "a1b2c3d4e5", "stage": "prod"}}}
		}, 1, "default-endpoint"},
		{"two schemes on a method", func(f folder) { operation(f, "/notes", "get")["security"] = l{m{"cognito": l{}}, m{"other": l{}}} }, 4, "several security schemes"},
		{"an authorization that contradicts the scheme", func(f folder) {
			operation(f, "/notes", "get")["x-amazon-apigateway-auth"] = m{"type": "none"}
		}, 4, "beside a security scheme"},
		{"an export without extensions", func(f folder) { delete(operation(f, "/notes", "get"), "x-amazon-apigateway-integration") }, 4, "export with extensions"},
		{"an export of another version", func(f folder) { f.set("2.0", "get-export-prod.json", "openapi") }, 4, "is not an OpenAPI 3.0 document"},
		{"a canary is another deployment", func(f folder) { stage(f)["canarySettings"] = m{"percentTraffic": 10, "deploymentId": "d2"} }, 5, "canary of stage prod"},
		{"resources are not what is deployed", func(f folder) {
			f["get-resources.json"] = m{"items": l{}}
			delete(f, "get-export-prod.json")
		}, 5, "get-export of stage prod"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := right.clone()
			tt.breaks(f)
			if c := check(t, mux, opts, f, rightEnvironment()); c.code != tt.code || !strings.Contains(c.text, tt.want) {
				t.Errorf("exit %d, want %d and %q\n%s", c.code, tt.code, tt.want, c.text)
			}
		})
	}
}

// The OPTIONS methods that a REST API answers by itself are neither foreign nor wrong.
func TestDeployedMocks(t *testing.T) {
	mux, _, right := deployedREST(t)
	opts := &apigateway.Options{Kind: apigateway.RESTAPI, CORS: &cors.Config{AllowOrigins: page, Owner: cors.OwnerGatewayPreflight}}
	f := right.clone()
	export := exportOf(t, planOf(t, mux, opts), "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod", nil)
	at(export, "components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer").(m)["providerARNs"] = l{"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI"}
	f["get-export-prod.json"] = export
	if c := check(t, mux, opts, f, rightEnvironment()); c.code != 0 || strings.Contains(c.text, "mock") {
		t.Errorf("exit %d: %s", c.code, c.text)
	}
}

// harmless are members that may go without a word: they say nothing about who gets
// in. Everything else that is dropped or cut off is noticed.
var harmless = []string{
	"Name", "name", "RouteId", "ApiKeyRequired", "RouteSelectionExpression", "Format", "RevisionId", "Id", "Version", "Sid",
	"IntegrationMethod", "ConnectionType", "TimeoutInMillis", "DisableExecuteApiEndpoint", "disableExecuteApiEndpoint",
	"IdentitySource", "identitySource", "PayloadFormatVersion", "payloadFormatVersion", "title", "version", "info",
	"httpMethod", "passthroughBehavior", "parameters", "responses", "default", "description", "flows", "in", "required", "schema",
	"x-amazon-apigateway-authtype", "methodSettings", "cacheClusterEnabled", "variables", "basePath",
}

// needless reports whether a part says what another says too, or what holds in its
// absence.
func needless(kind, path string) bool {
	for _, part := range []string{"/parameters", "/IdentitySource/", "/securitySchemes/jwt/type", "/securitySchemes/cognito/type", "/hello/get/security", "/hello/head/security"} {
		if strings.Contains(path, part) {
			return true // of an open operation security is left out
		}
	}
	switch kind {
	case "exported": // the stage's export counts
		return strings.HasPrefix(path, "get-routes.json/Items") || strings.HasPrefix(path, "get-authorizer-cognito.json") || strings.HasPrefix(path, "get-integrations.json/Items") ||
			strings.HasSuffix(path, "/AutoDeploy") || strings.HasSuffix(path, "/LastDeploymentStatusMessage") || path == "get-integrations.json without the alias"
	case "REST":
		return strings.HasPrefix(path, "get-authorizers.json")
	}
	return false
}

// Whatever is dropped or cut off of a right deployment's files, the check does not
// say that all is well.
func TestMutations(t *testing.T) {
	mux, right := deployedNotes(t)
	restMux, restOptions, rest := deployedREST(t)
	plan := planOf(t, mux, nil)
	tests := []struct {
		name  string
		mux   *authz.Mux
		opts  *apigateway.Options
		right folder
	}{
		{"deployed by itself", mux, nil, right},
		{"exported", mux, nil, exportedFolder(t, plan)},
		{"REST", restMux, restOptions, rest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := tt.right.clone()
			if c := check(t, tt.mux, tt.opts, base, rightEnvironment()); c.code != 0 {
				t.Fatalf("exit %d: %s", c.code, c.text)
			}
			count := 0
			for i, mutant := range mutants(t, base, tt.name) {
				if !full() && i%7 != 0 {
					continue
				}
				count++
				if c := check(t, tt.mux, tt.opts, mutant.folder, rightEnvironment()); c.code == 0 {
					t.Errorf("%s: exit 0", mutant.what)
				}
			}
			t.Logf("%d mutants, none passed", count)
		})
	}
}

type mutant struct {
	what   string
	folder folder
}

func mutants(t *testing.T, right folder, kind string) []mutant {
	var all []mutant
	add := func(what string, change func(folder)) {
		f := right.clone()
		change(f)
		all = append(all, mutant{what, f})
	}
	for _, name := range slices.Sorted(maps.Keys(right)) {
		data := string(mustJSON(t, right[name]))
		for cut := 0; cut < len(data); cut += max(1, len(data)/many(8, 40)) {
			add(fmt.Sprintf("%s cut off at %d of %d bytes", name, cut, len(data)), func(f folder) { f[name] = data[:cut] })
		}
		if !needless(kind, name) {
			add(name+" is gone", func(f folder) { delete(f, name) })
		}
		if strings.Contains(data, ":live") && !needless(kind, name+" without the alias") {
			add(name+" without the alias", func(f folder) { f[name] = strings.ReplaceAll(data, ":live", "") })
		}
		add(name+" with another page", func(f folder) { f.set("t", name, "NextToken") })
		walk(name, right[name], func(path []any, at string, last string) {
			if slices.Contains(harmless, last) || needless(kind, at) {
				return
			}
			add(at+" is gone", func(f folder) { f.drop(path) })
		})
	}
	var policy m
	if err := json.Unmarshal([]byte(right.in("get-policy-live.json", "Policy").(string)), &policy); err != nil {
		t.Fatal(err)
	}
	walk("", policy, func(path []any, at, last string) {
		if slices.Contains(harmless, last) {
			return
		}
		add("policy"+at+" is gone", func(f folder) {
			p := folder{"policy": policy}.clone()
			p.drop(append([]any{"policy"}, path...))
			f.set(string(mustJSON(t, p["policy"])), "get-policy-live.json", "Policy")
		})
	})
	return all
}

// walk visits every member and element.
func walk(file string, v any, visit func(path []any, at, last string)) {
	var step func(path []any, at string, v any)
	step = func(path []any, at string, v any) {
		switch v := v.(type) {
		case m:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				p := append(slices.Clip(path), name)
				visit(p, at+"/"+name, name)
				step(p, at+"/"+name, v[name])
			}
		case l:
			for i := range v {
				p := append(slices.Clip(path), i)
				visit(p, fmt.Sprintf("%s/%d", at, i), "")
				step(p, fmt.Sprintf("%s/%d", at, i), v[i])
			}
		}
	}
	var start []any
	if file != "" {
		start = []any{file}
	}
	step(start, file, v)
}

// drop removes a member or an element.
func (f folder) drop(path []any) {
	last := len(path) - 1
	switch p := path[last].(type) {
	case string:
		delete(f.in(path[:last]...).(m), p)
	case int:
		list := f.in(path[:last]...).(l)
		f.put(path[:last], slices.Delete(slices.Clone(list), p, p+1))
	}
}

func (f folder) put(path []any, value any) {
	last := len(path) - 1
	switch p := path[last].(type) {
	case string:
		f.set(value, path...)
	case int:
		f.in(path[:last]...).(l)[p] = value
	}
}
