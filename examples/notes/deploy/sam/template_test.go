// Package sam_test holds template.yaml against the policy, as far as that can be
// done without AWS.
package sam_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "put openapi.cfn.json into template.yaml")

// marker begins the definition in the template, which goes on as long as lines
// are indented further.
const marker = "      DefinitionBody:"

// title is the API's name, which must be the stack's: SAM takes none beside an
// inline definition.
var title = regexp.MustCompile(`"title":\s*"notes"`)

// definition is openapi.cfn.json as YAML, of which JSON is a part.
func definition(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("../openapi.cfn.json")
	if err != nil {
		t.Fatal(err)
	}
	content = title.ReplaceAll(content, []byte(`"title":{"Fn::Sub":"$${AWS::StackName}"}`))
	var b bytes.Buffer
	if err := json.Indent(&b, content, "        ", " "); err != nil {
		t.Fatal(err)
	}
	return marker + "\n        " + strings.TrimSpace(b.String()) + "\n"
}

// split returns the template before, in and after its definition.
func split(t *testing.T) (before, body, after string) {
	t.Helper()
	content, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), marker)
	if !ok {
		t.Fatal("template.yaml has no DefinitionBody")
	}
	lines := strings.SplitAfter(rest, "\n")
	n := 1
	for n < len(lines) && strings.HasPrefix(lines[n], "        ") {
		n++
	}
	return before, marker + strings.Join(lines[:n], ""), strings.Join(lines[n:], "")
}

// The API's definition is the one that was made from the policy.
func TestDefinition(t *testing.T) {
	before, body, after := split(t)
	want := definition(t)
	if *update {
		if err := os.WriteFile("template.yaml", []byte(before+want+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("template.yaml is not up to date: go test ./examples/notes/deploy/sam -update (-want +got)\n%s", diff)
	}
}

// stacks are what the template is transformed for.
var stacks = []string{"notes-dev", "notes-prod"}

// transform is what CloudFormation makes of the template for each stack.
func transform(t *testing.T) map[string]any {
	t.Helper()
	needs(t)
	if err := exec.Command("python3", "-c", "import samtranslator, cfnlint").Run(); err != nil {
		t.Skip("skipped: the SAM transform (Python packages aws-sam-translator and cfn-lint) is not installed")
	}
	cmd := exec.Command("python3", append([]string{"testdata/transform.py", "template.yaml"}, stacks...)...)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	cmd.Env = append(os.Environ(), "AWS_DEFAULT_REGION=eu-central-1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &problems)
	}
	var made map[string]any
	if err := json.Unmarshal(out, &made); err != nil {
		t.Fatal(err)
	}
	return made
}

// needs skips what takes Python half a minute: .ci/run templates runs it.
func needs(t *testing.T) {
	t.Helper()
	if os.Getenv("GATEHOUSE_TEMPLATES") == "" {
		t.Skip("skipped: GATEHOUSE_TEMPLATES is not set, as .ci/run templates does")
	}
}

// at walks down objects.
func at(t *testing.T, v any, path ...string) any {
	t.Helper()
	for _, name := range path {
		object, ok := v.(map[string]any)
		if !ok {
			t.Fatalf("%v: no object at %s", path, name)
		}
		v = object[name]
	}
	return v
}

// What reaches CloudFormation asks for the scopes of the policy: SAM has lost
// them before without a word.
func TestTransform(t *testing.T) {
	made := transform(t)
	for _, stack := range stacks {
		t.Run(stack, func(t *testing.T) {
			keepsSecurity(t, made[stack])
			takesNames(t, made[stack])
			answersPreflights(t, made[stack])
		})
	}
}

func keepsSecurity(t *testing.T, made any) {
	var plan struct {
		Routes []struct {
			Key, Auth string
			Scopes    []string
		}
	}
	content, err := os.ReadFile("../routes.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &plan); err != nil {
		t.Fatal(err)
	}
	body := at(t, made, "Resources", "Api", "Properties", "Body")
	for _, route := range plan.Routes {
		method, path, _ := strings.Cut(route.Key, " ")
		if method == "ANY" {
			method = "x-amazon-apigateway-any-method"
		}
		operation := at(t, body, "paths", path, strings.ToLower(method))
		var want any
		if route.Auth == "JWT" {
			scopes := []any{}
			for _, s := range route.Scopes {
				scopes = append(scopes, s)
			}
			want = []any{map[string]any{"jwt": scopes}}
		}
		if diff := cmp.Diff(want, security(operation)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", route.Key, diff)
		}
	}
}

// The gateway owns CORS, as in the routes, which take no OPTIONS; without pages of other
// origins it has no settings.
func answersPreflights(t *testing.T, made any) {
	settings, _ := at(t, made, "Resources", "Api", "Properties", "Body", "x-amazon-apigateway-cors").(map[string]any)
	choice, _ := settings["Fn::If"].([]any)
	if len(choice) != 3 || choice[0] != "HasPages" || !cmp.Equal(choice[2], map[string]any{"Ref": "AWS::NoValue"}) {
		t.Fatalf("CORS settings %v", settings)
	}
	for member, want := range map[string]any{
		"allowMethods": []any{"GET", "POST"}, "allowHeaders": []any{"authorization", "content-type", "idempotency-key"}, "maxAge": 600.0,
	} {
		if diff := cmp.Diff(want, at(t, choice[1], member)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", member, diff)
		}
	}
	if origins, _ := at(t, choice[1], "allowOrigins").(map[string]any); origins["Fn::Split"] == nil {
		t.Errorf("origins %v are no list", origins)
	}
}

// security is nil for an open operation, however that is spelled.
func security(operation any) any {
	s, _ := operation.(map[string]any)["security"].([]any)
	if len(s) == 0 {
		return nil
	}
	return s
}

// Every name of the stack's that must be unique in an account holds the stack's.
func takesNames(t *testing.T, made any) {
	for resource, member := range map[string]string{
		"Notes": "FunctionName", "Pool": "UserPoolName", "PoolDomain": "Domain", "Log": "LogGroupName", "AccessLog": "LogGroupName",
		"Dashboard": "DashboardName", "RefusalsQuery": "Name", "LatenciesQuery": "Name", "ColdStartsQuery": "Name", "OneRequestQuery": "Name",
	} {
		name, _ := json.Marshal(at(t, made, "Resources", resource, "Properties", member))
		if !strings.Contains(string(name), "AWS::StackName") && !strings.Contains(string(name), stacks[0][:6]) {
			t.Errorf("%s.%s is %s: two stacks would collide", resource, member, name)
		}
	}
	for _, resource := range []string{"Table", "Role"} {
		properties := at(t, made, "Resources", resource, "Properties").(map[string]any)
		for _, member := range []string{"TableName", "RoleName"} {
			if name, ok := properties[member]; ok {
				t.Errorf("%s.%s is fixed to %v", resource, member, name)
			}
		}
	}
}

func TestLint(t *testing.T) {
	needs(t)
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("skipped: cfn-lint is not installed")
	}
	if out, err := exec.Command(lint, "template.yaml").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
