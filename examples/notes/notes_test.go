package notes_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/google/go-cmp/cmp"
)

// steps are one story, told in this order to one store. NOTE is the ID of the
// first note that is made, in paths and in answers; ran is the handler that must
// have run, "" for none.
var steps = []struct {
	name         string
	as           caller
	method, path string
	body         string
	status       int
	want         string // JSON; "": any body
	ran          string
}{
	{"hello needs nobody", nobody, "GET", "/hello", "", 200, `{"message":"Hello from Lambda","path":"/hello","method":"GET"}`, "GET /hello"},
	{"a profile needs somebody", nobody, "GET", "/profile", "", 401, "", ""},
	{"profile", reader, "GET", "/profile", "", 200,
		`{"message":"This is who you are","user":{"sub":"reader","username":"reader-name","clientId":"tests"},"auth":{"tokenUse":"access","scopes":["notes-api/read"]}}`, "GET /profile"},
	{"nobody writes", nobody, "POST", "/notes", `{"title":"x"}`, 401, "", ""},
	{"a reader does not write", reader, "POST", "/notes", `{"title":"x"}`, 403, "", ""},
	{"a writer alone does not read", newCaller("writer", notes.WriteScope), "GET", "/notes", "", 403, "", ""},
	{"write", writer, "POST", "/notes", `{"title":"First","content":"<b>one</b>"}`, 201,
		`{"message":"Note created","note":{"id":"NOTE","title":"First","content":"<b>one</b>","ownerSub":"writer"},
		"auth":{"username":"writer-name","scopes":["notes-api/read","notes-api/write"]}}`, "POST /notes"},
	{"write without a title", writer, "POST", "/notes", `{}`, 201,
		`{"message":"Note created","note":{"id":"SECOND","title":"Untitled","content":"","ownerSub":"writer"},
		"auth":{"username":"writer-name","scopes":["notes-api/read","notes-api/write"]}}`, "POST /notes"},
	{"whose a note is, the body does not say", writer, "POST", "/notes", `{"id":"1","title":"Third","ownerSub":"reader"}`, 201,
		`{"message":"Note created","note":{"id":"THIRD","title":"Third","content":"","ownerSub":"writer"},
		"auth":{"username":"writer-name","scopes":["notes-api/read","notes-api/write"]}}`, "POST /notes"},
	{"bad JSON", writer, "POST", "/notes", `{"title":`, 400, `{"title":"Bad Request","status":400,"detail":"The body is not the JSON of a note."}`, "POST /notes"},
	{"no body", writer, "POST", "/notes", "", 400, "", "POST /notes"},
	{"null", writer, "POST", "/notes", "null", 400, "", "POST /notes"},
	{"JSON of something else", writer, "POST", "/notes", `["title"]`, 400, "", "POST /notes"},
	{"a number as title", writer, "POST", "/notes", `{"title":1}`, 400, "", "POST /notes"},
	{"two notes in one body", writer, "POST", "/notes", `{"title":"a"}{"title":"b"}`, 400, "", "POST /notes"},
	{"not UTF-8", writer, "POST", "/notes", "{\"title\":\"\xff\"}", 400, "", "POST /notes"},
	{"more than 64 KB", writer, "POST", "/notes", `{"content":"` + strings.Repeat("x", notes.MaxBody) + `"}`, 413,
		`{"title":"Request Entity Too Large","status":413,"detail":"A note is at most 65536 bytes of JSON."}`, "POST /notes"},
	{"a note", writer, "GET", "/notes/NOTE", "", 200, `{"note":{"id":"NOTE","title":"First","content":"<b>one</b>","ownerSub":"writer"}}`, "GET /notes/{id}"},
	{"another's note", reader, "GET", "/notes/NOTE", "", 404, `{"title":"Not Found","status":404,"detail":"There is no such note."}`, "GET /notes/{id}"},
	{"no note", writer, "GET", "/notes/1", "", 404, `{"title":"Not Found","status":404,"detail":"There is no such note."}`, "GET /notes/{id}"},
	{"nobody's notes", nobody, "GET", "/notes", "", 401, "", ""},
	{"no notes yet", reader, "GET", "/notes", "", 200, `{"notes":[]}`, "GET /notes"},
	{"newest first", writer, "GET", "/notes", "", 200, `{"notes":[
		{"id":"THIRD","title":"Third","content":"","ownerSub":"writer"},
		{"id":"SECOND","title":"Untitled","content":"","ownerSub":"writer"},
		{"id":"NOTE","title":"First","content":"<b>one</b>","ownerSub":"writer"}]}`, "GET /notes"},
	{"limit of nothing", writer, "GET", "/notes?limit=0", "", 400, "", "GET /notes"},
	{"limit over the limit", writer, "GET", "/notes?limit=26", "", 400, "", "GET /notes"},
	{"limit of many", writer, "GET", "/notes?limit=many", "", 400, "", "GET /notes"},
	{"a cursor of the client's own", writer, "GET", "/notes?cursor=NOTE", "", 400, "", "GET /notes"},
	{"HEAD is GET", reader, "HEAD", "/notes", "", 200, "", "GET /notes"},
	{"HEAD needs what GET needs", nobody, "HEAD", "/notes", "", 401, "", ""},
	{"HEAD with another scope", newCaller("writer", notes.WriteScope), "HEAD", "/notes", "", 403, "", ""},
	{"OPTIONS of nobody", nobody, "OPTIONS", "/notes", "", 401, "", ""},
	{"OPTIONS", writer, "OPTIONS", "/notes", "", 405, "", ""},
	{"DELETE", writer, "DELETE", "/notes/NOTE", "", 405, "", ""},
	{"no route", writer, "GET", "/elsewhere", "", 404, "", ""},
	{"no route for nobody", nobody, "GET", "/elsewhere", "", 401, "", ""},
	{"root", writer, "GET", "/", "", 404, "", ""},
	{"below a note", writer, "GET", "/notes/NOTE/x", "", 404, "", ""},
}

