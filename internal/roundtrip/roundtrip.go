// Package roundtrip holds one table of HTTP requests and replies that go through
// every front and back, with net/http's own server as the oracle and each
// front's losses written as data. Only tests use it: its own for ServeMux, those
// of internal/compat for the routers of others.
package roundtrip

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/google/go-cmp/cmp"
)

// row is one HTTP request, as the client writes it, and the handler's answer.
type row struct {
	name   string
	method string   // "": GET
	path   string   // the request-target as sent; "": /hello
	header []string // lines as sent, in order; without a Host line: host
	body   string
	answer http.HandlerFunc // nil: ok
	losses []loss

	breaksOff bool // a stream of the answer ends with an error
	large     bool // megabytes, which do not concern routing: one app is enough
}

// loss is what one row cannot keep through some fronts: the named fields
// become the values given, or gone.
type loss struct {
	on     fronts
	by     string // the app it shows in; "": every app
	fields facts
	why    reason
}

// gone is what becomes of a field that is lost altogether; request names all
// that a handler would have seen.
const (
	gone    = "gone"
	request = "request"
)

// rows is the whole table.
var rows = slices.Concat(pathRows, queryRows, headerRows, bodyRows, replyRows, streamRows)

// small are the rows that any number of tests may run.
func small(rows []row) []row {
	return slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.large })
}

// Run sends each row as bytes to a handler under net/http's own TLS server, and
// to the same handler behind the adapter behind the gateway. What the two
// handlers saw, and what the two clients got, must be equal except for the
// losses declared: no other, and none less. Rows of megabytes are left out.
func Run(t *testing.T, build func() *App) { run(t, build, small(rows)) }

func run(t *testing.T, build func() *App, rows []row) {
	a := build()
	want := a.direct(t, rows)
	for _, f := range frontTable {
		t.Run(a.Name+"/"+f.String(), func(t *testing.T) {
			t.Parallel()
			f.roundTrip(t, build(), rows, want)
		})
	}
}

// direct is what becomes of each row without a front: the oracle.
func (a *App) direct(t *testing.T, rows []row) map[string]facts {
	t.Helper()
	oracle := serveTLS(t, a)
	want := map[string]facts{}
	for _, r := range rows {
		if _, again := want[r.name]; again {
			t.Fatalf("two rows are called %q", r.name)
		}
		want[r.name] = r.send(t, a, oracle)
	}
	return want
}

func (f front) roundTrip(t *testing.T, a *App, rows []row, want map[string]facts) {
	through := serveTCP(t, f.gateway(adapter.New(a, quiet())))
	occurred := map[string]bool{}
	ran := 0
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			ran++
			want := f.lose(r.lose(t, f, a.Name, want[r.name]), occurred)
			got := r.send(t, a, through)
			if diff := cmp.Diff(want.resolved(got), got); diff != "" {
				t.Errorf("%s %s (-want +got)\n%s", r.verb(), r.target(), diff)
			}
		})
	}
	if ran < len(rows) {
		return // a -run pattern left rows out
	}
	for _, field := range f.declared() {
		if !occurred[field] {
			t.Errorf("the table says this front changes %s, but no row shows it", field)
		}
	}
}

// send gives what the handler saw and what the client got, as one.
func (r row) send(t *testing.T, a *App, via exchange) facts {
	t.Helper()
	answer := r.answer
	if answer == nil {
		answer = ok
	}
	a.expect(answer)
	reply := via(t, r.verb(), r.raw())
	return a.noted().with(reply)
}

// lose returns what is left of a net/http exchange by the losses that the row
// declares. Each of them must take something away.
func (r row) lose(t *testing.T, f front, by string, from facts) facts {
	t.Helper()
	left := maps.Clone(from)
	for _, l := range r.losses {
		if l.on&f.id == 0 || l.by != "" && l.by != by {
			continue
		}
		for field, value := range l.fields {
			if before, there := from[field]; before == value || !there && value == gone && field != request {
				t.Errorf("the declared loss of %s does not occur (%s): it is %q anyhow", field, l.why, before)
			}
			left.change(field, value)
		}
	}
	left.derive(from)
	return left
}

func (f facts) change(field, value string) {
	switch {
	case field == request:
		maps.DeleteFunc(f, func(field, _ string) bool { return !strings.HasPrefix(field, "Reply.") })
	case value == gone:
		delete(f, field)
	default:
		f[field] = value
	}
}

// resolved puts into f the values of got where any would do.
func (f facts) resolved(got facts) facts {
	for field, value := range f {
		if there, ok := got[field]; ok && value == anything {
			f[field] = there
		}
	}
	return f
}

// derive works out the fields that follow from others: the parameters of a
// query, a RawPath where it is needed, and a RequestURI, which cannot be kept
// where one of its halves was lost.
func (f facts) derive(before facts) {
	if f["URL.EscapedPath"] == "" || f["URL.EscapedPath"] == before["URL.EscapedPath"] && f["URL.RawQuery"] == before["URL.RawQuery"] {
		return
	}
	maps.DeleteFunc(f, func(field, _ string) bool { return strings.HasPrefix(field, "Query[") })
	asked := url.URL{RawQuery: f["URL.RawQuery"]}
	f.lists("Query", asked.Query())
	plain := url.URL{Path: f["URL.Path"]}
	delete(f, "URL.RawPath")
	if escaped := f["URL.EscapedPath"]; escaped != plain.EscapedPath() {
		f["URL.RawPath"] = escaped
	}
	f["RequestURI"] = f["URL.EscapedPath"]
	if query := f["URL.RawQuery"]; query != "" {
		f["RequestURI"] += "?" + query
	}
}
