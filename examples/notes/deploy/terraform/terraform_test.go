// Package terraform_test applies the configurations of this folder to a stand-in
// for AWS and holds what was made against the policy.
package terraform_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
)

// plugins is where a mirror of providers lies that needs no network.
func plugins() string {
	if dir := os.Getenv("GATEHOUSE_TF_PLUGINS"); dir != "" {
		return dir
	}
	return "/opt/tf-plugins"
}

func mirror(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(plugins()); err != nil {
		t.Skipf("skipped: no provider mirror at %s (GATEHOUSE_TF_PLUGINS)", plugins())
	}
}

// tools skips what is not there, by its name.
func tools(t *testing.T, names ...string) {
	t.Helper()
	if os.Getenv("GATEHOUSE_TEMPLATES") == "" {
		t.Skip("skipped: GATEHOUSE_TEMPLATES is not set, as .ci/run templates does")
	}
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("skipped: %s is not installed", name)
		}
	}
}

// environment names no account and reaches nothing but endpoint.
func environment(endpoint string) []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") && !strings.HasPrefix(v, "TF_") {
			env = append(env, v)
		}
	}
	env = append(env, standin.Env(endpoint)...)
	return append(env, "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "AWS_PAGER=", "AWS_DEFAULT_REGION="+standin.Region)
}

// run runs a tool and fails the test if it fails.
func run(t *testing.T, env []string, dir, tool string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(tool, args...)
	cmd.Dir, cmd.Env = dir, env
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s%s", tool, strings.Join(args, " "), err, out.Bytes(), problems.Bytes())
	}
	return out.Bytes()
}

func TestFormat(t *testing.T) {
	tools(t, "terraform")
	run(t, environment(""), ".", "terraform", "fmt", "-check", "-diff", "-recursive")
}

// TestSnippets validates the other shapes, which use the module of this folder.
func TestSnippets(t *testing.T) {
	t.Parallel()
	tools(t, "terraform")
	mirror(t)
	env, dir := environment(""), copied(t)
	in := filepath.Join(dir, "..", "snippets")
	if err := os.CopyFS(in, os.DirFS("../snippets")); err != nil {
		t.Fatal(err)
	}
	run(t, env, in, "terraform", "fmt", "-check", "-diff")
	run(t, env, in, "terraform", "init", "-input=false", "-plugin-dir="+plugins())
	run(t, env, in, "terraform", "validate")
	tools(t, "cfn-lint")
	run(t, env, in, "cfn-lint", "url-invoke.yaml")
}

// copied is a copy of this folder to run in, with an archive and without what moto
// does not know.
func copied(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "terraform")
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "..", "bootstrap.zip"), []byte("PK\x05\x06"+strings.Repeat("\x00", 18)))
	if err := os.Mkdir(filepath.Join(dir, "..", "rest"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"routes.json", "rest/routes.json"} {
		routes, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "..", name), routes)
	}
	for _, env := range []string{"dev", "prod", "rest"} {
		os.RemoveAll(filepath.Join(dir, env, ".terraform"))
		file := filepath.Join(dir, env, "main.tf")
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		write(t, file, bytes.Replace(content, []byte("\n  name "), []byte("\n  saved_queries = false\n  name "), 1))
	}
	canary := filepath.Join(dir, "module", "canary.tf")
	edit(t, canary, func(content string) string { return content[:strings.Index(content, codeDeploy)] })
	return dir
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// stand starts moto, and copies this folder.
func stand(t *testing.T) (env []string, dir string) {
	t.Helper()
	tools(t, "terraform", "aws", "moto_server")
	mirror(t)
	return environment(standin.Moto(t)), copied(t)
}

// TestApply makes both environments in one account, reads back what was made and
// has -check judge it, as it is and with each thing broken once.
func TestApply(t *testing.T) {
	t.Parallel()
	env, dir := stand(t)
	names := map[string]string{}
	for _, stage := range []string{"dev", "prod"} {
		in := filepath.Join(dir, stage)
		run(t, env, in, "terraform", "init", "-input=false", "-plugin-dir="+plugins())
		run(t, env, in, "terraform", "validate")
		run(t, env, in, "terraform", "apply", "-input=false", "-auto-approve", "-no-color",
			"-var", "zip="+filepath.Join(dir, "..", "bootstrap.zip"))
		state := run(t, env, in, "terraform", "state", "list")
		t.Logf("%s: %d resources", stage, bytes.Count(state, []byte("\n")))
		disjoint(t, names, stage, run(t, env, in, "terraform", "show", "-json"))
	}
	t.Run("a new version is left to CodeDeploy", func(t *testing.T) { releases(t, env, dir) })
	checkDeployed(t, env, filepath.Join(dir, "dev"))
}

