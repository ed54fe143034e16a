package notes_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// A client that did not see the answer sends the request again.
func TestIdempotencyKey(t *testing.T) {
	h := notes.Handler(pinned(t, issuerURL), &notes.Memory{})
	post := func(as caller, body string, keys ...string) (int, string) {
		r := requestAs(as, "POST", "/notes", body)
		r.Header["Idempotency-Key"] = keys
		w := serve(h, r)
		var created notes.Created
		_ = json.Unmarshal(w.Body.Bytes(), &created)
		return w.Code, created.Note.ID
	}
	_, first := post(writer, `{"title":"one"}`, "k1")
	other := newCaller("other", notes.WriteScope)
	for _, row := range []struct {
		name   string
		as     caller
		body   string
		keys   []string
		status int
		same   bool
	}{
		{"the same request again", writer, `{"title":"one"}`, []string{"k1"}, http.StatusCreated, true},
		{"the same key for another note", writer, `{"title":"two"}`, []string{"k1"}, http.StatusUnprocessableEntity, false},
		{"another key", writer, `{"title":"one"}`, []string{"k2"}, http.StatusCreated, false},
		{"another caller's key", other, `{"title":"one"}`, []string{"k1"}, http.StatusCreated, false},
		{"no key", writer, `{"title":"one"}`, nil, http.StatusCreated, false},
		{"an empty key", writer, `{"title":"one"}`, []string{""}, http.StatusCreated, false},
		{"two keys", writer, `{"title":"one"}`, []string{"k1", "k1"}, http.StatusBadRequest, false},
		{"a key too long", writer, `{"title":"one"}`, []string{strings.Repeat("k", 256)}, http.StatusBadRequest, false},
	} {
		status, id := post(row.as, row.body, row.keys...)
		if status != row.status || (id == first) != row.same {
			t.Errorf("%s: status %d, note %q; the first is %q", row.name, status, id, first)
		}
	}
}
