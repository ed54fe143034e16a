package terraform_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestApplyREST makes the environment behind a REST API and holds the scopes of its
// methods against the plan. moto cannot answer everything: it loses what a private
// API's policy escapes, which is therefore planned and not applied, and its export
// has no security, which is therefore written by hand.
func TestApplyREST(t *testing.T) {
	t.Parallel()
	env, dir := stand(t)
	in := filepath.Join(dir, "rest")
	run(t, env, in, "terraform", "init", "-input=false", "-plugin-dir="+plugins())
	run(t, env, in, "terraform", "validate")
	var acl struct{ Summary struct{ ARN string } }
	decode(t, run(t, env, ".", "aws", "wafv2", "create-web-acl", "--name", "notes", "--scope", "REGIONAL", "--default-action", "Allow={}",
		"--visibility-config", "SampledRequestsEnabled=false,CloudWatchMetricsEnabled=false,MetricName=notes", "--output", "json"), &acl)
	zip := "zip=" + filepath.Join(dir, "..", "bootstrap.zip")
	run(t, env, in, "terraform", "apply", "-input=false", "-auto-approve", "-no-color", "-var", zip,
		"-var", `rest={origin="https://app.example",api_keys=["partner"],web_acl="`+acl.Summary.ARN+`"}`)
	t.Logf("%d resources", strings.Count(string(run(t, env, in, "terraform", "state", "list")), "\n"))

	d := outputs(t, env, in)
	t.Run("methods ask for the scopes of the plan", func(t *testing.T) { methods(t, env, d) })
	t.Run("refusals can be read by the page", func(t *testing.T) { readable(t, env, d) })
	t.Run("-check", func(t *testing.T) { checkREST(t, env, d) })
	t.Run("a private API, deployed anew", func(t *testing.T) {
		plan := string(run(t, env, in, "terraform", "plan", "-input=false", "-no-color", "-var", zip,
			"-var", `rest={origin="https://other.example",api_keys=["partner"],vpc_endpoints=["vpce-0123456789abcdef0"]}`))
		for _, want := range []string{
			"aws_api_gateway_deployment.this must be replaced", `"PRIVATE"`, `"aws:SourceVpce" = [`, "vpce-0123456789abcdef0",
			"aws_wafv2_web_acl_association.this[0] will be destroyed",
		} {
			if !strings.Contains(plan, want) {
				t.Errorf("the plan has no %s", want)
			}
		}
	})
}

func decode(t *testing.T, content []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(content, v); err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
}

