package notesecho_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesecho "github.com/gatehouse-go/gatehouse/examples/notes-echo"
)

// steps are one story, told in this order to the notes example and to this one,
// which must answer alike. NOTE and NEXT are the ID of the first note and the
// cursor of the newest page.
var steps = []struct {
	name         string
	as           string // subject and scopes; "": nobody
	method, path string
	body         string
	echo         int // status, where Echo's router answers unlike ServeMux; 0: the same
}{
	{"hello needs nobody", "", "GET", "/hello", "", 0},
	{"hello knows a caller", "ada read", "GET", "/hello", "", 0},
	{"a profile needs somebody", "", "GET", "/profile", "", 0},
	{"a profile needs a scope", "ada write", "GET", "/profile", "", 0},
	{"profile", "ada read", "GET", "/profile", "", 0},
	{"nobody writes", "", "POST", "/notes", `{"title":"x"}`, 0},
	{"a reader does not write", "ada read", "POST", "/notes", `{"title":"x"}`, 0},
	{"a writer alone does not read", "ada write", "GET", "/notes", "", 0},
	{"write", "ada read write", "POST", "/notes", `{"title":"First","content":"<b>one</b>"}`, 0},
	{"write without a title", "ada read write", "POST", "/notes", `{}`, 0},
	{"whose a note is, the body does not say", "ada write", "POST", "/notes", `{"id":"1","title":"Third","ownerSub":"bob"}`, 0},
	{"nor does a form", "ada write", "POST", "/notes", `title=x`, 0},
	{"bad JSON", "ada write", "POST", "/notes", `{"title":`, 0},
	{"no body", "ada write", "POST", "/notes", "", 0},
	{"null", "ada write", "POST", "/notes", "null", 0},
	{"JSON of something else", "ada write", "POST", "/notes", `["title"]`, 0},
	{"a number as title", "ada write", "POST", "/notes", `{"title":1}`, 0},
	{"two notes in one body", "ada write", "POST", "/notes", `{"title":"a"}{"title":"b"}`, 0},
	{"not UTF-8", "ada write", "POST", "/notes", "{\"title\":\"\xff\"}", 0},
	{"64 KB", "ada write", "POST", "/notes", `{"content":"` + strings.Repeat("x", 65536-14) + `"}`, 0},
	{"one byte more", "ada write", "POST", "/notes", `{"content":"` + strings.Repeat("x", 65536-13) + `"}`, 0},
	{"a note", "ada read", "GET", "/notes/NOTE", "", 0},
	{"another's note", "bob read", "GET", "/notes/NOTE", "", 0},
	{"no note", "ada read", "GET", "/notes/1", "", 0},
	{"nobody's notes", "", "GET", "/notes", "", 0},
	{"no notes yet", "bob read", "GET", "/notes", "", 0},
	{"newest first", "ada read", "GET", "/notes", "", 0},
	{"a page", "ada read", "GET", "/notes?limit=2", "", 0},
	{"a cursor that is another's", "bob read", "GET", "/notes?limit=2&cursor=NEXT", "", 0},
	{"the next page", "ada read", "GET", "/notes?limit=2&cursor=NEXT", "", 0},
	{"limit of nothing", "ada read", "GET", "/notes?limit=0", "", 0},
	{"limit at the limit", "ada read", "GET", "/notes?limit=25", "", 0},
	{"limit over the limit", "ada read", "GET", "/notes?limit=26", "", 0},
	{"limit of many", "ada read", "GET", "/notes?limit=many", "", 0},
	{"a cursor of the client's own", "ada read", "GET", "/notes?cursor=NOTE", "", 0},
	{"HEAD is GET", "ada read", "HEAD", "/notes", "", 0},
	{"HEAD of what is public", "", "HEAD", "/hello", "", 0},
	{"HEAD needs what GET needs", "", "HEAD", "/notes", "", 0},
	{"HEAD with another scope", "ada write", "HEAD", "/notes", "", 0},
	{"OPTIONS of nobody", "", "OPTIONS", "/notes", "", 0},
	{"OPTIONS", "ada read", "OPTIONS", "/notes", "", 204},
	{"DELETE", "ada read", "DELETE", "/notes/NOTE", "", 0},
	{"a lower-case method", "ada read", "get", "/notes", "", 0},
	{"no route", "ada read", "GET", "/elsewhere", "", 0},
	{"no route for nobody", "", "GET", "/elsewhere", "", 0},
	{"root", "ada read", "GET", "/", "", 0},
	{"below a note", "ada read", "GET", "/notes/NOTE/x", "", 0},
	{"a trailing slash", "ada read", "GET", "/notes/", "", 0},
	{"two slashes", "ada read", "GET", "/notes//x", "", 404},
	{"two slashes of nobody", "", "GET", "/notes//x", "", 0},
	{"slashes before it", "", "GET", "//notes", "", 0},
	{"a way round", "", "GET", "/hello/../notes", "", 0},
	{"a way round for a caller", "ada read", "GET", "/hello/../notes", "", 404},
	{"an escaped way round", "", "GET", "/hello%2f..%2fnotes", "", 0},
	{"an escaped letter", "", "GET", "/%6eotes", "", 0},
}

