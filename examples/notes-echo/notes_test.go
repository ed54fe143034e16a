package notesecho_test

import (
	"strings"
	"testing"

	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

func TestAnswersAsNotesDoes(t *testing.T) {
	notestest.Alike(t, notesecho.Handler, func(method, path, caller string) int {
		below := strings.HasPrefix(path, "/notes/NOTE/") // Echo's last parameter takes all that follows
		reads := strings.Contains(caller, "read")
		switch {
		case strings.Contains(path, "//"), strings.Contains(path, ".."):
			return 404 // ServeMux redirects to the clean path
		case method == "OPTIONS" && path != "/" && path != "/elsewhere" && path != "/Notes" && path != "/hello.":
			return 204 // with Allow; ServeMux has 405, or 404 below a note
		case below && (method == "GET" || method == "HEAD") && !reads:
			return 403
		case below && method != "GET" && method != "HEAD":
			return 405
		}
		return 0
	})
}
