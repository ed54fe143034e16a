package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var externalLink = regexp.MustCompile(`https://[^)\s>"\x60,;]+`)

// TestExternalLinks: docs/testdata/external.txt lists the pages beyond this repository that
// ours lead to, so that a person can open them all; no test can.
//
//	UPDATE=1 go test ./docs -run ExternalLinks
func TestExternalLinks(t *testing.T) {
	const list = "testdata/external.txt"
	var found []string
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == ".git" || name == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		for _, m := range link.FindAllStringSubmatch(prose(t, path), -1) {
			if url := externalLink.FindString(m[1]); url != "" {
				url, _, _ = strings.Cut(url, "#")
				found = append(found, url)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	got := strings.Join(slices.Compact(found), "\n") + "\n"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(list, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-listed +linked:\n%s", diff)
	}
}
