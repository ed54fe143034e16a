package notestest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// SamePolicy compares who may do what with package notes: in the other router's
// patterns, and for HEAD the same as for GET. translate turns a pattern of
// http.ServeMux into one of the other router.
func SamePolicy(t *testing.T, routes authztest.Routes, translate func(string) string) {
	want := map[string]bool{}
	for line := range lines(authztest.Matrix(notes.Handler(Pinned, &notes.Memory{}), Callers...)) {
		line = translate(line)
		want[line] = true
		if rest, ok := strings.CutPrefix(line, "GET "); ok {
			want["HEAD "+rest] = true
		}
	}
	if diff := cmp.Diff(want, lines(authztest.Matrix(routes, Callers...))); diff != "" {
		t.Errorf("who may do what: -notes +other:\n%s", diff)
	}
}

// lines returns the lines of a table without its alignment.
func lines(table string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(table) {
		set[strings.Join(strings.Fields(line), " ")] = true
	}
	return set
}
