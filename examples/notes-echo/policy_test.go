package notesecho_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
)

// What notes requires is required here, in Echo's patterns, of HEAD as of GET.
func TestPolicyIsThatOfNotes(t *testing.T) {
	var want []authz.Rule
	for _, rule := range notes.Handler(anybody, &notes.Memory{}).Policy().Rules {
		rule.Pattern = strings.NewReplacer("{", ":", "}", "").Replace(rule.Pattern)
		want = append(want, rule)
		if rule.Method == "GET" {
			rule.Method = "HEAD"
			want = append(want, rule)
		}
	}
	got := notesecho.Policy(anybody, &notes.Memory{}).Rules
	byRoute := cmpopts.SortSlices(func(a, b authz.Rule) bool {
		return a.Method+a.Pattern < b.Method+b.Pattern
	})
	if diff := cmp.Diff(want, got, byRoute); diff != "" {
		t.Errorf("policy (-notes +echo):\n%s", diff)
	}
}
