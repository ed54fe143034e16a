package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var goFile = regexp.MustCompile("`([a-z0-9_/]+\\.go)`")

// TestWire: wire.md has a row for each line of code that says "unconfirmed", at
// least as many for a file as the file has, and none for a file that has none.
func TestWire(t *testing.T) {
	content, err := os.ReadFile("wire.md")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]int)
	for _, found := range goFile.FindAllStringSubmatch(string(content), -1) {
		named[found[1]]++
	}
	said := unconfirmed(t)
	for file, lines := range said {
		if named[file] < lines {
			t.Errorf("%s says it %d times, the page %d times", file, lines, named[file])
		}
	}
	for file := range named {
		if said[file] == 0 {
			t.Errorf("the page names %s, which says nothing", file)
		}
	}
	if len(said) < 20 {
		t.Errorf("%d files were read", len(said))
	}
}

// unconfirmed counts the lines that say it, by file.
func unconfirmed(t *testing.T) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == ".git" || name == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n := strings.Count(strings.ToLower(string(source)), "unconfirmed"); n > 0 {
			file, err := filepath.Rel("..", path)
			if err != nil {
				return err
			}
			counts[filepath.ToSlash(file)] = n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}
