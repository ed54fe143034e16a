package notes_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/google/go-cmp/cmp"
)

// page returns titles and the cursor of a page of notes.
func page(t *testing.T, send send, as caller, query string) (titles []string, next string) {
	t.Helper()
	w := send(as, "GET", "/notes"+query, "")
	if w.Code != 200 {
		t.Fatalf("%s: status %d, body %s", query, w.Code, w.Body)
	}
	var answer struct {
		Notes []notes.Note
		Next  string
	}
	unmarshal(t, w.Body.Bytes(), &answer)
	for _, n := range answer.Notes {
		titles = append(titles, n.Title)
	}
	return titles, answer.Next
}

// direct sends requests to the handler itself.
func direct(t *testing.T) send {
	h := notes.Handler(pinned(t, issuerURL, "https://issuer.example"), &notes.Memory{})
	return func(as caller, method, path, body string) *httptest.ResponseRecorder {
		return serve(h, requestAs(as, method, path, body))
	}
}

func TestPages(t *testing.T) {
	send := direct(t)
	for i := range 7 {
		send(writer, "POST", "/notes", fmt.Sprintf(`{"title":"%d"}`, i))
		send(newCaller("other", notes.WriteScope), "POST", "/notes", `{"title":"not writer's"}`)
	}
	var got []string
	next := ""
	for range 4 {
		titles, cursor := page(t, send, writer, "?limit=2&cursor="+url.QueryEscape(next))
		got = append(got, strings.Join(titles, " "))
		next = cursor
		send(writer, "POST", "/notes", `{"title":"meanwhile"}`) // is newer than any page to come
	}
	if diff := cmp.Diff([]string{"6 5", "4 3", "2 1", "0"}, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if next != "" {
		t.Errorf("the last page has a cursor")
	}
}

// A page that is full to the last note is the last one.
func TestLastPageIsFull(t *testing.T) {
	send := direct(t)
	for range 10 {
		send(writer, "POST", "/notes", `{}`)
	}
	if titles, next := page(t, send, writer, ""); len(titles) != 10 || next != "" {
		t.Errorf("%d notes and cursor %q, want 10 and none", len(titles), next)
	}
	send(writer, "POST", "/notes", `{}`)
	if titles, next := page(t, send, writer, ""); len(titles) != 10 || next == "" {
		t.Errorf("%d notes and cursor %q, want 10 and one", len(titles), next)
	}
}

func TestCursorOfAnother(t *testing.T) {
	send := direct(t)
	for range 3 {
		send(writer, "POST", "/notes", `{}`)
	}
	_, next := page(t, send, writer, "?limit=1")
	for name, as := range map[string]caller{
		"another subject":            newCaller("other", notes.ReadScope),
		"the same of another issuer": writer.with(caller{"iss": "https://issuer.example"}),
	} {
		if w := send(as, "GET", "/notes?cursor="+next, ""); w.Code != 400 {
			t.Errorf("%s: status %d, body %s", name, w.Code, w.Body)
		}
	}
	for name, cursor := range map[string]string{
		"cut":        next[:len(next)-4],
		"longer":     next + "AAAA",
		"padded":     next + "=",
		"line break": next + "%0a",
		"an ID":      "00000000-0000-7000-8000-000000000000",
		"tag alone":  "AAAAAAAAAAAAAAAAAAAAAA",
	} {
		if w := send(writer, "GET", "/notes?cursor="+cursor, ""); w.Code != 400 {
			t.Errorf("%s: status %d, body %s", name, w.Code, w.Body)
		}
	}
}

// What openCursor takes is what sealCursor made for this owner, and nothing
// else.
func FuzzCursor(f *testing.F) {
	f.Add("owner", notes.SealCursor("owner", "id"))
	f.Add("another", notes.SealCursor("owner", "id"))
	f.Add("", "")
	f.Add("owner", "AAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, owner, cursor string) {
		if id, ok := notes.OpenCursor(owner, cursor); ok && notes.SealCursor(owner, id) != cursor {
			t.Errorf("%q is a second cursor for %q", cursor, id)
		}
		if id, ok := notes.OpenCursor(owner, notes.SealCursor(owner, cursor)); cursor != "" && (!ok || id != cursor) {
			t.Errorf("sealing %q and opening gives %q, %t", cursor, id, ok)
		}
		if _, ok := notes.OpenCursor(owner+"x", notes.SealCursor(owner, cursor)); ok {
			t.Errorf("another owner opens the cursor of %q", cursor)
		}
	})
}

// The largest page of the largest notes passes every front. Nothing grows more
// than U+2028, three bytes that are seven in a reply's JSON inside JSON.
func TestLargestPageFitsTheReply(t *testing.T) {
	issuer := newIssuer(t, issuerURL)
	h := notes.Handler(pinned(t, issuerURL, "https://issuer.example"), &notes.Memory{})
	for i, front := range fronts {
		g := front.gateway(h, issuer)
		send := func(as caller, method, path, body string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(method, front.prefix+path, strings.NewReader(body))
			r.Header = as.header(t, issuer)
			return serve(g, r)
		}
		if i == 0 {
			fillUp(t, send, "\u2028")
		}
		if titles, _ := page(t, send, writer, fmt.Sprintf("?limit=%d", notes.MaxPage)); len(titles) != notes.MaxPage {
			t.Errorf("%v: %d notes, want %d", front.format, len(titles), notes.MaxPage)
		}
	}
}

// fillUp makes a page of notes that are as large as a note may be.
func fillUp(t *testing.T, send send, filling string) {
	t.Helper()
	const around = `{"content":""}`
	body := `{"content":"` + strings.Repeat(filling, (notes.MaxBody-len(around))/len(filling)) + `"}`
	if !json.Valid([]byte(body)) || len(body) < notes.MaxBody-8 {
		t.Fatalf("a body of %d bytes is not the largest", len(body))
	}
	for range notes.MaxPage {
		if w := send(writer, "POST", "/notes", body); w.Code != 201 {
			t.Fatalf("status %d, body %.100s", w.Code, w.Body)
		}
	}
}
