package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// maxSums is how many lines of go.sum the core may cost a program that uses
// nothing else.
const maxSums = 16

// A consumer is a fresh program that imports released modules.
type consumer struct {
	name    string
	imports []string          // below the root module, whose path is put before each
	others  map[string]string // modules it has already, with the packages it imports of them
	sums    int               // limit of go.sum's lines, 0: none
}

var consumers = []consumer{
	{name: "core", imports: []string{"adapter", "claims", "authz", "cors"}, sums: maxSums},
	{
		name: "core beside older frameworks", imports: []string{"adapter", "claims", "authz", "cors"},
		others: map[string]string{
			"github.com/labstack/echo/v4@v4.13.0": "github.com/labstack/echo/v4",
			"github.com/go-chi/chi/v5@v5.1.0":     "github.com/go-chi/chi/v5",
			"github.com/gin-gonic/gin@v1.10.0":    "github.com/gin-gonic/gin",
			"github.com/rs/cors@v1.10.0":          "github.com/rs/cors",
		},
	},
	{name: "local gateway", imports: []string{"adapter/gateway/local"}},
	{name: "jwtverify", imports: []string{"authz/jwtverify"}},
	{name: "echoauthz", imports: []string{"authz/echoauthz"}},
	{name: "ginauthz", imports: []string{"authz/ginauthz"}},
	{name: "chiauthz", imports: []string{"authz/chiauthz"}},
	{name: "awslabs", imports: []string{"adapter/awslabs"}},
}

// prove builds the consumers from a file proxy, without replace or go.work.
func prove(modules []module, version string) error {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	proxy, err := fileProxy(filepath.Join(dir, "proxy"), modules, version)
	if err != nil {
		return err
	}
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return err
	}
	cached, upstream, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	env := append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -modcacherw",
		"GOPROXY="+proxy+",file://"+filepath.ToSlash(cached)+"/cache/download,"+upstream,
		"GONOSUMDB="+root+","+root+"/*", "GONOPROXY=none",
		// A cache of its own: another run's v0.0.1 is other code.
		"GOMODCACHE="+filepath.Join(dir, "cache"))
	fmt.Println("consumers, built from a file proxy:")
	var problems []error
	for i, c := range consumers {
		if err := c.build(filepath.Join(dir, fmt.Sprint(i)), version, env); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", c.name, err))
		}
	}
	return errors.Join(problems...)
}

func (c consumer) build(dir, version string, env []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	run := func(args ...string) (string, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, env
		var out, problems bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &problems
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, problems.String())
		}
		return out.String(), nil
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(c.program()), 0o644); err != nil {
		return err
	}
	edit := []string{"mod", "edit", "-go=1.25.0", "-require=" + root + "@" + version}
	for module := range c.others {
		edit = append(edit, "-require="+module)
	}
	for _, args := range [][]string{{"mod", "init", "example.com/consumer"}, edit, {"mod", "tidy"}, {"build", "-o", os.DevNull, "."}} {
		if _, err := run(args...); err != nil {
			return err
		}
	}
	sums, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		return err
	}
	lines := bytes.Count(sums, []byte("\n"))
	fmt.Printf("  %-30s go.sum %3d lines\n", c.name, lines)
	if c.sums > 0 && lines > c.sums {
		return fmt.Errorf("go.sum has %d lines, want at most %d:\n%s", lines, c.sums, sums)
	}
	return c.unmoved(run)
}

// unmoved checks that what the program had stayed as it was.
func (c consumer) unmoved(run func(...string) (string, error)) error {
	if len(c.others) == 0 {
		return nil
	}
	list, err := run("list", "-m", "-f", "{{.Path}}@{{.Version}}", "all")
	if err != nil {
		return err
	}
	versions := strings.Fields(list)
	for module := range c.others {
		if !slices.Contains(versions, module) {
			return fmt.Errorf("%s was moved to another version:\n%s", module, list)
		}
		fmt.Printf("    %s stayed\n", module)
	}
	return nil
}

func (c consumer) program() string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n")
	for _, name := range c.imports {
		fmt.Fprintf(&b, "\t_ %q\n", root+"/"+name)
	}
	for _, name := range c.others {
		fmt.Fprintf(&b, "\t_ %q\n", name)
	}
	b.WriteString(")\n\nfunc main() {}\n")
	return b.String()
}
