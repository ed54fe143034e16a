package terraform_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// deployed is what an environment's output says.
type deployed struct {
	APIID    string `json:"api_id"`
	Function string `json:"function"`
	Issuer   string `json:"issuer"`
	Web      string `json:"web_client_id"`
	Machine  string `json:"machine_client_id"`
}

// checker runs -check on a folder.
type checker struct {
	binary, env, function string
}

func (c checker) check(t *testing.T, folder string) (exit int, says string) {
	t.Helper()
	out, err := exec.Command(c.binary, "-check", folder, "-env", c.env, "-function", c.function).CombinedOutput()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return failed.ExitCode(), string(out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return 0, string(out)
}

func outputs(t *testing.T, env []string, in string) (d deployed) {
	t.Helper()
	if err := json.Unmarshal(run(t, env, in, "terraform", "output", "-json", "notes"), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// newChecker builds the command that is at a path below deploy.
func newChecker(t *testing.T, d deployed, command string) checker {
	t.Helper()
	c := checker{binary: filepath.Join(t.TempDir(), "deploy"), env: filepath.Join(t.TempDir(), "env.json"), function: d.Function}
	run(t, os.Environ(), "..", "go", "build", "-o", c.binary, command)
	facts, _ := json.Marshal(map[string]any{
		"issuers":   map[string]any{"pool": map[string]any{"issuer": d.Issuer, "audiences": []string{d.Web, d.Machine}}},
		"apis":      []string{d.APIID},
		"accounts":  []string{strings.Split(d.Function, ":")[4]},
		"functions": []string{d.Function},
	})
	write(t, c.env, facts)
	return c
}

// checkDeployed reads back what moto says of an environment.
func checkDeployed(t *testing.T, env []string, in string) {
	d := outputs(t, env, in)
	c := newChecker(t, d, ".")
	read := readBack(t, env, d)
	exit, says := c.check(t, read)
	t.Logf("as moto answers: exit %d\n%s", exit, says)
	missing := []string{"deployment of stage $default", "list-function-url-configs"}
	if diff := cmp.Diff(missing, unchecked(says)); exit != 5 || diff != "" {
		t.Errorf("exit %d, want 5 for what moto cannot answer (-want +got)\n%s", exit, diff)
	}
	complete(t, read, d)
	exit, says = c.check(t, read)
	if exit != 0 {
		t.Fatalf("completed by hand: exit %d, want 0\n%s", exit, says)
	}
	breakOnce(t, c, read)
}

// unchecked is what -check names as missing.
func unchecked(says string) (names []string) {
	for line := range strings.Lines(says) {
		if name, ok := strings.CutPrefix(line, "unchecked: "); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// readBack is what the AWS CLI prints of the environment.
func readBack(t *testing.T, env []string, d deployed) string {
	t.Helper()
	dir := t.TempDir()
	aws := func(file string, args ...string) []byte {
		out := run(t, env, ".", "aws", append(args, "--output", "json")...)
		write(t, filepath.Join(dir, file), out)
		return out
	}
	for _, command := range []string{"get-api", "get-routes", "get-integrations", "get-stages"} {
		aws(command+".json", "apigatewayv2", command, "--api-id", d.APIID)
	}
	var routes struct {
		Items []struct {
			AuthorizerID string `json:"AuthorizerId"`
		}
	}
	content, err := os.ReadFile(filepath.Join(dir, "get-routes.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &routes); err != nil {
		t.Fatal(err)
	}
	for _, route := range routes.Items {
		if id := route.AuthorizerID; id != "" {
			aws("get-authorizer-"+id+".json", "apigatewayv2", "get-authorizer", "--api-id", d.APIID, "--authorizer-id", id)
		}
	}
	name := strings.Split(d.Function, ":")[6]
	aws("get-policy.json", "lambda", "get-policy", "--function-name", name, "--qualifier", "live")
	return dir
}

// complete adds by hand what moto cannot answer.
func complete(t *testing.T, dir string, d deployed) {
	t.Helper()
	function := d.Function[:strings.LastIndex(d.Function, ":")]
	write(t, filepath.Join(dir, "list-function-url-configs.json"), []byte(`{"Absent":"ResourceNotFoundException","Of":"`+function+`"}`))
	edit(t, filepath.Join(dir, "get-stages.json"), func(content string) string {
		return strings.Replace(content, `"AutoDeploy": true`, `"AutoDeploy": true, "LastDeploymentStatusMessage": "Successfully deployed stage with deployment ID 'a1b2c3'"`, 1)
	})
}

func edit(t *testing.T, file string, change func(string) string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(content))
	if changed == string(content) {
		t.Fatalf("%s: nothing was changed:\n%s", file, content)
	}
	write(t, file, []byte(changed))
}

// breakOnce breaks each thing once, on a copy.
func breakOnce(t *testing.T, c checker, right string) {
	authorizer := ""
	files, _ := filepath.Glob(filepath.Join(right, "get-authorizer-*.json"))
	if len(files) != 1 {
		t.Fatalf("%d authorizers", len(files))
	}
	authorizer = filepath.Base(files[0])
	replace := func(old, new string) func(string) string {
		return func(content string) string { return strings.Replace(content, old, new, 1) }
	}
	for _, row := range []struct {
		name, file, says string
		change           func(string) string
	}{
		{"a scope is another", "get-routes.json", "finding: wrong-scopes: POST /notes", replace(`"notes-api/write"`, `"notes-api/wipe"`)},
		{"a route lost its authorizer", "get-routes.json", "finding: open-route: GET /notes", openNotes},
		{"the permission has no SourceArn", "get-policy.json", "finding: wide-permission", replace("SourceArn", "SourceIp")},
		{"the permission is for another API", "get-policy.json", "finding: wide-permission", replace(":"+c.api(t, right)+"/", ":otherapi/")},
		{"the permission is on another alias", "get-policy.json", "finding: permission-elsewhere", replace(":live", ":next")},
		{"a second integration has another payload format", "get-integrations.json", "finding: payload-formats", func(content string) string { return withSecond(content, "1.0") }},
		{"the issuer is another pool", authorizer, "finding: wrong-authorizer", replace("eu-central-1_", "eu-central-1_X")},
		{"the audience is another client", authorizer, "finding: unknown-audience", replace(`"Audience": [`, `"Audience": [ "somebody-else",`)},
		{"a route calls another function", "get-integrations.json", "finding: shadowed: GET /notes", func(content string) string {
			return strings.Replace(withSecond(content, "2.0"), ":function:", ":function:other-", 1)
		}},
		{"the function answers preflights too", "get-routes.json", "finding: route-without-rule: OPTIONS /{proxy+}", withPreflights},
		{"the stage does not deploy", "get-stages.json", "unchecked: export-api", replace(`"AutoDeploy": true`, `"AutoDeploy": false`)},
	} {
		t.Run(row.name, func(t *testing.T) {
			broken := t.TempDir()
			if err := os.CopyFS(broken, os.DirFS(right)); err != nil {
				t.Fatal(err)
			}
			edit(t, filepath.Join(broken, row.file), row.change)
			if row.file == "get-integrations.json" {
				edit(t, filepath.Join(broken, "get-routes.json"), secondTarget)
			}
			exit, says := c.check(t, broken)
			t.Logf("exit %d: %s", exit, firstFinding(says))
			if exit == 0 || !strings.Contains(says, row.says) {
				t.Errorf("exit %d, want %q\n%s", exit, row.says, says)
			}
		})
	}
}

// withSecond adds a copy of the integration with a payload format, before the
// first.
func withSecond(content, format string) string {
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(content), &list); err != nil || len(list.Items) == 0 {
		return content
	}
	second := maps.Clone(list.Items[0])
	second["IntegrationId"], second["PayloadFormatVersion"] = "second1", format
	changed, err := json.Marshal(map[string]any{"Items": append([]map[string]any{second}, list.Items...)})
	if err != nil {
		return content
	}
	return string(changed)
}

// secondTarget has GET /notes call the second integration.
func secondTarget(content string) string { return setNotes(content, "Target", "integrations/second1") }

// openNotes takes the authorizer off GET /notes.
func openNotes(content string) string { return setNotes(content, "AuthorizationType", "NONE") }

// setNotes sets a member of the route GET /notes.
func setNotes(content, member, value string) string {
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(content), &list); err != nil {
		return content
	}
	for _, route := range list.Items {
		if route["RouteKey"] == "GET /notes" {
			route[member] = value
		}
	}
	changed, err := json.Marshal(list)
	if err != nil {
		return content
	}
	return string(changed)
}

// withPreflights adds the open route by which preflights reach the function.
func withPreflights(content string) string {
	var list struct{ Items []map[string]any }
	if err := json.Unmarshal([]byte(content), &list); err != nil || len(list.Items) == 0 {
		return content
	}
	list.Items = append(list.Items, map[string]any{
		"RouteId": "options1", "RouteKey": "OPTIONS /{proxy+}", "AuthorizationType": "NONE", "Target": list.Items[0]["Target"],
	})
	changed, err := json.Marshal(list)
	if err != nil {
		return content
	}
	return string(changed)
}

func (c checker) api(t *testing.T, dir string) string {
	t.Helper()
	var api struct{ ApiId string }
	content, err := os.ReadFile(filepath.Join(dir, "get-api.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &api); err != nil {
		t.Fatal(err)
	}
	return api.ApiId
}

func firstFinding(says string) string {
	line, _, _ := strings.Cut(says, "\n")
	return line
}
