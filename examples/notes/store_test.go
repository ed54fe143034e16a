package notes_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/internal/standin"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/boltstore"
	"github.com/gatehouse-go/gatehouse/examples/notes/dynamostore"
	"github.com/google/go-cmp/cmp"
)

// stores are all that must behave alike.
func stores(t *testing.T, use func(t *testing.T, store notes.Store)) {
	t.Run("memory", func(t *testing.T) { use(t, &notes.Memory{}) })
	t.Run("bolt", func(t *testing.T) {
		store, err := boltstore.Open(filepath.Join(t.TempDir(), "notes.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		use(t, store)
	})
	t.Run("dynamodb", func(t *testing.T) {
		client := standin.Client(standin.DynamoDB(t))
		standin.Table(t, client, "notes")
		use(t, dynamostore.New(client, "notes"))
	})
}

func id(i int) string { return fmt.Sprintf("%04d", i) }

func add(t *testing.T, store notes.Store, owner string, i int) {
	t.Helper()
	if _, err := store.Add(t.Context(), owner, notes.Note{ID: id(i), Title: owner}, ""); err != nil {
		t.Error(err)
	}
}

func TestStoreList(t *testing.T) {
	stores(t, func(t *testing.T, store notes.Store) {
		for _, i := range []int{10, 30, 20, 50, 40} { // not in order: two functions at once
			add(t, store, "a", i)
			add(t, store, "b", i+1)
		}
		for _, row := range []struct {
			owner, before string
			limit         int
			want          []string
		}{
			{"a", "", 10, []string{"0050", "0040", "0030", "0020", "0010"}},
			{"a", "", 2, []string{"0050", "0040"}},
			{"a", "0040", 2, []string{"0030", "0020"}},
			{"a", "0020", 2, []string{"0010"}},
			{"a", "0010", 2, nil},
			{"a", "0", 2, nil},
			{"a", "0035", 1, []string{"0030"}}, // of no note
			{"a", "9", 1, []string{"0050"}},
			{"b", "0040", 10, []string{"0031", "0021", "0011"}},
			{"c", "", 10, nil},
			{"c", "0040", 10, nil},
			{"a", "", 0, nil},
		} {
			found, err := store.List(t.Context(), row.owner, row.before, row.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, n := range found {
				got = append(got, n.ID)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("List(%q, %q, %d) (-want +got):\n%s", row.owner, row.before, row.limit, diff)
			}
		}
	})
}

func TestStoreGet(t *testing.T) {
	stores(t, func(t *testing.T, store notes.Store) {
		want := notes.Note{ID: id(1), Title: "title", Content: "content \" \x00 é", OwnerSub: "sub"}
		if _, err := store.Add(t.Context(), "a", want, ""); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Get(t.Context(), "a", want.ID); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		for _, row := range [][2]string{{"b", want.ID}, {"a", id(2)}, {"a", ""}, {"", want.ID},
			{"a", strings.Repeat("1", 1025)}, {"a", strings.Repeat("\xff", 400)}, {"a", want.ID + "\x00"}} {
			if got, err := store.Get(t.Context(), row[0], row[1]); !errors.Is(err, notes.ErrNotFound) {
				t.Errorf("Get(%q, %q) = %v, %v, want ErrNotFound", row[0], row[1], got, err)
			}
		}
	})
}

// What an idempotency key stands for is the owner's own, and not changed by
// whoever uses it again.
func TestStoreOnce(t *testing.T) {
	stores(t, func(t *testing.T, store notes.Store) {
		first := notes.Note{ID: id(1), Title: "title", Content: "content", OwnerSub: "sub"}
		for _, row := range []struct {
			owner, once string
			note, want  notes.Note
			err         error
		}{
			{"a", "k", first, first, nil},
			{"a", "k", notes.Note{ID: id(2), Title: "title", Content: "content", OwnerSub: "sub"}, first, nil},
			{"a", "k", notes.Note{ID: id(3), Title: "another", Content: "content"}, notes.Note{}, notes.ErrReused},
			{"a", "K", notes.Note{ID: id(4), Title: "title"}, notes.Note{ID: id(4), Title: "title"}, nil},
			{"b", "k", notes.Note{ID: id(5), Title: "b's"}, notes.Note{ID: id(5), Title: "b's"}, nil},
		} {
			got, err := store.Add(t.Context(), row.owner, row.note, row.once)
			if !errors.Is(err, row.err) || err == nil && got != row.want {
				t.Errorf("Add(%q, %v, %q) = %v, %v, want %v, %v", row.owner, row.note, row.once, got, err, row.want, row.err)
			}
		}
		for owner, want := range map[string]int{"a": 2, "b": 1} {
			if found, err := store.List(t.Context(), owner, "", 10); err != nil || len(found) != want {
				t.Errorf("%s has %v, %v, want %d notes", owner, found, err, want)
			}
		}
	})
}

// Enough notes for more than one of a database's pages.
func TestStoreConcurrently(t *testing.T) {
	stores(t, func(t *testing.T, store notes.Store) {
		const each = 40
		var group sync.WaitGroup
		for worker := range 4 {
			group.Go(func() {
				for i := range each {
					add(t, store, "a", i*4+worker)
					if _, err := store.List(t.Context(), "a", id(i*2), 5); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		for before := 1; before <= 4*each; before++ {
			found, err := store.List(t.Context(), "a", id(before), 1)
			if err != nil || len(found) != 1 || found[0].ID != id(before-1) {
				t.Fatalf("before %s: %v, %v", id(before), found, err)
			}
		}
	})
}

// failing is a store that cannot be reached.
type failing struct{ err error }

func (f failing) Add(context.Context, string, notes.Note, string) (notes.Note, error) {
	return notes.Note{}, f.err
}
func (f failing) Get(context.Context, string, string) (notes.Note, error) {
	return notes.Note{}, f.err
}
func (f failing) List(context.Context, string, string, int) ([]notes.Note, error) { return nil, f.err }

// The client learns nothing of why a store failed; the log does.
func TestStoreFailure(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)

	h := notes.Handler(pinned(t, issuerURL), failing{errors.New("table notes-prod is gone")})
	for _, operation := range [][2]string{{"POST", "/notes"}, {"GET", "/notes"}, {"GET", "/notes/1"}} {
		w := serve(h, requestAs(writer, operation[0], operation[1], "{}"))
		if w.Code != 500 {
			t.Errorf("%v: status %d", operation, w.Code)
		}
		compare(t, w, `{"title":"Internal Server Error","status":500}`)
		if !bytes.Contains(log.Bytes(), []byte("notes-prod is gone")) {
			t.Errorf("%v: log %q", operation, log.String())
		}
		log.Reset()
	}
}
