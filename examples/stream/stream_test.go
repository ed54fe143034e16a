package stream_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/examples/stream"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func get(ctx context.Context, target string, header ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, "GET", target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	stream.Handler().ServeHTTP(w, r)
	return w
}

// event is what a browser's EventSource makes of a part of a stream.
type event struct{ id, kind, data string }

// eventsOf reads a stream, and fails if it is none.
func eventsOf(t *testing.T, body string) (all []event, comments int) {
	t.Helper()
	head, body, ok := strings.Cut(body, "\n\n")
	if !ok || head != "retry: 1000" {
		t.Fatalf("the stream begins with %q", head)
	}
	for block := range strings.SplitAfterSeq(body, "\n\n") {
		var e event
		for line := range strings.Lines(strings.TrimSuffix(block, "\n")) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			value = strings.TrimPrefix(value, " ")
			switch name {
			case "":
				comments++
			case "id":
				e.id = value
			case "event":
				e.kind = value
			case "data":
				e.data = value
			default:
				t.Fatalf("line %q", line)
			}
		}
		if e != (event{}) {
			all = append(all, e)
		}
	}
	return all, comments
}

// ticks are the events of the clock that synctest's tests have, by seconds since its
// beginning.
func ticks(seconds ...int64) (all []event) {
	for _, s := range seconds {
		at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix() + s
		all = append(all, event{id: fmt.Sprint(at), data: time.Unix(at, 0).UTC().Format(time.RFC3339)})
	}
	return all
}

func TestEvents(t *testing.T) {
	for _, test := range []struct {
		query    string
		want     []event
		comments int
		took     time.Duration
	}{
		{"?count=3", ticks(0, 1, 2), 0, 2 * time.Second},
		{"?count=1", ticks(0), 0, 0},
		{"?count=0", nil, 0, 0},
		{"?count=2&every=10", ticks(0, 10), 0, 10 * time.Second},
		{"?count=2&every=60", ticks(0, 60), 3, time.Minute},
		{"?every=40", ticks(0, 40, 80, 120, 160, 200, 240, 280), 15, 5 * time.Minute}, // the longest reply
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			w := get(t.Context(), "/events"+test.query)
			got, comments := eventsOf(t, w.Body.String())
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(event{})); diff != "" {
				t.Errorf("%s: -want +got:\n%s", test.query, diff)
			}
			if took := time.Since(start); comments != test.comments || took != test.took {
				t.Errorf("%s: %d comments in %v, want %d in %v", test.query, comments, took, test.comments, test.took)
			}
			if got := w.Header().Get("Content-Type"); got != "text/event-stream" || !w.Flushed {
				t.Errorf("%s: content type %q, flushed: %t", test.query, got, w.Flushed)
			}
		})
	}
}

// TestResume: a client gets what it has missed, at once and once.
func TestResume(t *testing.T) {
	gap := func(missed string, then ...event) []event {
		return append([]event{{kind: "gap", data: missed}}, then...)
	}
	for _, test := range []struct {
		last int64 // the second of the last event
		want []event
	}{
		{3597, ticks(3598, 3599)},
		{3599, ticks(3600, 3601)},
		{3600, ticks(3601, 3602)}, // nothing was missed
		{3540, ticks(3541, 3542)},
		{3539, gap("1", ticks(3541, 3542)...)},
		{0, gap("3540", ticks(3541, 3542)...)},
	} {
		synctest.Test(t, func(t *testing.T) {
			last := fmt.Sprint(time.Now().Unix() + test.last)
			time.Sleep(time.Hour)
			w := get(t.Context(), "/events?count=2", "Last-Event-ID", last)
			got, _ := eventsOf(t, w.Body.String())
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(event{})); diff != "" {
				t.Errorf("after %d: -want +got:\n%s", test.last, diff)
			}
		})
	}
}

