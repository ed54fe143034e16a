package notesgin_test

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
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

// The logged address is the peer's, whatever a client writes into headers.
func TestAddressIsNotTheClientsWord(t *testing.T) {
	h := notesgin.Handler(notestest.Pinned, &notes.Memory{})
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		r := httptest.NewRequest("GET", "/notes/secret", nil)
		r.RemoteAddr = "192.0.2.7:1234"
		r.Header.Set(name, "203.0.113.9")
		var log bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		h.ServeHTTP(httptest.NewRecorder(), r)
		slog.SetDefault(before)
		if line := log.String(); !strings.Contains(line, "route=/notes/:id status=401 from=192.0.2.7") || strings.Contains(line, "secret") {
			t.Errorf("%s: logged %s", name, line)
		}
	}
}
