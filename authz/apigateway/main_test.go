package apigateway_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
)

// runMain runs Main's commands in a folder of their own.
func runMain(t testing.TB, r apigateway.Router, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = apigateway.Run(args, &out, &errs, r, nil)
	return code, out.String(), errs.String()
}

func TestOutThenDiff(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deploy", "gateway")
	if code, _, errs := runMain(t, notes(), "-out", dir); code != 0 {
		t.Fatalf("-out: %d %s", code, errs)
	}
	for _, name := range []string{"routes.json", "openapi.json", "openapi.cfn.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if code, out, errs := runMain(t, notes(), "-diff", dir); code != 0 || out+errs != "" {
		t.Errorf("-diff: %d %s%s", code, out, errs)
	}
	if err := apigateway.Diff(notes(), nil, dir); err != nil {
		t.Error(err)
	}
	other := muxOf(&authz.Guard{}, rules{"GET /hello", a})
	code, out, _ := runMain(t, other, "-diff", dir)
	if code != 1 || !strings.Contains(out, "routes.json:3:\n\t- {\"key\":\"GET /hello\",\"auth\":\"NONE\"},\n\t+ {\"key\":\"GET /hello\",\"auth\":\"JWT\",\"scopes\":[\"a\"]},") {
		t.Errorf("another policy: %d %s", code, out)
	}
	wantError(t, apigateway.Diff(other, nil, dir), "openapi.cfn.json:")
	if code, _, errs := runMain(t, other, "-out", dir); code != 0 {
		t.Errorf("-out again: %d %s", code, errs)
	}
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	file := func(name, data string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	old := file("old.json", string(planOf(t, notes(), nil).JSON()))
	broken := file("broken.json", "{")
	file("foreign/routes.json", `{"routes":"of something else"}`)
	impossible := muxOf(&authz.Guard{}, rules{"GET /~me", anybody})
	loose := muxOf(&authz.Guard{}, rules{"GET /hello", anybody, "GET /profile", anybody})
	tests := []struct {
		name   string
		router apigateway.Router
		args   []string
		code   int
		says   string
	}{
		{"nothing to do", notes(), nil, 2, "give one of -out"},
		{"two commands", notes(), []string{"-out", dir, "-diff", dir}, 2, "give one of -out"},
		{"an unknown flag", notes(), []string{"-outt", dir}, 2, "not defined"},
		{"a stray argument", notes(), []string{"-out", dir, "x"}, 2, `"x" is not a flag`},
		{"an empty value", notes(), []string{"-out", ""}, 2, "-out has no value"},
		{"a flag of another command", notes(), []string{"-out", dir, "-strict"}, 2, "-strict does not go with -out"},
		{"-check without an environment", notes(), []string{"-check", dir}, 2, "-check needs -env"},
		{"a function's name", notes(), []string{"-check", dir, "-env", old, "-function", "notes"}, 2, `"notes" is not the ARN`},
		{"no policy", nil, []string{"-out", dir}, 3, "the Router is nil"},
		{"no rules", authz.NewMux(&authz.Guard{Identifier: identifier()}), []string{"-out", dir}, 3, "has no rules"},
		{"what no routes can say", impossible, []string{"-out", filepath.Join(dir, "new")}, 3, "problem: GET /~me"},
		{"a folder without files", notes(), []string{"-diff", dir}, 1, "routes.json is missing"},
		{"an unwritable folder", notes(), []string{"-out", filepath.Join(old, "x")}, 4, "not a directory"},
		{"somebody else's file", notes(), []string{"-out", filepath.Join(dir, "foreign")}, 4, "is not what this program wrote"},
		{"a missing old version", notes(), []string{"-compare", filepath.Join(dir, "none.json")}, 4, "no such file"},
		{"a broken old version", notes(), []string{"-compare", broken}, 4, "not a routes.json"},
		{"a broken other version", notes(), []string{"-out", dir, "-also", broken}, 4, "not a routes.json"},
		{"a broken document", notes(), []string{"-out", dir, "-openapi", broken}, 4, "EOF"},
		{"a broken environment", notes(), []string{"-out", dir, "-env", broken}, 4, "environment"},
		{"the same", notes(), []string{"-compare", old, "-strict"}, 0, "Nothing changes."},
		{"looser", loose, []string{"-compare", old}, 0, "### Loosened"},
		{"looser, strictly", loose, []string{"-compare", old, "-strict"}, 1, "### Loosened"},
		{"wrong input before an inexpressible policy", impossible, []string{"-out", dir, "-also", broken}, 4, "not a routes.json"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := runMain(t, tt.router, tt.args...)
			if code != tt.code || !strings.Contains(out+errs, tt.says) {
				t.Errorf("exit %d, want %d; want %q in:\n%s%s", code, tt.code, tt.says, out, errs)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); err == nil {
		t.Error("files were written for a policy that no routes can express")
	}
}

func TestCompare(t *testing.T) {
	routes := func(r rules) []apigateway.Route { return planOf(t, muxOf(&authz.Guard{}, r), nil).Routes }
	old := routes(rules{"POST /same", a, "POST /opened", a, "POST /closed", anybody, "POST /other", a, "POST /gone", b, "POST /wider", a})
	now := routes(rules{"POST /same", a, "POST /opened", anybody, "POST /closed", a, "POST /other", b, "POST /new", c, "POST /wider", authz.AnyScope("a", "b")})
	got, err := apigateway.Compare(old, now)
	if err != nil {
		t.Fatal(err)
	}
	want := &apigateway.Comparison{
		Added:   []apigateway.Change{{"POST /new", "any token", "scope c"}},
		Removed: []apigateway.Change{{"POST /gone", "scope b", "any token"}},
		Loosened: []apigateway.Change{
			{"POST /gone", "scope b", "any token"}, {"POST /opened", "scope a", "open"}, {"POST /other", "scope a", "scope b"}, {"POST /wider", "scope a", "scope a or b"},
		},
		Tightened: []apigateway.Change{
			{"POST /closed", "open", "scope a"}, {"POST /new", "any token", "scope c"}, {"POST /other", "scope a", "scope b"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if text := got.Markdown(); !strings.Contains(text, "| `POST /gone` | scope b | any token |") || !strings.Contains(text, "`-also`") {
		t.Errorf("as Markdown:\n%s", text)
	}
}

// A second issuer does not change the routes of the first.
func TestCompareNamesTheOnlyAuthorizer(t *testing.T) {
	old := []apigateway.Route{{Key: "POST /x", Auth: apigateway.JWT}, {Key: "ANY /{proxy+}", Auth: apigateway.JWT}}
	now := []apigateway.Route{
		{Key: "POST /x", Auth: apigateway.JWT, Authorizer: "staff"}, {Key: "POST /y", Auth: apigateway.JWT, Authorizer: "partners"},
		{Key: "ANY /{proxy+}", Auth: apigateway.JWT, Authorizer: "staff"},
	}
	got, err := apigateway.Compare(old, now)
	if err != nil {
		t.Fatal(err)
	}
	change := []apigateway.Change{{Key: "POST /y", Was: "token of staff", Is: "token of partners"}}
	if diff := cmp.Diff(&apigateway.Comparison{Added: change, Loosened: change, Tightened: change}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The order of deployment never lets the gateway refuse what the function grants.
func TestWhatToDeployFirst(t *testing.T) {
	routes := func(r authz.Requirement) []apigateway.Route {
		return planOf(t, muxOf(&authz.Guard{}, rules{"POST /x", r}), nil).Routes
	}
	tests := []struct {
		name     string
		old, now authz.Requirement
		want     string
	}{
		{"looser", a, anybody, "Deploy the gateway first"},
		{"tighter", known, a, "Deploy the function first"},
		{"otherwise", a, b, "Deploy the gateway with the routes of both versions first"},
		{"the same", a, a, "Nothing changes."},
	}
	for _, tt := range tests {
		c, err := apigateway.Compare(routes(tt.old), routes(tt.now))
		if err != nil || !strings.Contains(c.Markdown(), tt.want) {
			t.Errorf("%s: %v\n%s", tt.name, err, c.Markdown())
		}
	}
}