// TestLastEventIDGarbage: what no event of the clock has as its ID is ignored.
func TestLastEventIDGarbage(t *testing.T) {
	for _, last := range []string{
		"", " ", "0", "-1", "x", "1e3", "0x10", "1.5", "946684801", "946684800x", "946684800 ", "+946684790", "0946684790", "٣", "null",
		"9223372036854775807", "9223372036854775808", "-9223372036854775808", strings.Repeat("9", 8000), "1\x002", "../../etc/passwd", "1\ndata: forged",
	} {
		synctest.Test(t, func(t *testing.T) { // its clock begins at 946684800
			w := get(t.Context(), "/events?count=2", "Last-Event-ID", last)
			got, _ := eventsOf(t, w.Body.String())
			if diff := cmp.Diff(ticks(0, 1), got, cmp.AllowUnexported(event{})); diff != "" {
				t.Errorf("%.40q: -want +got:\n%s", last, diff)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) { // between two events of this rhythm
		time.Sleep(10 * time.Minute)
		w := get(t.Context(), "/events?count=1&every=60", "Last-Event-ID", fmt.Sprint(time.Now().Unix()-30))
		if got, _ := eventsOf(t, w.Body.String()); !cmp.Equal(got, ticks(600), cmp.AllowUnexported(event{})) {
			t.Errorf("between two events: %v", got)
		}
	})
}

func TestEventsEndWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		start := time.Now()
		w := get(ctx, "/events")
		if got, _ := eventsOf(t, w.Body.String()); len(got) != 3 {
			t.Errorf("%d events, want 3", len(got))
		}
		if took := time.Since(start); took != 2500*time.Millisecond {
			t.Errorf("the handler returned after %v", took)
		}
	})
}

func TestQueryGarbage(t *testing.T) {
	for _, target := range []string{
		"/events?count=-1", "/events?count=61", "/events?count=many", "/events?every=0", "/events?every=61", "/events?every=9999999999999999999",
		"/rows?from=-1", "/rows?from=1000001", "/rows?count=-1", "/rows?count=1e3", "/rows?from=0x1",
	} {
		if w := get(t.Context(), target); w.Code != http.StatusBadRequest || w.Body.Len() > 100 {
			t.Errorf("%s: status %d, %q", target, w.Code, w.Body)
		}
	}
}

func TestRows(t *testing.T) {
	for _, test := range []struct {
		query             string
		first, last, rows int
	}{
		{"", 0, 999_999, 1_000_000},
		{"?count=3", 0, 2, 3},
		{"?from=999998", 999_998, 999_999, 2},
		{"?from=7&count=1", 7, 7, 1},
		{"?from=1000000", 0, 0, 0},
		{"?count=0", 0, 0, 0},
	} {
		w := get(t.Context(), "/rows"+test.query)
		if got := w.Header().Get("Content-Type"); got != "application/x-ndjson" {
			t.Errorf("%q: content type %q", test.query, got)
		}
		if w.Flushed != (test.rows > 0) { // few rows would wait for the end otherwise
			t.Errorf("%q: flushed: %t", test.query, w.Flushed)
		}
		var row struct{ N, Square int }
		from, n := json.NewDecoder(w.Body), 0
		for ; from.Decode(&row) == nil; n++ {
			if row.N != test.first+n || row.Square != row.N*row.N {
				t.Fatalf("%q: row %d is %v", test.query, n, row)
			}
		}
		if n != test.rows || row.N != test.last {
			t.Errorf("%q: %d rows up to %d, want %d up to %d", test.query, n, row.N, test.rows, test.last)
		}
	}
}