func methods(t *testing.T, env []string, d deployed) {
	type asks struct {
		Auth   string
		Scopes []string
	}
	var plan struct {
		Routes []struct {
			Key string
			asks
		}
	}
	content, err := os.ReadFile("../rest/routes.json")
	if err != nil {
		t.Fatal(err)
	}
	decode(t, content, &plan)
	want := map[string]asks{}
	for _, r := range plan.Routes {
		want[r.Key] = r.asks
	}
	var made struct {
		Items []struct {
			Path    string
			Methods map[string]struct {
				Type   string   `json:"authorizationType"`
				Scopes []string `json:"authorizationScopes"`
				Key    bool     `json:"apiKeyRequired"`
			} `json:"resourceMethods"`
		}
	}
	decode(t, run(t, env, ".", "aws", "apigateway", "get-resources", "--rest-api-id", d.APIID, "--embed", "methods", "--output", "json"), &made)
	got := map[string]asks{}
	for _, resource := range made.Items {
		for method, m := range resource.Methods {
			if m.Key != (method != "OPTIONS") {
				t.Errorf("%s %s: API key required: %v", method, resource.Path, m.Key)
			}
			if method != "OPTIONS" {
				slices.Sort(m.Scopes)
				got[method+" "+resource.Path] = asks{m.Type, m.Scopes}
			} else if m.Type != "NONE" {
				t.Errorf("OPTIONS %s asks for %s", resource.Path, m.Type)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("methods (-plan +made)\n%s", diff)
	}
}

func readable(t *testing.T, env []string, d deployed) {
	var made struct {
		Items []struct {
			ResponseType       string
			ResponseParameters map[string]string
		}
	}
	decode(t, run(t, env, ".", "aws", "apigateway", "get-gateway-responses", "--rest-api-id", d.APIID, "--output", "json"), &made)
	origins := map[string]string{}
	for _, r := range made.Items {
		origins[r.ResponseType] = r.ResponseParameters["gatewayresponse.header.Access-Control-Allow-Origin"]
	}
	for _, kind := range []string{"UNAUTHORIZED", "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX"} {
		if got := origins[kind]; got != "'https://app.example'" {
			t.Errorf("%s: allowed origin %s", kind, got)
		}
	}
}

// checkREST has -check judge what moto says, with the export written by hand.
func checkREST(t *testing.T, env []string, d deployed) {
	c := newChecker(t, d, "./rest")
	dir := t.TempDir()
	aws := func(file string, args ...string) {
		write(t, filepath.Join(dir, file), run(t, env, ".", "aws", append(args, "--output", "json")...))
	}
	for _, command := range []string{"get-rest-api", "get-authorizers", "get-stages"} {
		aws(command+".json", "apigateway", command, "--rest-api-id", d.APIID)
	}
	aws("get-policy.json", "lambda", "get-policy", "--function-name", strings.Split(d.Function, ":")[6], "--qualifier", "live")
	exit, says := c.check(t, dir)
	t.Logf("as moto answers: exit %d\n%s", exit, says)
	missing := []string{"get-export of stage live", "list-function-url-configs"}
	if diff := cmp.Diff(missing, unchecked(says)); exit != 5 || diff != "" {
		t.Errorf("exit %d, want 5 for what moto cannot answer (-want +got)\n%s", exit, diff)
	}

	function := d.Function[:strings.LastIndex(d.Function, ":")]
	write(t, filepath.Join(dir, "list-function-url-configs.json"), []byte(`{"Absent":"ResourceNotFoundException","Of":"`+function+`"}`))
	write(t, filepath.Join(dir, "get-export-live.json"), export(t, d))
	if exit, says = c.check(t, dir); exit != 0 {
		t.Fatalf("completed by hand: exit %d, want 0\n%s", exit, says)
	}
	for _, row := range []struct{ name, file, old, new, says string }{
		{"a scope is another", "get-export-live.json", `"notes-api/write"`, `"notes-api/wipe"`, "finding: unknown-scope"},
		{"a method asks for nothing", "get-export-live.json", `"security": [`, `"left": [`, "finding: route-without-rule: DELETE /"},
		{"the pool is another", "get-export-live.json", "userpool/eu-central-1_", "userpool/eu-central-1_X", "finding: wrong-authorizer"},
		{"the permission is for another API", "get-policy.json", ":" + d.APIID + "/", ":otherapi12/", "finding: wide-permission"},
		{"the API is private without a policy", "get-rest-api.json", `"REGIONAL"`, `"PRIVATE"`, "finding: private-without-policy"},
	} {
		t.Run(row.name, func(t *testing.T) {
			broken := t.TempDir()
			if err := os.CopyFS(broken, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(broken, row.file), func(content string) string { return strings.Replace(content, row.old, row.new, 1) })
			exit, says := c.check(t, broken)
			t.Logf("exit %d: %s", exit, firstFinding(says))
			if exit == 0 || !strings.Contains(says, row.says) {
				t.Errorf("exit %d, want %q\n%s", exit, row.says, says)
			}
		})
	}
}

// export is the plan's own document with the names of what was made.
func export(t *testing.T, d deployed) []byte {
	t.Helper()
	content, err := os.ReadFile("../rest/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	arn := strings.Split(d.Function, ":")
	region, account := arn[3], arn[4]
	return []byte(strings.NewReplacer(
		"arn:aws:lambda:REGION:ACCOUNT:function:FUNCTION", d.Function,
		"arn:aws:cognito-idp:REGION:ACCOUNT:userpool/POOL", "arn:aws:cognito-idp:"+region+":"+account+":userpool/"+d.Issuer[strings.LastIndex(d.Issuer, "/")+1:],
		"REGION", region,
		`"openapi": "3.0.1"`, `"openapi": "3.0.1", "servers": [{"url": "https://`+d.APIID+".execute-api."+region+`.amazonaws.com/{basePath}", "variables": {"basePath": {"default": "/live"}}}]`,
	).Replace(string(content)))
}