// teller sends the steps to one implementation and remembers its names for what
// differs between them.
type teller struct {
	h      http.Handler
	prefix string
	first  string
	next   string
}

func (tl *teller) tell(t *testing.T, as, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	path = strings.NewReplacer("NOTE", tl.first, "NEXT", tl.next).Replace(path)
	r := httptest.NewRequest(method, tl.prefix+path, strings.NewReader(body))
	if as != "" {
		r.Header.Set("Authorization", "Bearer "+as)
	}
	w := httptest.NewRecorder()
	tl.h.ServeHTTP(w, r)
	var made struct {
		Note notes.Note
		Next string
	}
	if json.Unmarshal(w.Body.Bytes(), &made) != nil {
		return w // no JSON, so nothing to remember
	}
	if w.Code == http.StatusCreated && tl.first == "" {
		tl.first = made.Note.ID
	}
	if made.Next != "" {
		tl.next = made.Next
	}
	return w
}

// fronts are where the API may stand; 0 is none.
var fronts = []struct {
	name   string
	format adapter.Format
	prefix string
}{
	{"no front", 0, ""},
	{"HTTP API payload 2.0", adapter.HTTPAPIV2, ""},
	{"HTTP API payload 1.0", adapter.HTTPAPIV1, ""},
	{"REST API", adapter.RESTAPI, "/prod"},
}

func TestAnswersAsNotesDoes(t *testing.T) {
	for _, front := range fronts {
		t.Run(front.name, func(t *testing.T) {
			behind := func(h http.Handler) http.Handler {
				if front.format == 0 {
					return h
				}
				return gateway.MustNew(gateway.Config{Function: adapter.New(h, nil), Format: front.format})
			}
			model := &teller{h: behind(notes.Handler(anybody, &notes.Memory{})), prefix: front.prefix}
			own := &teller{h: behind(notesecho.Handler(anybody, &notes.Memory{})), prefix: front.prefix}
			for _, step := range steps {
				t.Run(step.name, func(t *testing.T) {
					want := model.tell(t, step.as, step.method, step.path, step.body)
					got := own.tell(t, step.as, step.method, step.path, step.body)
					compare(t, got, want, step.echo)
				})
			}
		})
	}
}

// anybody takes the caller's word for it: these tests are not about tokens.
var anybody = authz.IdentifierFunc("test header", claims.Trust{}, identify)

func identify(r *http.Request) (*claims.Identity, error) {
	as, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, nil
	}
	subject, scopes, _ := strings.Cut(as, " ")
	scopes = strings.NewReplacer("read", notes.ReadScope, "write", notes.WriteScope).Replace(scopes)
	return claims.NewIdentity(claims.JWT, map[string]any{
		"iss": "https://issuer.example", "sub": subject, "username": subject + "-name", "client_id": "tests",
		"token_use": "access", "scope": scopes,
	})
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
			t.Errorf("body (-notes +echo):\n%s", diff)
		}
	}
	for _, name := range names {
		if got, want := got.Header().Get(name), want.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// comparable is an answer without what only its maker can name.
func comparable(t *testing.T, w *httptest.ResponseRecorder) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if problem, ok := v.(map[string]any); ok && w.Code == http.StatusNotFound {
		delete(problem, "detail") // Echo's last parameter takes what ServeMux has no route for
	}
	return blank(v)
}

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