func TestDownload(t *testing.T) {
	w := get(t.Context(), "/download")
	checkTable(t, w.Body.String())
	for name, want := range map[string]string{
		"Accept-Ranges": "bytes", "Content-Disposition": `attachment; filename="squares.csv"`, "Content-Type": "text/csv; charset=utf-8",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
}

func checkTable(t *testing.T, table string) {
	t.Helper()
	if len(table) != size || !strings.HasPrefix(table, "000000,000000000000\n000001,000000000001\n") || !strings.HasSuffix(table, "\n999999,999998000001\n") {
		t.Errorf("%d bytes, which end in %q", len(table), table[max(0, len(table)-30):])
	}
}

const size = 20_000_000 // of the table, well beyond the 6 MB that Lambda delivers in one piece

func TestRange(t *testing.T) {
	all := get(t.Context(), "/download").Body.String()
	for _, test := range []struct {
		header []string
		status int
		want   string // the body of a 206
		about  string // Content-Range
	}{
		{[]string{"Range", "bytes=0-9"}, 206, all[:10], "bytes 0-9/20000000"},
		{[]string{"Range", "bytes=13-52"}, 206, all[13:53], "bytes 13-52/20000000"},
		{[]string{"Range", "bytes=-21"}, 206, all[size-21:], "bytes 19999979-19999999/20000000"},
		{[]string{"Range", "bytes=19999990-"}, 206, all[size-10:], "bytes 19999990-19999999/20000000"},
		{[]string{"Range", "bytes=19999999-99999999999"}, 206, "\n", "bytes 19999999-19999999/20000000"},
		{[]string{"Range", "bytes=0-9", "If-Range", `"squares-1"`}, 206, all[:10], "bytes 0-9/20000000"},
		{[]string{"Range", "bytes=0-9", "If-Range", `"squares-0"`}, 200, "", ""}, // another version's part
		{[]string{"If-None-Match", `"squares-1"`}, 304, "", ""},
		{[]string{"Range", "bytes=20000000-"}, 416, "", "bytes */20000000"},
		{[]string{"Range", "bytes=9-0"}, 416, "", ""},
		{[]string{"Range", "bytes=-1-5"}, 416, "", ""},
		{[]string{"Range", "bytes=99999999999999999999-"}, 416, "", ""},
		{[]string{"Range", "bytes=0-9,x"}, 416, "", ""},
		{[]string{"Range", "bytes=\x00-9"}, 416, "", ""},
		{[]string{"Range", "lines=0-9"}, 416, "", ""},
		{[]string{"Range", "bytes=x"}, 416, "", ""},
		{[]string{"Range", "bytes=-"}, 416, "", ""},
		{[]string{"Range", "bytes="}, 200, "", ""}, // no range
		{[]string{"Range", "bytes=,"}, 200, "", ""},
		{[]string{"Range", "bytes=-0"}, 206, "", "bytes 20000000-19999999/20000000"}, // RFC 9110 §14.1.2 has a 416
		{[]string{"Range", "bytes= +0 - 9 "}, 206, all[:10], "bytes 0-9/20000000"},
		{[]string{"Range", "bytes=" + strings.Repeat("0-,", 500) + "0-"}, 200, "", ""}, // more than the whole
	} {
		w := get(t.Context(), "/download", test.header...)
		if w.Code != test.status || test.about != "" && w.Header().Get("Content-Range") != test.about {
			t.Errorf("%.60q: status %d, Content-Range %q; want %d, %q", test.header, w.Code, w.Header().Get("Content-Range"), test.status, test.about)
		}
		if test.status == 206 && w.Body.String() != test.want || w.Body.Len() > size {
			t.Errorf("%.60q: %d bytes, want %q", test.header, w.Body.Len(), test.want)
		}
	}

	w := get(t.Context(), "/download", "Range", "bytes=0-9,-5")
	_, params, err := mime.ParseMediaType(w.Header().Get("Content-Type"))
	if w.Code != 206 || err != nil {
		t.Fatalf("two ranges: status %d, %v", w.Code, err)
	}
	parts := multipart.NewReader(w.Body, params["boundary"])
	for _, want := range []string{all[:10], all[size-5:]} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(part); err != nil || string(got) != want {
			t.Errorf("part %q, %v; want %q", got, err, want)
		}
	}
}

func TestBroken(t *testing.T) {
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("panic with %v, want http.ErrAbortHandler", v)
		}
	}()
	get(t.Context(), "/broken")
}

