package migration_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var diffs = regexp.MustCompile("(?s)```diff\n--- ([^\n]+)\n\\+\\+\\+ ([^\n]+)\n(.*?)```")

// The README shows the programs of this module, and all of them: the sides of
// its diffs are the files, from their imports on.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := make(map[string]bool)
	for _, diff := range diffs.FindAllStringSubmatch(string(readme), -1) {
		before, after, lines := diff[1], diff[2], diff[3]
		compare(t, after, side(lines, "+"))
		if exists(before) {
			compare(t, before, side(lines, "-"))
		} else if exists(filepath.Join(filepath.Dir(after), "main_library.go")) {
			t.Errorf("%s is shown without what it was before", after)
		}
		shown[filepath.Dir(after)] = true
	}
	for name := range programs {
		if !shown[name] {
			t.Errorf("%s is not shown", name)
		}
	}
}

// side returns one side of a diff; its lines have the sign before them, those
// of both sides a blank or nothing.
func side(lines, sign string) string {
	var text strings.Builder
	for line := range strings.Lines(lines) {
		switch rest, own := strings.CutPrefix(line, sign); {
		case own:
			text.WriteString(rest)
		case line[0] == ' ':
			text.WriteString(line[1:])
		case line == "\n":
			text.WriteString(line)
		}
	}
	return text.String()
}

func compare(t *testing.T, file, shown string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	_, code, _ := strings.Cut(string(content), "\nimport (")
	if diff := cmp.Diff("import ("+code, shown); diff != "" {
		t.Errorf("%s is not what the README shows (-file +README):\n%s", file, diff)
	}
}