// codeDeploy begins what moto cannot answer: it spells times as the provider does not
// read them.
const codeDeploy = "resource \"aws_codedeploy_app\""

// releases applies a new archive to prod, whose alias must stay where it is until
// CodeDeploy moves it, and plans what CodeDeploy is told.
func releases(t *testing.T, env []string, dir string) {
	prod := filepath.Join(dir, "prod")
	next := filepath.Join(dir, "..", "next.zip")
	write(t, next, []byte("PK\x05\x06"+strings.Repeat("\x00", 16)+"\x01\x00 "))
	run(t, env, prod, "terraform", "apply", "-input=false", "-auto-approve", "-no-color", "-var", "zip="+next)
	var made struct{ Release string }
	decode(t, run(t, env, prod, "terraform", "output", "-json", "notes"), &made)
	_, rest, _ := strings.Cut(made.Release, "--revision '")
	var revision struct {
		Type    string                   `json:"revisionType"`
		AppSpec struct{ Content string } `json:"appSpecContent"`
	}
	decode(t, []byte(strings.TrimSuffix(rest, "'")), &revision)
	const want = `{"version":0.0,"Resources":[{"notes":{"Properties":{"Alias":"live","CurrentVersion":"1","Name":"notes-prod","TargetVersion":"2"},"Type":"AWS::Lambda::Function"}}]}`
	if diff := cmp.Diff(want, revision.AppSpec.Content); diff != "" || revision.Type != "AppSpecContent" {
		t.Errorf("release %s (-want +got)\n%s", made.Release, diff)
	}

	whole, err := os.ReadFile("module/canary.tf")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "module", "canary.tf"), whole)
	plan := string(run(t, env, prod, "terraform", "plan", "-input=false", "-no-color", "-var", "zip="+next))
	for _, want := range []string{`"DEPLOYMENT_STOP_ON_ALARM"`, `"notes-prod-errors"`, `"notes-prod-faults"`, "Plan: 2 to add, "} {
		if !strings.Contains(plan, want) {
			t.Errorf("the plan has no %s:\n%s", want, plan)
		}
	}
}

// disjoint checks that no two resources of one kind have the same name, in one
// environment or two.
func disjoint(t *testing.T, names map[string]string, stage string, state []byte) {
	t.Helper()
	type module struct {
		Resources []struct {
			Type, Mode, Address string
			Values              map[string]any
		}
		Children []json.RawMessage `json:"child_modules"`
	}
	var root struct {
		Values struct {
			Root json.RawMessage `json:"root_module"`
		}
	}
	if err := json.Unmarshal(state, &root); err != nil {
		t.Fatal(err)
	}
	for queue := []json.RawMessage{root.Values.Root}; len(queue) > 0; queue = queue[1:] {
		var m module
		if err := json.Unmarshal(queue[0], &m); err != nil {
			t.Fatal(err)
		}
		queue = append(queue, m.Children...)
		for _, r := range m.Resources {
			if r.Mode != "managed" || r.Type == "aws_iam_role_policy" || r.Type == "aws_lambda_alias" || r.Type == "aws_apigatewayv2_authorizer" ||
				r.Type == "aws_cognito_resource_server" || r.Type == "aws_apigatewayv2_stage" {
				continue // named inside something that is the environment's own
			}
			for _, member := range []string{"name", "function_name", "alarm_name", "dashboard_name", "domain"} {
				name, ok := r.Values[member].(string)
				if !ok || name == "" || r.Type == "aws_lambda_permission" {
					continue
				}
				key := r.Type + " " + member + " " + name
				if before, taken := names[key]; taken {
					t.Errorf("%s of %s is also %s", key, stage, before)
				}
				names[key] = stage + " " + r.Address
			}
		}
	}
}
