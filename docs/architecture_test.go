// Package docs_test holds the pages of this folder against what they speak of.
package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strings"
	"testing"
)

var inCode = regexp.MustCompile("`([^`]+)`")

// TestArchitecture resolves each file and symbol of ARCHITECTURE.md's table.
func TestArchitecture(t *testing.T) {
	content, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || !strings.Contains(cells[2], "`") {
			continue
		}
		rows++
		rule, places := strings.TrimSpace(cells[1]), strings.Split(cells[2], ";")
		if len(places) > 2 {
			t.Errorf("%s: %d files, want at most two", rule, len(places))
		}
		for _, place := range places {
			named := inCode.FindAllStringSubmatch(place, -1)
			if len(named) == 0 {
				t.Errorf("%s: %q names nothing", rule, place)
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), "../"+named[0][1], nil, parser.SkipObjectResolution)
			if err != nil {
				t.Errorf("%s: %v", rule, err)
				continue
			}
			for _, symbol := range named[1:] {
				if !declares(file, symbol[1]) {
					t.Errorf("%s: %s declares no %s", rule, named[0][1], symbol[1])
				}
			}
		}
	}
	if rows < 15 {
		t.Errorf("%d rows were read", rows)
	}
}

// declares reports whether file has the function, type, variable or method.
func declares(file *ast.File, symbol string) bool {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if nameOf(d) == symbol {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.Name == symbol {
						return true
					}
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if name.Name == symbol {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// nameOf is a function's name, after its receiver's type and a dot if it is a
// method.
func nameOf(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	receiver := d.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "." + d.Name.Name
	}
	return d.Name.Name
}
