package apigateway_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
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

// everything is a policy with each kind of route that an API of the kind can have.
func everything(t testing.TB, kind apigateway.Kind) *apigateway.Plan {
	t.Helper()
	source, token := claims.Cognito, claims.Cognito
	if kind == apigateway.HTTPAPI {
		source, token = claims.JWT, claims.JWT
	}
	identifier := claims.MustNew(claims.Config{
		Sources:  []claims.Source{source, claims.SigV4, claims.LambdaAuthorizer},
		Issuers:  []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"},
		Accounts: []string{"123456789012"},
	})
	byToken := func(r authz.Requirement) authz.Requirement { return authz.All(authz.Source(token), r) }
	mux := muxOf(&authz.Guard{Identifier: identifier}, rules{
		"GET /notes/{id}", byToken(authz.Scope("notes-api/read")),
		"POST /notes", byToken(authz.AnyScope("notes-api/write", "a${b}")),
		"/files/{rest...}", byToken(authz.Scope("files")),
		"POST /hello", anybody,
		"POST /service", authz.Source(claims.SigV4),
		"POST /custom", authz.Source(claims.LambdaAuthorizer),
	})
	opts := &apigateway.Options{Kind: kind, Title: "notes ${x}", CORS: &cors.Config{AllowOrigins: page}}
	if kind == apigateway.HTTPAPI {
		opts.CORS = &cors.Config{AllowOrigins: page, AllowHeaders: []string{"authorization"}, AllowMethods: []string{"GET"}, MaxAge: 600, Owner: cors.OwnerGateway}
	}
	plan := planOf(t, mux, opts)
	if err := plan.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}

