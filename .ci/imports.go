// Command imports checks which package may import what: the directions that
// keep each package small enough to understand alone, across all modules. It
// reads the output of go list and prints every violation.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const module = "github.com/gatehouse-go/gatehouse"

// Import paths of others, each standing for itself and everything below.
const (
	lambda        = "github.com/aws/aws-lambda-go"
	lambdaContext = lambda + "/lambdacontext"
	cmp           = "github.com/google/go-cmp"
	jwx           = "github.com/lestrrat-go/jwx/v3"
)

// A rule says what a package, and those below it without a rule of their own,
// may import besides the standard library and packages below itself. A name
// that ends in "..." stands for what is below it too.
type rule struct {
	pkg    string
	ours   []string
	others []string // "*": whatever its go.mod requires
}

var rules = []rule{
	{"internal", nil, nil},
	{"internal/roundtrip", []string{"adapter", "adapter/gateway", "internal/..."}, []string{cmp}},
	{"internal/scenario", nil, nil},
	{"internal/compat", []string{"..."}, []string{"*"}},

	{"adapter", []string{"internal/..."}, []string{lambdaContext}},
	{"adapter/gateway", []string{"internal/...", "adapter", "cors"}, []string{lambdaContext}},
	{"adapter/gateway/local", []string{
		"internal/...", "adapter", "adapter/gateway", "cors", "claims", "authz", "authz/apigateway", "authz/authztest",
	}, []string{jwx, lambdaContext}},
	{"adapter/awslabs", []string{"adapter"}, []string{"*"}},
	{"adapter/awslabs/internal/migration", []string{"..."}, []string{"*"}},

	{"claims", []string{"internal/...", "adapter"}, []string{lambdaContext}},
	{"cors", []string{"internal/slot"}, nil},

	{"authz", []string{"internal/...", "adapter", "claims"}, []string{lambdaContext}},
	{"authz/jwtverify", []string{"internal/...", "adapter", "claims", "authz"}, []string{jwx}},
	{"authz/authorizer", []string{"internal/...", "adapter", "claims", "authz"}, []string{lambdaContext}},
	{"authz/apigateway", []string{"internal/...", "adapter", "adapter/gateway", "cors", "claims", "authz"}, nil},
	{"authz/authztest", []string{"internal/...", "adapter", "adapter/gateway", "claims", "authz"}, nil},
	{"authz/echoauthz", []string{"adapter", "claims", "authz"}, []string{"*"}},
	{"authz/ginauthz", []string{"adapter", "claims", "authz"}, []string{"*"}},
	{"authz/chiauthz", []string{"adapter", "claims", "authz"}, []string{"*"}},

	{"docs", nil, nil},
	{"examples", []string{"..."}, []string{"*"}},
}

// core are the packages whose tests, too, may use nothing that a program which
// imports them would have to pay for: go mod tidy follows the tests of imported
// packages.
var core = []string{"adapter", "claims", "authz", "cors"}

// coreTests are what those tests may import of others, and what of ours not.
var (
	coreTests = []string{lambda, cmp}
	notInCore = []string{"adapter/gateway/local", "authz/jwtverify"}
)

type listed struct {
	ImportPath, Dir                          string
	Imports, Deps, TestImports, XTestImports []string
}

func main() {
	violations, err := check()
	if err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(2)
	}
	for _, v := range violations {
		fmt.Println(v)
	}
	if len(violations) > 0 {
		os.Exit(1)
	}
}

func check() ([]string, error) {
	std, err := list(".", "std")
	if err != nil {
		return nil, err
	}
	standard := make(map[string]bool, len(std))
	for _, p := range std {
		standard[p.ImportPath] = true
	}
	files, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "go.mod", "*/go.mod").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	var violations []string
	for file := range strings.FieldsSeq(string(files)) {
		packages, err := list(filepath.Dir(file), "./...")
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			violations = append(violations, p.violations(standard)...)
		}
	}
	return violations, nil
}

func list(dir, pattern string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,Deps,TestImports,XTestImports", pattern)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, append(os.Environ(), "GOWORK=off"), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s in %s: %w", pattern, dir, err)
	}
	var packages []listed
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, err
		}
		packages = append(packages, p)
	}
}

func (p listed) violations(standard map[string]bool) []string {
	name := strings.TrimPrefix(p.ImportPath, module+"/")
	r, ok := ruleFor(name)
	if !ok {
		return []string{name + ": no rule in .ci/imports.go"}
	}
	var violations []string
	complain := func(imported, reason string) {
		if reason != "" {
			violations = append(violations, fmt.Sprintf("%s imports %s: %s", name, imported, reason))
		}
	}
	for _, imported := range p.Imports {
		complain(imported, r.refuses(imported, standard[imported]))
	}
	if slices.Contains(core, name) {
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			complain(imported, refusedInCoreTests(imported, standard[imported]))
		}
	}
	if match, _ := path.Match("examples/*/lambda", name); match {
		for _, dep := range p.Deps {
			if below(dep, module+"/adapter/gateway") || below(dep, module+"/authz/apigateway") {
				complain(dep, "a deployed function must not link the emulator")
			}
		}
	}
	return violations
}

// ruleFor finds the rule of the nearest package at or above name.
func ruleFor(name string) (rule, bool) {
	for ; name != "."; name = path.Dir(name) {
		if i := slices.IndexFunc(rules, func(r rule) bool { return r.pkg == name }); i >= 0 {
			return rules[i], true
		}
	}
	return rule{}, false
}

// refuses returns why the package must not import what it imports.
func (r rule) refuses(imported string, standard bool) string {
	own, ours := strings.CutPrefix(imported, module+"/")
	switch {
	case imported == "unsafe" || imported == "C":
		return "not in this project"
	case standard:
		return ""
	case !ours:
		return unless(slices.Contains(r.others, "*") || anyAbove(imported, r.others), "not among the modules that this package may use")
	}
	governing, _ := ruleFor(own)
	return unless(governing.pkg == r.pkg || r.allows(own), "against the direction of imports")
}

func (r rule) allows(own string) bool {
	return slices.ContainsFunc(r.ours, func(p string) bool {
		tree, all := strings.CutSuffix(p, "...")
		return own == p || all && strings.HasPrefix(own, tree)
	})
}

func refusedInCoreTests(imported string, standard bool) string {
	own, ours := strings.CutPrefix(imported, module+"/")
	switch {
	case standard:
		return ""
	case ours:
		return unless(!anyAbove(own, notInCore), "its modules would be charged to everybody who imports the core")
	}
	return unless(anyAbove(imported, coreTests), "whoever imports the core would get this module's version: such tests belong in internal/compat")
}

func anyAbove(name string, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return below(name, p) })
}

// below reports whether name is p or lies in it.
func below(name, p string) bool { return name == p || strings.HasPrefix(name, p+"/") }

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}