// A send delivers a request as a caller and returns the answer.
type send func(as caller, method, path, body string) *httptest.ResponseRecorder

// tell runs the steps; ran returns which handlers ran since it was last asked.
func tell(t *testing.T, send send, ran func() string) {
	ids := strings.NewReplacer()
	known := []string{}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			w := send(step.as, step.method, ids.Replace(step.path), step.body)
			if w.Code != step.status {
				t.Errorf("status %d, want %d; body %s", w.Code, step.status, w.Body)
			}
			if got := ran(); got != step.ran {
				t.Errorf("handler that ran: %q, want %q", got, step.ran)
			}
			if id := createdID(w); id != "" {
				known = append(known, []string{"NOTE", "SECOND", "THIRD"}[len(known)/2], id)
				ids = strings.NewReplacer(known...)
			}
			if step.want != "" {
				compare(t, w, ids.Replace(step.want))
			}
		})
	}
}

func createdID(w *httptest.ResponseRecorder) string {
	var answer struct{ Note struct{ ID string } }
	if w.Code != http.StatusCreated || json.Unmarshal(w.Body.Bytes(), &answer) != nil {
		return ""
	}
	return answer.Note.ID
}

func compare(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	wantType := "application/json"
	if w.Code >= 400 {
		wantType = "application/problem+json"
	}
	if got := w.Header().Get("Content-Type"); got != wantType {
		t.Errorf("content type %q, want %q", got, wantType)
	}
	if diff := cmp.Diff(decode(t, want), decode(t, w.Body.String())); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func decode(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%q is not JSON: %v", text, err)
	}
	return value
}

// record returns what Recorded wants, and a function that empties the record.
func record() (ran func(string), taken func() string) {
	patterns := []string{}
	return func(pattern string) { patterns = append(patterns, pattern) },
		func() string {
			defer func() { patterns = nil }()
			return strings.Join(patterns, ", ")
		}
}

// No gateway and no server: an ordinary handler and an ordinary test.
func TestHandler(t *testing.T) {
	ran, taken := record()
	h := notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran)
	tell(t, func(as caller, method, path, body string) *httptest.ResponseRecorder {
		return serve(h, requestAs(as, method, path, body))
	}, taken)
}

func TestBehindGateway(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	for _, front := range fronts {
		t.Run(front.format.String(), func(t *testing.T) {
			ran, taken := record()
			g := front.gateway(notes.Recorded(pinned(t, issuerURL), &notes.Memory{}, ran), issuer)
			tell(t, func(as caller, method, path, body string) *httptest.ResponseRecorder {
				r := httptest.NewRequest(method, front.prefix+path, strings.NewReader(body))
				r.Header = as.header(t, issuer)
				return serve(g, r)
			}, taken)
		})
	}
}

var update = flag.Bool("update", false, "write the golden files in testdata")

// A change of what an operation requires, or of who may therefore do it, is shown to
// a reviewer.
func TestPolicy(t *testing.T) {
	api := notes.Handler(pinned(t, issuerURL), &notes.Memory{})
	golden(t, "testdata/policy.golden", api.Policy().String())
	golden(t, "testdata/matrix.golden", authztest.Matrix(api,
		authztest.Caller{Name: "nobody", Claims: nobody},
		authztest.Caller{Name: "reader", Claims: reader},
		authztest.Caller{Name: "writer", Claims: newCaller("writer", notes.WriteScope)},
		authztest.Caller{Name: "both", Claims: writer},
		authztest.Caller{Name: "ID token", Claims: reader.with(caller{"token_use": "id", "scope": nil})},
		authztest.Caller{Name: "foreign issuer", Claims: writer.with(caller{"iss": "https://issuer.example"})},
	))
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: -golden +now; go test -update accepts it:\n%s", file, diff)
	}
}

func TestHandlerWithoutStore(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	notes.Handler(nil, nil)
}
