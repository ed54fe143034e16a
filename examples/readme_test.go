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
	"slices"
	"strings"
	"testing"
)

const module = "github.com/gatehouse-go/gatehouse/"

// packages are those that the README's programs name.
var packages = map[string]string{
	"adapter": module + "adapter",
	"authz":   module + "authz",
	"claims":  module + "claims",
	"cors":    module + "cors",
	"hello":   module + "examples/hello",
	"lambda":  "github.com/aws/aws-lambda-go/lambda",
	"local":   module + "adapter/gateway/local",
	"log":     "log",
}

// TestReadmePrograms: each Go program in the README compiles, with nothing
// added but its imports and the handlers that it names.
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
		t.Run(fmt.Sprint(i+1), func(t *testing.T) { compile(t, complete(t, program)) })
	}
}

// complete adds imports for the packages and stubs for the handlers.
func complete(t *testing.T, program string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", "package main\n"+program, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var imports, handlers []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && packages[x.Name] != "" && !slices.Contains(imports, x.Name) {
				imports = append(imports, x.Name)
			}
		case *ast.CallExpr:
			if len(n.Args) != 3 {
				break
			}
			if handler, ok := n.Args[2].(*ast.Ident); ok && handler.Name != "nil" {
				handlers = append(handlers, handler.Name)
			}
		}
		return true
	})
	var b strings.Builder
	b.WriteString("package main\n")
	for _, name := range imports {
		fmt.Fprintf(&b, "import %q\n", packages[name])
	}
	if len(handlers) > 0 {
		b.WriteString("import \"net/http\"\n")
	}
	for _, name := range handlers {
		fmt.Fprintf(&b, "func %s(http.ResponseWriter, *http.Request) {}\n", name)
	}
	return b.String() + program
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
