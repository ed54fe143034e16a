package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link    = regexp.MustCompile(`(?:\]\(|\bsrc(?:set)?=")([^)"\s]+)[)"]`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
)

// TestLinks follows every link of every page that stays in this repository, to
// its heading.
func TestLinks(t *testing.T) {
	pages := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == ".git" || name == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".md" {
			pages++
			checkLinks(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 5 {
		t.Errorf("%d pages were read", pages)
	}
}

func checkLinks(t *testing.T, page string) {
	for _, found := range link.FindAllStringSubmatch(prose(t, page), -1) {
		target := found[1]
		if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		file, anchor, _ := strings.Cut(target, "#")
		to := page
		if file != "" {
			to = filepath.Join(filepath.Dir(page), file)
		}
		if _, err := os.Stat(to); err != nil {
			t.Errorf("%s: the link to %s leads nowhere", page, target)
			continue
		}
		if anchor != "" && filepath.Ext(to) == ".md" && !hasAnchor(prose(t, to), anchor) {
			t.Errorf("%s: %s has no heading #%s", page, to, anchor)
		}
	}
}

// prose is a page without its programs, whose brackets are no links.
func prose(t *testing.T, page string) string {
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return fence.ReplaceAllString(string(content), "")
}

// hasAnchor knows headings as GitHub names them: lower case, blanks as dashes,
// no punctuation.
func hasAnchor(page, anchor string) bool {
	for _, h := range heading.FindAllStringSubmatch(page, -1) {
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 0x7f:
				return r
			}
			return -1
		}, strings.ToLower(strings.TrimSpace(h[1])))
		if name == anchor {
			return true
		}
	}
	return false
}
