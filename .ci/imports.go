// Command imports checks which package of the module may import what: the
// directions that keep each package small enough to understand alone. Tests
// are exempt. It reads the output of go list and prints every violation.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
)

const module = "github.com/gatehouse-go/gatehouse"

// Import paths of others, each standing for itself and everything below.
const (
	lambda        = "github.com/aws/aws-lambda-go"
	lambdaContext = lambda + "/lambdacontext"
	apiProxy      = "github.com/awslabs/aws-lambda-go-api-proxy"
	jwx           = "github.com/lestrrat-go/jwx/v3"
	echo          = "github.com/labstack/echo/v4"
	chi           = "github.com/go-chi/chi/v5"
	bbolt         = "go.etcd.io/bbolt"
)

// A rule says what a package, and those below it without a rule of their own,
// may import besides the standard library and packages below itself.
type rule struct {
	pkg    string
	ours   []string
	others []string
}

var rules = []rule{
	{"internal", nil, nil},
	{"adapter", []string{"internal"}, []string{lambdaContext}},
	{"adapter/gateway", []string{"internal", "adapter", "cors"}, nil},
	{"adapter/gateway/local", []string{"internal", "adapter", "claims", "authz"}, []string{jwx}},
	{"adapter/awslabs", []string{"internal", "adapter"}, []string{lambda, apiProxy}},
	{"claims", []string{"internal", "adapter"}, []string{lambdaContext}},
	{"authz", []string{"internal", "adapter", "claims"}, []string{lambdaContext}},
	{"authz/jwtverify", []string{"internal", "adapter", "claims", "authz"}, []string{jwx}},
	{"authz/echoauthz", []string{"internal", "adapter", "claims", "authz"}, []string{echo}},
	{"cors", []string{"internal/slot"}, nil},
	{"examples", []string{"internal", "adapter", "claims", "authz", "cors"}, []string{lambda, echo, chi, bbolt}},
}

// leaves are imported by no package above or beside them: only by programs.
var leaves = []string{"adapter/gateway", "adapter/awslabs", "authz/jwtverify", "authz/echoauthz"}

type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
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
	std, err := list("std")
	if err != nil {
		return nil, err
	}
	standard := make(map[string]bool, len(std))
	for _, p := range std {
		standard[p.ImportPath] = true
	}
	packages, err := list("./...")
	if err != nil {
		return nil, err
	}
	var violations []string
	for _, p := range packages {
		violations = append(violations, p.violations(standard)...)
	}
	return violations, nil
}

func list(pattern string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", pattern)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", pattern, err)
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
	for _, imported := range p.Imports {
		if reason := r.refuses(name, imported, standard[imported]); reason != "" {
			violations = append(violations, fmt.Sprintf("%s imports %s: %s", name, imported, reason))
		}
	}
	if match, _ := path.Match("examples/*/lambda", name); match {
		for _, dep := range p.Deps {
			if below(dep, module+"/adapter/gateway") {
				violations = append(violations, fmt.Sprintf("%s links %s: a deployed function must not hold the emulator", name, dep))
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
func (r rule) refuses(name, imported string, standard bool) string {
	own, ours := strings.CutPrefix(imported, module+"/")
	switch {
	case imported == "unsafe" || imported == "C":
		return "not in this module"
	case standard:
		return ""
	case !ours:
		return unless(anyAbove(imported, r.others), "not among the modules this package may use")
	case r.pkg != "examples" && isLeaf(own) && !below(name, leafOf(own)):
		return "a leaf, for programs only"
	}
	return unless(below(own, r.pkg) || anyAbove(own, r.ours), "against the direction of imports")
}

func isLeaf(name string) bool { return leafOf(name) != "" }

func leafOf(name string) string {
	for _, leaf := range leaves {
		if below(name, leaf) {
			return leaf
		}
	}
	return ""
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
