package apigateway_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// The script of -commands collects what -check needs: here from a stand-in for the
// AWS CLI that prints the files of a right deployment.
func TestCollectedInputIsEnough(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("sh is not installed")
	}
	mux, right := deployedNotes(t)
	_, restOptions, rest := deployedREST(t)
	right["get-authorizers.json"] = m{"Items": l{right["get-authorizer-cognito.json"]}}
	delete(right, "get-authorizer-cognito.json")
	tests := []struct {
		name   string
		opts   *apigateway.Options
		right  folder
		absent string
		code   int
	}{
		{"HTTP API", nil, right, "", 0},
		{"without a policy", nil, right, "get-policy-live.json", 1},
		{"REST API", restOptions, rest, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.right.clone()
			delete(f, tt.absent)
			bin, dir := t.TempDir(), filepath.Join(t.TempDir(), "state")
			if err := os.WriteFile(filepath.Join(bin, "aws"), []byte(strings.ReplaceAll(standIn, "FILES", f.write(t))), 0o700); err != nil {
				t.Fatal(err)
			}
			var out, errs strings.Builder
			if code := apigateway.Run([]string{"-commands", "a1b2c3d4e5", "-function", alias}, &out, &errs, mux, tt.opts); code != 0 {
				t.Fatalf("-commands: %d %s", code, &errs)
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-s", dir)
			cmd.Stdin = strings.NewReader(out.String())
			cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
			if output, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("the script: %v\n%s\n%s", err, output, &out)
			}
			router := apigateway.Router(mux)
			if tt.opts != nil {
				router, _, _ = deployedREST(t)
			}
			env := write(t, "env.json", mustJSON(t, rightEnvironment()))
			out.Reset()
			if code := apigateway.Run([]string{"-check", dir, "-env", env}, &out, &errs, router, tt.opts); code != tt.code {
				t.Errorf("-check: %d, want %d\n%s%s", code, tt.code, &out, &errs)
			}
		})
	}
}

// standIn plays aws: SERVICE COMMAND …, where the file of the command is.
const standIn = `#!/bin/sh
shift
name=$1
case "$name $*" in
"get-policy "*--qualifier*) ;;
"get-policy "*) name=none ;; # nobody may call the function past its alias
*--query*item*) echo prod; exit 0 ;;
*--query*) exit 0 ;;
esac
for f in "FILES/$name.json" "FILES/$name"-*.json; do
  [ -f "$f" ] || continue
  case $name in
  get-export) for last; do :; done; cp "$f" "$last"; exit 0 ;;
  esac
  cat "$f"
  exit 0
done
echo "An error occurred (ResourceNotFoundException) when calling the operation" >&2
exit 254
`

// The script says what it may do: to read this API and this function.
func TestCollectorsPolicy(t *testing.T) {
	mux, _ := deployedNotes(t)
	code, out, errs := runMain(t, mux, "-commands", "a1b2c3d4e5", "-function", alias)
	if code != 0 {
		t.Fatal(code, errs)
	}
	var b strings.Builder
	inside := false
	for line := range strings.Lines(out) {
		inside = inside || line == "# {\n"
		if inside {
			b.WriteString(strings.TrimPrefix(line, "# "))
		}
		if line == "# }\n" {
			break
		}
	}
	var policy struct {
		Statement []struct {
			Effect           string
			Action, Resource []string
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &policy); err != nil {
		t.Fatalf("%v in\n%s", err, &b)
	}
	for _, s := range policy.Statement {
		for _, action := range s.Action {
			if action != "apigateway:GET" && action != "lambda:GetPolicy" && action != "lambda:ListFunctionUrlConfigs" {
				t.Errorf("it may %s", action)
			}
		}
		for _, resource := range s.Resource {
			if resource == "*" {
				t.Error("on everything")
			}
		}
	}
	if code, _, _ := runMain(t, mux, "-commands", "a1b2c3d4e5"); code != 2 {
		t.Errorf("without a function: exit %d", code)
	}
}