// serve is a front on a real connection. returned has a value once a handler has
// returned.
func serve(t *testing.T, config gateway.Config) (url string, returned chan struct{}) {
	t.Helper()
	returned = make(chan struct{}, 1)
	handler := stream.Handler()
	config.Function = adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			select {
			case returned <- struct{}{}:
			default: // nobody waits for the second
			}
		}()
		handler.ServeHTTP(w, r)
	}), nil)
	if config.Format == adapter.RESTAPI {
		config.Stage = "prod"
	}
	server := httptest.NewServer(gateway.MustNew(config))
	t.Cleanup(server.Close)
	return strings.TrimSuffix(server.URL+"/"+config.Stage, "/"), returned
}

// TestStreams: on both fronts that stream, the first byte arrives before the handler
// ends, and a client that goes ends the handler.
func TestStreams(t *testing.T) {
	for _, format := range []adapter.Format{adapter.FunctionURL, adapter.RESTAPI} {
		for _, path := range []string{"/events?every=60", "/rows"} {
			t.Run(format.String()+path, func(t *testing.T) {
				url, returned := serve(t, gateway.Config{Format: format, Streaming: true})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, "GET", url+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || line != "retry: 1000\n" && line != "{\"N\":0,\"Square\":0}\n" {
					t.Errorf("first line %q, %v", line, err)
				}
				select {
				case <-returned:
					t.Error("the handler had returned")
				default:
				}
				cancel()
				<-returned // or the test's time ends
			})
		}
	}
}

// TestBufferedMinute: events that take a minute are too late on a front that sends a reply
// whole.
func TestBufferedMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		front := gateway.MustNew(gateway.Config{Format: adapter.HTTPAPIV2, Function: adapter.New(stream.Handler(), nil)})
		for _, test := range []struct {
			path   string
			status int
			took   time.Duration
		}{
			{"/events?count=25", 200, 24 * time.Second},
			{"/events", 503, 29500 * time.Millisecond},
		} {
			start, w := time.Now(), httptest.NewRecorder()
			front.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", test.path, nil))
			if took := time.Since(start); w.Code != test.status || took != test.took {
				t.Errorf("%s: status %d after %v, want %d after %v", test.path, w.Code, took, test.status, test.took)
			}
		}
	})
}

// TestBuffered is what the routes are on a front that sends a reply whole.
func TestBuffered(t *testing.T) {
	url, _ := serve(t, gateway.Config{Format: adapter.HTTPAPIV2})
	ask := func(path string, header ...string) (*http.Response, []byte) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, body
	}

	if resp, body := ask("/events?count=1"); resp.StatusCode != 200 || !bytes.Contains(body, []byte("\nid: ")) {
		t.Errorf("events: status %d, %q", resp.StatusCode, body)
	}
	if resp, body := ask("/rows?count=2"); resp.StatusCode != 200 || string(body) != "{\"N\":0,\"Square\":0}\n{\"N\":1,\"Square\":1}\n" {
		t.Errorf("rows: status %d, %q", resp.StatusCode, body)
	}
	if resp, body := ask("/rows?count=1000"); resp.StatusCode != 200 || bytes.Count(body, []byte("\n")) != 1000 {
		t.Errorf("rows: status %d, %d bytes", resp.StatusCode, len(body))
	}
	for _, path := range []string{"/rows", "/download", "/broken"} {
		if resp, body := ask(path); resp.StatusCode != 500 || len(body) > 100 {
			t.Errorf("%s: status %d, %d bytes", path, resp.StatusCode, len(body))
		}
	}
	var table []byte
	for at := 0; at < size; at += 4_000_000 { // pieces below 6 MB are no problem
		resp, body := ask("/download", "Range", fmt.Sprintf("bytes=%d-%d", at, at+3_999_999))
		if resp.StatusCode != 206 {
			t.Fatalf("bytes from %d: status %d", at, resp.StatusCode)
		}
		table = append(table, body...)
	}
	checkTable(t, string(table))
}
