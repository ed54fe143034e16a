package notestest

import "strings"

// A step is one request. NOTE and NEXT in its path are the ID of the first note
// and the cursor of the newest page.
type step struct {
	name         string
	as           string // subject and scopes; "": nobody
	method, path string
	body         string
}

// story is told in this order.
var story = []step{
	{"hello needs nobody", "", "GET", "/hello", ""},
	{"hello knows a caller", "ada read", "GET", "/hello", ""},
	{"a profile needs somebody", "", "GET", "/profile", ""},
	{"a profile needs a scope", "ada write", "GET", "/profile", ""},
	{"profile", "ada read", "GET", "/profile", ""},
	{"nobody writes", "", "POST", "/notes", `{"title":"x"}`},
	{"a reader does not write", "ada read", "POST", "/notes", `{"title":"x"}`},
	{"a writer alone does not read", "ada write", "GET", "/notes", ""},
	{"write", "ada read write", "POST", "/notes", `{"title":"First","content":"<b>one</b>"}`},
	{"write without a title", "ada read write", "POST", "/notes", `{}`},
	{"whose a note is, the body does not say", "ada write", "POST", "/notes", `{"id":"1","title":"Third","ownerSub":"bob"}`},
	{"nor does a form", "ada write", "POST", "/notes", `title=x`},
	{"bad JSON", "ada write", "POST", "/notes", `{"title":`},
	{"no body", "ada write", "POST", "/notes", ""},
	{"null", "ada write", "POST", "/notes", "null"},
	{"JSON of something else", "ada write", "POST", "/notes", `["title"]`},
	{"a number as title", "ada write", "POST", "/notes", `{"title":1}`},
	{"two notes in one body", "ada write", "POST", "/notes", `{"title":"a"}{"title":"b"}`},
	{"not UTF-8", "ada write", "POST", "/notes", "{\"title\":\"\xff\"}"},
	{"64 KB", "ada write", "POST", "/notes", `{"content":"` + strings.Repeat("x", 65536-14) + `"}`},
	{"one byte more", "ada write", "POST", "/notes", `{"content":"` + strings.Repeat("x", 65536-13) + `"}`},
	{"a note", "ada read", "GET", "/notes/NOTE", ""},
	{"another's note", "bob read", "GET", "/notes/NOTE", ""},
	{"no note", "ada read", "GET", "/notes/1", ""},
	{"nobody's notes", "", "GET", "/notes", ""},
	{"no notes yet", "bob read", "GET", "/notes", ""},
	{"newest first", "ada read", "GET", "/notes", ""},
	{"a page", "ada read", "GET", "/notes?limit=2", ""},
	{"a cursor that is another's", "bob read", "GET", "/notes?limit=2&cursor=NEXT", ""},
	{"the next page", "ada read", "GET", "/notes?limit=2&cursor=NEXT", ""},
	{"limit of nothing", "ada read", "GET", "/notes?limit=0", ""},
	{"limit at the limit", "ada read", "GET", "/notes?limit=25", ""},
	{"limit over the limit", "ada read", "GET", "/notes?limit=26", ""},
	{"limit of many", "ada read", "GET", "/notes?limit=many", ""},
	{"a cursor of the client's own", "ada read", "GET", "/notes?cursor=NOTE", ""},
	{"HEAD is GET", "ada read", "HEAD", "/notes", ""},
	{"HEAD of what is public", "", "HEAD", "/hello", ""},
	{"HEAD needs what GET needs", "", "HEAD", "/notes", ""},
	{"HEAD with another scope", "ada write", "HEAD", "/notes", ""},
	{"OPTIONS of nobody", "", "OPTIONS", "/notes", ""},
	{"OPTIONS", "ada read", "OPTIONS", "/notes", ""},
	{"DELETE", "ada read", "DELETE", "/notes/NOTE", ""},
	{"a lower-case method", "ada read", "get", "/notes", ""},
	{"no route", "ada read", "GET", "/elsewhere", ""},
	{"no route for nobody", "", "GET", "/elsewhere", ""},
	{"root", "ada read", "GET", "/", ""},
	{"below a note", "ada read", "GET", "/notes/NOTE/x", ""},
	{"a trailing slash", "ada read", "GET", "/notes/", ""},
	{"two slashes", "ada read", "GET", "/notes//x", ""},
	{"two slashes of nobody", "", "GET", "/notes//x", ""},
	{"slashes before it", "", "GET", "//notes", ""},
	{"a way round", "", "GET", "/hello/../notes", ""},
	{"a way round for a caller", "ada read", "GET", "/hello/../notes", ""},
	{"an escaped way round", "", "GET", "/hello%2f..%2fnotes", ""},
	{"an escaped letter", "", "GET", "/%6eotes", ""},
}

// grid is every method on every path by every kind of caller.
func grid() []step {
	var steps []step
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		for _, path := range []string{
			"/", "/hello", "/profile", "/notes", "/notes/NOTE", "/notes/none", "/notes/NOTE/more", "/Notes", "/hello.", "/elsewhere", "/notes?limit=1",
		} {
			for _, as := range []string{"", "ada read", "ada write", "bob read write"} {
				steps = append(steps, step{strings.TrimSpace(method + " " + path + " " + as), as, method, path, "{}"})
			}
		}
	}
	return steps
}
