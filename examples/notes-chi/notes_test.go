package noteschi_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	noteschi "github.com/gatehouse-go/gatehouse/examples/notes-chi"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

func TestAnswersAsNotesDoes(t *testing.T) {
	notestest.Alike(t, noteschi.Handler, func(_, path, _ string) int {
		if strings.Contains(path, "//") || strings.Contains(path, "..") {
			return 404 // ServeMux redirects to the clean path
		}
		return 0
	})
}

func TestPolicyIsThatOfNotes(t *testing.T) {
	_, routes := noteschi.New(notestest.Pinned, &notes.Memory{})
	notestest.SamePolicy(t, routes, func(pattern string) string { return pattern })
}

func TestAddress(t *testing.T) {
	notestest.Address(t, noteschi.Handler(notestest.Pinned, &notes.Memory{}), "X-Forwarded-For", "X-Real-Ip", "True-Client-Ip")
}
