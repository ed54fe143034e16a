package notesecho_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

func TestPolicyIsThatOfNotes(t *testing.T) {
	_, routes := notesecho.New(notestest.Pinned, &notes.Memory{})
	notestest.SamePolicy(t, routes, strings.NewReplacer("{", ":", "}", "").Replace)
}