// environment completes the placeholders.
var environment = &apigateway.Environment{
	Issuers:   map[string]apigateway.Issuer{"cognito": {Issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", Audiences: []string{"web", "machine"}}},
	Functions: []string{"arn:aws:lambda:eu-west-1:123456789012:function:notes:live"},
}

func decode(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v: %.300s", err, data)
	}
	return v
}

// at is the member of a document at a path of names; text with slashes is one name.
func at(v any, names ...string) any {
	for _, n := range names {
		m, _ := v.(map[string]any)
		v = m[n]
	}
	return v
}

func TestOpenAPI(t *testing.T) {
	plan := everything(t, apigateway.HTTPAPI)
	doc := decode(t, plan.OpenAPI(environment))
	tests := []struct {
		name string
		path []string
		want any
	}{
		{"a scope", []string{"paths", "/notes/{id}", "get", "security"}, []any{map[string]any{"jwt": []any{"notes-api/read"}}}},
		{"two scopes", []string{"paths", "/notes", "post", "security"}, []any{map[string]any{"jwt": []any{"a${b}", "notes-api/write"}}}},
		{"open", []string{"paths", "/hello", "post", "security"}, []any{}},
		{"any token", []string{"paths", "/{proxy+}", "get", "security"}, []any{map[string]any{"jwt": []any{}}}},
		{"an AWS signature", []string{"paths", "/service", "post", "security"}, []any{map[string]any{"sigv4": []any{}}}},
		{"a Lambda authorizer", []string{"paths", "/custom", "post", "security"}, []any{map[string]any{"lambda": []any{}}}},
		{"no preflight reaches a route", []string{"paths", "/{proxy+}", "options"}, nil},
		{"the gateway answers it", []string{"x-amazon-apigateway-cors"}, map[string]any{
			"allowOrigins": []any{"https://app.example"}, "allowHeaders": []any{"authorization"}, "allowMethods": []any{"GET"}, "allowCredentials": false, "maxAge": 600.0,
		}},
		{"the issuer", []string{"components", "securitySchemes", "jwt", "x-amazon-apigateway-authorizer"}, map[string]any{
			"type": "jwt", "identitySource": "$request.header.Authorization",
			"jwtConfiguration": map[string]any{"issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI", "audience": []any{"web", "machine"}},
		}},
		{"nothing is cached for another operation", []string{"components", "securitySchemes", "lambda", "x-amazon-apigateway-authorizer", "authorizerResultTtlInSeconds"}, 0.0},
		{"the function", []string{"paths", "/hello", "post", "x-amazon-apigateway-integration"}, map[string]any{
			"type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0",
			"uri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:notes:live/invocations",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, at(doc, tt.path...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRESTOpenAPI(t *testing.T) {
	doc := decode(t, everything(t, apigateway.RESTAPI).OpenAPI(nil))
	tests := []struct {
		name string
		path []string
		want any
	}{
		{"a scope", []string{"paths", "/notes/{id}", "get", "security"}, []any{map[string]any{"cognito": []any{"notes-api/read"}}}},
		{"preflights are open", []string{"paths", "/{proxy+}", "options", "security"}, []any{}},
		{"the pool", []string{"components", "securitySchemes", "cognito", "x-amazon-apigateway-authorizer", "type"}, "cognito_user_pools"},
		{"its kind", []string{"components", "securitySchemes", "cognito", "x-amazon-apigateway-authtype"}, "cognito_user_pools"},
		{"one format for all events", []string{"paths", "/hello", "post", "x-amazon-apigateway-integration", "payloadFormatVersion"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, at(doc, tt.path...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A REST API's mock integrations answer preflights, one origin in all.
func TestMockedPreflights(t *testing.T) {
	identifier := claims.MustNew(claims.Config{Issuers: []string{poolIssuer}})
	mux := muxOf(&authz.Guard{Identifier: identifier}, rules{"POST /notes", a})
	settings := &cors.Config{AllowOrigins: page, AllowHeaders: []string{"authorization"}, AllowMethods: []string{"POST"}, MaxAge: 60, AllowCredentials: true, Owner: cors.OwnerGatewayPreflight}
	plan := planOf(t, mux, &apigateway.Options{Kind: apigateway.RESTAPI, CORS: settings})
	doc := decode(t, plan.OpenAPI(environment))
	want := map[string]any{
		"method.response.header.Access-Control-Allow-Origin":      "'https://app.example'",
		"method.response.header.Access-Control-Allow-Methods":     "'POST'",
		"method.response.header.Access-Control-Allow-Headers":     "'authorization'",
		"method.response.header.Access-Control-Max-Age":           "'60'",
		"method.response.header.Access-Control-Allow-Credentials": "'true'",
	}
	got := at(doc, "paths", "/notes", "options", "x-amazon-apigateway-integration", "responses", "default", "responseParameters")
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(any([]any{}), at(doc, "paths", "/{proxy+}", "options", "security")); diff != "" {
		t.Errorf("security: -want +got:\n%s", diff)
	}
	settings.AllowOrigins = []string{"https://a.example", "https://b.example"}
	plan = planOf(t, mux, &apigateway.Options{Kind: apigateway.RESTAPI, CORS: settings})
	if !strings.Contains(plan.String(), "note: each path needs an OPTIONS method with a mock integration") {
		t.Errorf("two origins: %v", plan)
	}
}

// What the policy says is never taken for a reference to the template.
func TestCloudFormationEscapes(t *testing.T) {
	doc := decode(t, everything(t, apigateway.HTTPAPI).CloudFormationOpenAPI())
	want := []any{map[string]any{"jwt": []any{map[string]any{"Fn::Sub": "a${!b}"}, "notes-api/write"}}}
	if diff := cmp.Diff(want, at(doc, "paths", "/notes", "post", "security")); diff != "" {
		t.Errorf("scopes: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(any(map[string]any{"Fn::Sub": "notes ${!x}"}), at(doc, "info", "title")); diff != "" {
		t.Errorf("title: -want +got:\n%s", diff)
	}
	uri := at(doc, "paths", "/hello", "post", "x-amazon-apigateway-integration", "uri", "Fn::Sub")
	if uri != "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${FunctionName}/invocations" {
		t.Errorf("uri %v", uri)
	}
}

// needsTools skips a test of other people's tools in the short run.
func needsTools(t *testing.T) {
	t.Helper()
	if !full() {
		t.Skip("uses tools that take seconds to start: set GATEHOUSE_FULL=1")
	}
}

// python runs a Python module, or skips with the name of what is not installed.
func python(t *testing.T, module, stdin string, args ...string) string {
	t.Helper()
	needsTools(t)
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed")
	}
	if err := exec.Command("python3", "-c", "import "+module).Run(); err != nil {
		t.Skipf("the Python package %s is not installed", module)
	}
	cmd := exec.CommandContext(t.Context(), "python3", args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Errorf("python3 %v: %v\n%s%s", args, err, &out, &errs)
	}
	return out.String()
}

func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The plain document is valid OpenAPI. On a REST API a greedy parameter is declared
// as AWS does it, without the plus of its path; only that is made equal here.
func TestPlainDocumentIsValid(t *testing.T) {
	const module = "openapi_spec_validator"
	python(t, module, "", "-m", module, write(t, "openapi.json", everything(t, apigateway.HTTPAPI).OpenAPI(environment)))
	rest := bytes.ReplaceAll(everything(t, apigateway.RESTAPI).OpenAPI(environment), []byte("{proxy+}"), []byte("{proxy}"))
	python(t, module, "", "-m", module, write(t, "rest.json", rest))
	identifier := claims.MustNew(claims.Config{Issuers: []string{poolIssuer}})
	mocked := planOf(t, muxOf(&authz.Guard{Identifier: identifier}, rules{"POST /notes", a}), &apigateway.Options{
		Kind: apigateway.RESTAPI, CORS: &cors.Config{AllowOrigins: page, Owner: cors.OwnerGatewayPreflight},
	}).OpenAPI(environment)
	python(t, module, "", "-m", module, write(t, "mocked.json", bytes.ReplaceAll(mocked, []byte("{proxy+}"), []byte("{proxy}"))))
}

// template is a SAM template that holds the other document.
func template(t testing.TB, kind apigateway.Kind) []byte {
	t.Helper()
	text := func(value string) map[string]any { return map[string]any{"Type": "String", "Default": value} }
	api := map[string]any{"Type": "AWS::Serverless::HttpApi", "Properties": map[string]any{
		"FailOnWarnings": true,
		"DefinitionBody": decode(t, everything(t, kind).CloudFormationOpenAPI()),
	}}
	resources := map[string]any{"API": api}
	if kind == apigateway.RESTAPI {
		api["Type"] = "AWS::Serverless::Api"
		api["Properties"].(map[string]any)["StageName"] = "prod"
		api["Properties"].(map[string]any)["EndpointConfiguration"] = map[string]any{"Type": "REGIONAL"}
		resources["UserPool"] = map[string]any{"Type": "AWS::Cognito::UserPool"}
	}
	data, err := json.Marshal(map[string]any{
		"AWSTemplateFormatVersion": "2010-09-09",
		"Transform":                "AWS::Serverless-2016-10-31",
		"Parameters": map[string]any{
			"FunctionName": text("notes"), "LambdaAuthorizerName": text("authorizer"),
			"Issuer": text("https://issuer.example"), "Audience": text("web"),
		},
		"Resources": resources,
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The SAM transform keeps what each operation asks for: it was seen to drop scopes
// (aws/serverless-application-model#1752, #3979).
func TestSAMTransformKeepsSecurity(t *testing.T) {
	for kind, resource := range map[apigateway.Kind]string{apigateway.HTTPAPI: "API", apigateway.RESTAPI: "API"} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Setenv("AWS_DEFAULT_REGION", "eu-west-1")
			out := python(t, "samtranslator", string(template(t, kind)), "testdata/transform.py")
			body := at(decode(t, []byte(out)), "Resources", resource, "Properties", "Body", "paths")
			source := at(decode(t, everything(t, kind).CloudFormationOpenAPI()), "paths")
			paths := source.(map[string]any)
			for _, path := range slices.Sorted(maps.Keys(paths)) {
				for method := range paths[path].(map[string]any) {
					want, got := at(source, path, method, "security"), at(body, path, method, "security")
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%s %s: -want +got:\n%s", method, path, diff)
					}
				}
			}
		})
	}
}

func TestCfnLint(t *testing.T) {
	needsTools(t)
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed")
	}
	for _, kind := range []apigateway.Kind{apigateway.HTTPAPI, apigateway.RESTAPI} {
		path := write(t, "template.json", template(t, kind))
		if out, err := exec.CommandContext(t.Context(), lint, path).CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", kind, err, out)
		}
	}
}
