package notesgin_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesgin "github.com/gatehouse-go/gatehouse/examples/notes-gin"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

func TestAnswersAsNotesDoes(t *testing.T) {
	notestest.Alike(t, notesgin.Handler, func(_, path, _ string) int {
		if strings.Contains(path, "//") || strings.Contains(path, "..") {
			return 404 // ServeMux redirects to the clean path
		}
		return 0
	})
}

func TestPolicyIsThatOfNotes(t *testing.T) {
	routes := notesgin.New(notestest.Pinned, &notes.Memory{})
	notestest.SamePolicy(t, routes, func(pattern string) string { return strings.ReplaceAll(pattern, "{id}", ":id") })
}

func TestAddress(t *testing.T) {
	notestest.Address(t, notesgin.Handler(notestest.Pinned, &notes.Memory{}), "X-Forwarded-For", "X-Real-Ip", "Forwarded")
}
