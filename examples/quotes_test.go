package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// quotes are the pages whose fragments stand, word for word, in the Go files of a
// folder, where they are compiled and tested.
var quotes = map[string]string{
	"cors.md":        "crossorigin",
	"migrate.md":     "migrate",
	"permissions.md": "permissions",
	"providers.md":   "providers",
	"testing.md":     "permissions",
	"traces.md":      "traces/lambda",
}

// TestDocQuotes finds each fragment of those pages. How far a line is indented does
// not count. Whole programs are for TestDocPrograms.
func TestDocQuotes(t *testing.T) {
	for page, folder := range quotes {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no Go files: %v", folder, err)
		}
		var source strings.Builder
		for _, file := range files {
			source.WriteString(flat(t, file))
		}
		blocks := strings.Split(flat(t, "../docs/"+page), "```go\n")[1:]
		found := 0
		for _, block := range blocks {
			fragment, _, _ := strings.Cut(block, "```")
			if strings.HasPrefix(fragment, "package main\n") {
				continue
			}
			found++
			if !strings.Contains(source.String(), fragment) {
				t.Errorf("%s: not in %s:\n%s", page, folder, fragment)
			}
		}
		if found == 0 {
			t.Errorf("%s: no fragment found", page)
		}
	}
}

// flat is a file without its indentation.
func flat(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for line := range strings.Lines(string(content)) {
		b.WriteString(strings.TrimLeft(line, "\t "))
	}
	return b.String()
}
