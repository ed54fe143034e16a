package apigateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// The right deployment of the notes policy.
const (
	poolIssuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	function   = "arn:aws:lambda:eu-west-1:123456789012:function:notes"
	alias      = function + ":live"
	sourceARN  = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
)

// m and l are JSON objects and lists.
type (
	m = map[string]any
	l = []any
)

// folder is the input of a check: what each file holds.
type folder map[string]any

// rightEnvironment is the content of the file that -env names.
func rightEnvironment() m {
	return m{
		"issuers":   m{"cognito": m{"issuer": poolIssuer, "audiences": l{"web", "machine"}}},
		"apis":      l{"a1b2c3d4e5"},
		"accounts":  l{"123456789012"},
		"functions": l{alias},
	}
}

// rightFolder is what the AWS CLI prints of an HTTP API with the planned routes.
func rightFolder(plan *apigateway.Plan) folder {
	routes := l{}
	for i, r := range plan.Routes {
		routes = append(routes, httpRoute(i, r, "cognito1", "function1"))
	}
	return folder{
		"get-api.json": m{
			"ApiId": "a1b2c3d4e5", "Name": "notes", "ProtocolType": "HTTP", "DisableExecuteApiEndpoint": false,
			"ApiEndpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "RouteSelectionExpression": "$request.method $request.path",
		},
		"get-routes.json": m{"Items": routes},
		"get-integrations.json": m{"Items": l{m{
			"IntegrationId": "function1", "IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "ConnectionType": "INTERNET", "TimeoutInMillis": 30000,
			"IntegrationUri": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/" + alias + "/invocations", "PayloadFormatVersion": "2.0",
		}}},
		"get-authorizer-cognito.json": m{
			"AuthorizerId": "cognito1", "AuthorizerType": "JWT", "Name": "cognito", "IdentitySource": l{"$request.header.Authorization"},
			"JwtConfiguration": m{"Issuer": poolIssuer, "Audience": l{"web", "machine"}},
		},
		"get-stages.json": m{"Items": l{m{
			"StageName": "$default", "AutoDeploy": true, "LastDeploymentStatusMessage": "Successfully deployed stage with deployment ID 'x1y2z3'",
			"AccessLogSettings": m{"DestinationArn": "arn:aws:logs:eu-west-1:123456789012:log-group:notes-access", "Format": "$context.requestId"},
		}}},
		"get-policy-live.json":           policyOf(allow("gateway", alias, sourceARN+"/*/*")),
		"list-function-url-configs.json": m{"FunctionUrlConfigs": l{}},
	}
}

func httpRoute(i int, r apigateway.Route, authorizer, target string) m {
	route := m{"RouteId": fmt.Sprintf("r%d", i), "RouteKey": r.Key, "AuthorizationType": string(r.Auth), "Target": "integrations/" + target, "ApiKeyRequired": false}
	if r.Auth == apigateway.JWT {
		route["AuthorizerId"] = authorizer
	}
	if len(r.Scopes) > 0 {
		scopes := l{}
		for _, s := range r.Scopes {
			scopes = append(scopes, s)
		}
		route["AuthorizationScopes"] = scopes
	}
	return route
}

// allow is the statement of a gateway's permission.
func allow(sid, resource, source string) m {
	return m{
		"Sid": sid, "Effect": "Allow", "Principal": m{"Service": "apigateway.amazonaws.com"}, "Action": "lambda:InvokeFunction",
		"Resource": resource, "Condition": m{"ArnLike": m{"AWS:SourceArn": source}},
	}
}

// policyOf is what get-policy prints: the policy is a text.
func policyOf(statements ...any) m {
	data, err := json.Marshal(m{"Version": "2012-10-17", "Id": "default", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return m{"Policy": string(data), "RevisionId": "a1b2"}
}

// clone copies a folder, so that a test may break the copy.
func (f folder) clone() folder {
	data, err := json.Marshal(f)
	if err != nil {
		panic(err)
	}
	var copied folder
	if err := json.Unmarshal(data, &copied); err != nil {
		panic(err)
	}
	return copied
}

// write writes the files; values that are texts are files as they stand.
func (f folder) write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, v := range f {
		data, ok := v.(string)
		if !ok {
			encoded, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			data = string(encoded)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// in is a value within the folder, at a path of members and indexes.
func (f folder) in(path ...any) any {
	var v any = map[string]any(f)
	for _, p := range path {
		switch p := p.(type) {
		case string:
			v = v.(m)[p]
		case int:
			v = v.(l)[p]
		}
	}
	return v
}

// set replaces a member of an object within the folder.
func (f folder) set(value any, path ...any) {
	last := len(path) - 1
	if last == 0 {
		f[path[0].(string)] = value
		return
	}
	f.in(path[:last]...).(m)[path[last].(string)] = value
}

// route is the route of a key.
func (f folder) route(key string) m {
	for _, r := range f.in("get-routes.json", "Items").(l) {
		if r.(m)["RouteKey"] == key {
			return r.(m)
		}
	}
	panic("no route " + key)
}

// checked is the outcome of one -check.
type checked struct {
	code      int
	names     []string // of findings, each once, sorted
	unchecked []string
	text      string
}

// check runs -check over a folder.
func check(t testing.TB, r apigateway.Router, opts *apigateway.Options, f folder, env m, args ...string) checked {
	t.Helper()
	data, err := json.Marshal(env)
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"-check", f.write(t), "-env", write(t, "env.json", data), "-json"}, args...)
	var out, errs strings.Builder
	c := checked{code: apigateway.Run(args, &out, &errs, r, opts)}
	c.text = out.String() + errs.String()
	var report apigateway.Report
	if out.Len() == 0 {
		return c
	}
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	names := map[string]bool{}
	for _, finding := range report.Findings {
		names[finding.Name] = true
	}
	c.names, c.unchecked = slices.Sorted(maps.Keys(names)), report.Unchecked
	return c
}
