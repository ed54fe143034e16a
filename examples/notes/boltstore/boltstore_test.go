package boltstore_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/boltstore"
)

func open(t *testing.T, path string) *boltstore.Store {
	t.Helper()
	store, err := boltstore.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// send is one request of one caller to the API that keeps its notes at path, in
// a program of its own.
func send(t *testing.T, path, method, target, body string) string {
	t.Helper()
	store := open(t, path)
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{
		"iss": "https://issuer.example", "sub": "ada", "scope": notes.ReadScope + " " + notes.WriteScope,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	w := httptest.NewRecorder()
	notes.Handler(nil, store).ServeHTTP(w, r.WithContext(claims.NewContext(r.Context(), caller)))
	if w.Code >= 300 {
		t.Fatalf("%s %s: status %d, body %s", method, target, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestNotesSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.db")
	for _, title := range []string{"one", "two", "three"} {
		send(t, path, "POST", "/notes", `{"title":"`+title+`"}`)
	}
	first := send(t, path, "GET", "/notes?limit=2", "")
	if !strings.Contains(first, `"three"`) || strings.Index(first, `"three"`) > strings.Index(first, `"two"`) {
		t.Fatalf("notes %s, want three and two", first)
	}
	_, cursor, _ := strings.Cut(first, `"next":"`)
	cursor, _, _ = strings.Cut(cursor, `"`)
	if rest := send(t, path, "GET", "/notes?cursor="+cursor, ""); !strings.Contains(rest, `"one"`) || strings.Contains(rest, `"two"`) {
		t.Errorf("notes behind the cursor of another run: %s, want one", rest)
	}
}

func TestFileIsTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes are POSIX's")
	}
	path := filepath.Join(t.TempDir(), "notes.db")
	defer open(t, path).Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode %o, want 600", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	inUse, text := filepath.Join(dir, "in-use.db"), filepath.Join(dir, "text.db")
	defer open(t, inUse).Close()
	if err := os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		inUse:                           "in use by another program",
		text:                            "invalid database",
		dir:                             "directory",
		filepath.Join(dir, "no", "dir"): "no such file",
	} {
		store, err := boltstore.Open(path)
		if err == nil {
			store.Close()
			t.Errorf("%s: no error", path)
			continue
		}
		if !strings.HasPrefix(err.Error(), "boltstore: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("error %q, want one about %q", err, want)
		}
	}
}

func TestClosedStore(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "notes.db"))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Add(t.Context(), "a", notes.Note{ID: "1"}, ""); err == nil {
		t.Error("Add: no error")
	}
	if _, err := store.Get(t.Context(), "a", "1"); err == nil {
		t.Error("Get: no error")
	}
	if _, err := store.List(t.Context(), "a", "", 1); err == nil {
		t.Error("List: no error")
	}
}
