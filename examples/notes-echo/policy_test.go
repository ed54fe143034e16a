package notesecho_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

// Who may do what is the same as in notes, in Echo's patterns, and for HEAD the
// same as for GET.
func TestPolicyIsThatOfNotes(t *testing.T) {
	want := map[string]bool{}
	for line := range lines(authztest.Matrix(notes.Handler(notestest.Pinned, &notes.Memory{}), notestest.Callers...)) {
		line = strings.NewReplacer("{", ":", "}", "").Replace(line)
		want[line] = true
		if rest, ok := strings.CutPrefix(line, "GET "); ok {
			want["HEAD "+rest] = true
		}
	}
	got := lines(authztest.Matrix(notesecho.Routes(notestest.Pinned, &notes.Memory{}), notestest.Callers...))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who may do what: -notes +echo:\n%s", diff)
	}
}

func lines(table string) map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(table) {
		set[strings.Join(strings.Fields(line), " ")] = true
	}
	return set
}
