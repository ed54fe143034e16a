package examples_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/gatehouse-go/gatehouse/"

// packages are those that the README's programs name.
var packages = map[string]string{
	"adapter":   module + "adapter",
	"authz":     module + "authz",
	"authztest": module + "authz/authztest",
	"claims":    module + "claims",
	"cors":      module + "cors",
	"hello":     module + "examples/hello",
	"http":      "net/http",
	"httptest":  "net/http/httptest",
	"lambda":    "github.com/aws/aws-lambda-go/lambda",
	"local":     module + "adapter/gateway/local",
	"log":       "log",
	"testing":   "testing",
}

// TestReadmePrograms: each Go program in the README compiles, with nothing added
// but its imports, the handlers and the API that it names, and main for a test.
func TestReadmePrograms(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(readme), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("no program found")
	}
	for i, block := range blocks {
		program, _, _ := strings.Cut(block, "```")
		if strings.HasPrefix(program, "package main") {
			continue // TestDocPrograms
		}
		t.Run(fmt.Sprint(i+1), func(t *testing.T) { compile(t, complete(t, program)) })
	}
}

// TestDocPrograms: each whole program in the README and docs compiles as it stands.
func TestDocPrograms(t *testing.T) {
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range append(pages, "../README.md") {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range strings.Split(string(content), "```go\npackage main\n")[1:] {
			found++
			program, _, _ := strings.Cut(block, "```")
			t.Run(fmt.Sprint(filepath.Base(page), " ", i+1), func(t *testing.T) { compile(t, "package main\n"+program) })
		}
	}
	if found == 0 {
		t.Error("no program found")
	}
}

// complete adds imports for the packages and stubs for the functions.
func complete(t *testing.T, program string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+program, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	used, stubs := map[string]bool{}, map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && packages[x.Name] != "" {
				used[x.Name] = true
			}
		case *ast.CallExpr:
			if name := handlerIn(n); name != "" {
				used["http"], stubs[name] = true, "func %s(http.ResponseWriter, *http.Request) {}\n"
			}
			if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) == 0 {
				used["authz"], stubs[f.Name] = true, "func %s() *authz.Mux { return authz.NewMux(nil) }\n"
			}
		}
		return true
	})
	if !strings.Contains(program, "func main()") {
		stubs["main"] = "func %s() {}\n"
	}
	var b strings.Builder
	b.WriteString("package main\n")
	for name := range used {
		fmt.Fprintf(&b, "import %q\n", packages[name])
	}
	for name, stub := range stubs {
		fmt.Fprintf(&b, stub, name)
	}
	return b.String() + program
}

// handlerIn returns the name of the handler that a call registers, "" if it
// registers none.
func handlerIn(call *ast.CallExpr) string {
	if len(call.Args) != 3 {
		return ""
	}
	if handler, ok := call.Args[2].(*ast.Ident); ok && handler.Name != "nil" {
		return handler.Name
	}
	return ""
}

// compile builds the program in a folder of the module that is not there.
func compile(t *testing.T, program string) {
	t.Helper()
	dir := t.TempDir()
	source, overlay := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	place, err := filepath.Abs("readme/main.go")
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{place: source}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{source: []byte(program), overlay: replace} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	build := exec.Command("go", "build", "-overlay", overlay, "-o", os.DevNull, "./readme")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, program)
	}
}
