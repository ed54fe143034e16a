// Package notestest compares an example of another router with package notes: both
// must answer one long list of requests alike.
package notestest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

const (
	issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"
	api    = "n0tes4p1id"
)

// Pinned is the Identifier of the examples in production, which the callers of
// this package meet.
var Pinned = claims.MustNew(claims.Config{
	Issuers: []string{issuer},
	APIs:    []string{api},
})

// front is an API that Pinned trusts.
func front(format adapter.Format) authztest.Front {
	return authztest.Front{Format: format, APIID: api, Issuer: issuer}
}

// As returns r as the request of a caller that Pinned knows, by a subject and its
// scopes, such as "ada read write"; "" is nobody.
func As(r *http.Request, caller string) *http.Request {
	return front(0).As(r, claimsOf(caller))
}

// Callers are the columns of the examples' authztest.Matrix.
var Callers = []authztest.Caller{
	{Name: "nobody"},
	{Name: "reader", Claims: claimsOf("ada read")},
	{Name: "writer", Claims: claimsOf("ada write")},
	{Name: "both", Claims: claimsOf("ada read write")},
	{Name: "foreign", Claims: map[string]any{"iss": "https://evil.example.net", "sub": "ada", "scope": notes.ReadScope + " " + notes.WriteScope}},
}

// Alike sends the same requests to notes.Handler and to the handler that newHandler
// returns, each with a store of its own, behind no front and behind three. differs
// returns the status with which the other router answers a known caller where
// http.ServeMux has another, and 0 where both answer alike; Alike fails if they do
// not differ there. Strangers must be answered alike without exception.
func Alike(t *testing.T, newHandler func(authz.Identifier, notes.Store) http.Handler, differs func(method, path, caller string) int) {
	steps := append(story, grid()...)
	t.Logf("%d requests", len(steps))
	if len(steps) < 300 {
		t.Error("the list has shrunk below 300")
	}
	for _, format := range []adapter.Format{0, adapter.HTTPAPIV2, adapter.HTTPAPIV1, adapter.RESTAPI} {
		name := "without a front"
		if format != 0 {
			name = format.String()
		}
		t.Run(name, func(t *testing.T) {
			model := newTeller(t, notes.Handler(Pinned, &notes.Memory{}), format)
			other := newTeller(t, newHandler(Pinned, &notes.Memory{}), format)
			for _, step := range steps {
				t.Run(step.name, func(t *testing.T) {
					status := 0
					if step.as != "" {
						status = differs(step.method, step.path, step.as)
					}
					compare(t, other.tell(step), model.tell(step), status)
				})
			}
		})
	}
}

// A teller sends steps to one handler, and remembers what it calls the things that
// only it can name.
type teller struct {
	h     http.Handler
	first string
	next  string
}

func newTeller(t *testing.T, h http.Handler, format adapter.Format) *teller {
	if format != 0 {
		h = authztest.Chain(t, h, &authztest.Options{Front: front(format)})
	}
	return &teller{h: h}
}

func (tl *teller) tell(s step) *httptest.ResponseRecorder {
	path := strings.NewReplacer("NOTE", tl.first, "NEXT", tl.next).Replace(s.path)
	r := httptest.NewRequest(s.method, path, strings.NewReader(s.body))
	w := httptest.NewRecorder()
	tl.h.ServeHTTP(w, As(r, s.as))
	var made struct {
		Note notes.Note
		Next string
	}
	if json.Unmarshal(w.Body.Bytes(), &made) != nil {
		return w // not JSON: nothing to remember
	}
	if w.Code == http.StatusCreated && tl.first == "" {
		tl.first = made.Note.ID
	}
	if made.Next != "" {
		tl.next = made.Next
	}
	return w
}

// claimsOf returns the claims of a caller, nil for nobody.
func claimsOf(as string) map[string]any {
	if as == "" {
		return nil
	}
	subject, scopes, _ := strings.Cut(as, " ")
	return map[string]any{
		"sub": subject, "username": subject + "-name", "client_id": "tests", "token_use": "access",
		"scope": strings.NewReplacer("read", notes.ReadScope, "write", notes.WriteScope).Replace(scopes),
	}
}

func compare(t *testing.T, got, want *httptest.ResponseRecorder, status int) {
	t.Helper()
	if status != 0 {
		if want.Code == status || got.Code != status {
			t.Errorf("status %d, want %d where notes has %d", got.Code, status, want.Code)
		}
		return
	}
	if got.Code != want.Code {
		t.Fatalf("status %d, want %d; body %s", got.Code, want.Code, got.Body)
	}
	names := []string{"Www-Authenticate", "X-Amzn-Remapped-Www-Authenticate", "Cache-Control"}
	if json.Valid(want.Body.Bytes()) { // what ServeMux answers itself is text
		names = append(names, "Content-Type", "X-Content-Type-Options")
		if diff := cmp.Diff(comparable(t, want), comparable(t, got)); diff != "" {
			t.Errorf("body: -notes +other:\n%s", diff)
		}
	}
	for _, name := range names {
		if got, want := got.Header().Get(name), want.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// comparable returns an answer without what only its maker can name.
func comparable(t *testing.T, w *httptest.ResponseRecorder) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if problem, ok := v.(map[string]any); ok && w.Code == http.StatusNotFound {
		delete(problem, "detail") // one router's last parameter takes what another has no route for
	}
	return blank(v)
}

// blank replaces IDs and cursors by whether there is one.
func blank(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = blank(v[i])
		}
	case map[string]any:
		for name, member := range v {
			v[name] = blank(member)
			if name == "id" || name == "next" {
				v[name] = member != ""
			}
		}
	}
	return v
}
