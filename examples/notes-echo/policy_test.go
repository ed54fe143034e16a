package notesecho_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
)

// What notes requires is required here, in Echo's patterns, of HEAD as of GET.
func TestPolicyIsThatOfNotes(t *testing.T) {
	want := map[authz.Rule]bool{}
	for _, rule := range notes.Handler(identify, &notes.Memory{}).Policy().Rules {
		rule.Pattern = strings.NewReplacer("{", ":", "}", "").Replace(rule.Pattern)
		want[rule] = true
		if rule.Method == "GET" {
			rule.Method = "HEAD"
			want[rule] = true
		}
	}
	got := map[authz.Rule]bool{}
	for _, rule := range notesecho.Policy(identify, &notes.Memory{}).Rules {
		got[rule] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("policy (-notes +echo):\n%s", diff)
	}
}
