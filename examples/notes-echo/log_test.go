package notesecho_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
	"github.com/gatehouse-go/gatehouse/examples/notes/notestest"
)

// logOf returns what is logged about one request.
func logOf(t *testing.T, h http.Handler, r *http.Request) (line string, w *httptest.ResponseRecorder) {
	t.Helper()
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	defer slog.SetDefault(before)
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return b.String(), w
}

// The logged address is the peer's, whatever a client writes into headers.
func TestAddressIsNotTheClientsWord(t *testing.T) {
	h := notesecho.Handler(notestest.Pinned, &notes.Memory{})
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		r := httptest.NewRequest("GET", "/notes/secret", nil)
		r.RemoteAddr = "192.0.2.7:1234"
		r.Header.Set(name, "203.0.113.9")
		line, _ := logOf(t, h, r)
		if !strings.Contains(line, "route=/notes/:id status=401 from=192.0.2.7") || strings.Contains(line, "secret") {
			t.Errorf("%s: logged %s", name, line)
		}
	}
}

type brokenStore struct{ notes.Memory }

func (*brokenStore) Get(context.Context, string, string) (notes.Note, error) {
	return notes.Note{}, errors.New("disk on fire")
}

func TestBrokenStoreIsNotTheClientsBusiness(t *testing.T) {
	h := notesecho.Handler(notestest.Pinned, &brokenStore{})
	line, w := logOf(t, h, notestest.As(httptest.NewRequest("GET", "/notes/1", nil), "ada read"))
	if !strings.Contains(line, "disk on fire") || !strings.Contains(line, "status=500") {
		t.Errorf("logged %s", line)
	}
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
}

func TestHandlerWithoutStore(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	notesecho.Handler(nil, nil)
}
