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

func TestAddress(t *testing.T) {
	notestest.Address(t, notesecho.Handler(notestest.Pinned, &notes.Memory{}), "X-Forwarded-For", "X-Real-Ip", "Forwarded")
}

type brokenStore struct{ notes.Memory }

func (*brokenStore) Get(context.Context, string, string) (notes.Note, error) {
	return notes.Note{}, errors.New("disk on fire")
}

func TestBrokenStoreIsNotTheClientsBusiness(t *testing.T) {
	h := notesecho.Handler(notestest.Pinned, &brokenStore{})
	line, w := logOf(t, h, notestest.As(httptest.NewRequest("GET", "/notes/1", nil), "ada read"))
	if !strings.Contains(line, "disk on fire") {
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
