package adapter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

func seedEvents(tb testing.TB) (events [][]byte) {
	files, err := os.ReadDir("testdata/events")
	if err != nil {
		tb.Fatal(err)
	}
	for _, file := range files {
		events = append(events, scenario.EventFile(tb, "testdata/events", file.Name()))
	}
	for _, event := range []string{
		v2Event("text\n\"quoted\" \u00e9\u2028", false),
		v2Event("aGVsbG8=", true),
		v2Event("a\\/b=", true),
		`{"httpMethod":"GET","path":"/a%2Fb","headers":null,"multiValueHeaders":{"A":["1",2,null],"b":"3"},"requestContext":{"identity":{"sourceIp":"::1"}},"queryStringParameters":{"q":true},"body":5}`,
		`{"version":"1.0","httpMethod":"PUT","path":"x y","headers":{"a":"1","A":"2"},"requestContext":{},"multiValueQueryStringParameters":{"a b":["&","="]}}`,
		`{"requestContext":{"http":{"method":"GET"},"domainName":"x.lambda-url.eu-west-1.on.aws"},"rawPath":"/%zz","cookies":["a=1",null,"b=2"],"headers":{"cookie":"c=3"}}`,
		`{"rawPath":"/twice","rawPath":"/last","requestContext":{"http":{"method":"POST"}},"requestContext":{"http":{"method":"GET"}}}`,
	} {
		events = append(events, []byte(event))
	}
	return events
}

// FuzzInvoke: whatever the event, Invoke does not panic; what it accepts is JSON
// to encoding/json too, which finds the same request in it; and the reply is
// JSON. Two exceptions: a control character in a body in base64 is left for the
// body's reader to refuse, and a name that comes twice in one map has the values
// of both.
func FuzzInvoke(f *testing.F) {
	for _, event := range seedEvents(f) {
		f.Add(event)
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		if err := checkInvoke(event); err != nil {
			t.Fatal(err)
		}
	})
}

func checkInvoke(event []byte) error {
	var got *seenRequest
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = see(r)
		_, _ = io.WriteString(w, got.Path)
	}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
	out, err := h.Invoke(context.Background(), event)
	switch {
	case err != nil:
		return nil
	case !json.Valid(out) || !utf8.Valid(out):
		return fmt.Errorf("the reply is not JSON: %q", out)
	case bytes.HasPrefix(out, []byte(`{"statusCode":5`)):
		return fmt.Errorf("the adapter failed: %s", out)
	case !json.Valid(event) && !bytes.Contains(event, []byte("ase64")):
		return errors.New("an event was accepted that is not JSON")
	case got == nil || got.BodyFails && !json.Valid(event) || namesTwice(event):
		return nil
	}
	if diff := cmp.Diff(expect(event), got); diff != "" {
		return fmt.Errorf("(-encoding/json +adapter):\n%s", diff)
	}
	return nil
}

// TestMutatedEvents is FuzzInvoke with mutations of its own, the same in every
// run: 1.1 million with GATEHOUSE_FULL=1 and a hundredth of them without.
func TestMutatedEvents(t *testing.T) {
	rounds := 11_000
	if os.Getenv("GATEHOUSE_FULL") != "" {
		rounds = 1_100_000
	}
	seeds := seedEvents(t)
	random := rand.New(rand.NewPCG(1, 2))
	served := 0
	for round := range rounds {
		event := bytes.Clone(seeds[random.IntN(len(seeds))])
		for range 1 + random.IntN(4) {
			event = mutate(random, event, seeds)
		}
		if err := checkInvoke(event); err != nil {
			t.Fatalf("round %d: %v\n%q", round, err, event)
		}
		if _, err := adapter.ParseEvent(event); err == nil {
			served++
		}
	}
	if served < rounds/5 {
		t.Errorf("%d of %d events were a request: the mutations are too coarse to show anything", served, rounds)
	}
}

// mutate changes an event in one place. Most ways leave it JSON.
func mutate(random *rand.Rand, event []byte, seeds [][]byte) []byte {
	if len(event) == 0 {
		return event
	}
	at := random.IntN(len(event))
	end := min(len(event), at+1+random.IntN(20))
	switch random.IntN(8) {
	case 0: // another byte
		event[at] = byte(random.IntN(256))
	case 1: // a part is missing
		event = slices.Delete(event, at, end)
	case 2: // a part comes twice
		event = slices.Insert(event, at, bytes.Clone(event[at:end])...)
	case 3: // a part of another event
		other := seeds[random.IntN(len(seeds))]
		from := random.IntN(len(other))
		event = slices.Insert(event, at, other[from:min(len(other), from+20)]...)
	case 4, 5: // a value of another kind
		return replaceValue(random, event, at)
	case 6: // a member more
		if i := bytes.IndexByte(event[at:], '{'); i >= 0 {
			event = slices.Insert(event, at+i+1, []byte(oneOf(random, mutatedMembers)+",")...)
		}
	case 7: // an escape
		if i := bytes.IndexByte(event[at:], '"'); i >= 0 {
			event = slices.Insert(event, at+i+1, []byte(oneOf(random, mutatedTexts))...)
		}
	}
	return event
}

func replaceValue(random *rand.Rand, event []byte, at int) []byte {
	i := bytes.IndexByte(event[at:], ':')
	if i < 0 {
		return event
	}
	start := at + i + 1
	end := start + bytes.IndexAny(event[start:], ",}]")
	if end < start {
		return event
	}
	return slices.Replace(event, start, end, []byte(oneOf(random, mutatedValues))...)
}

func oneOf(random *rand.Rand, texts []string) string { return texts[random.IntN(len(texts))] }

var (
	mutatedMembers = []string{
		`"headers":{"a":"b"}`, `"multiValueHeaders":{"a":["b","c"]}`, `"requestContext":{}`, `"body":"x"`, `"isBase64Encoded":true`,
		`"Content-Length":"3"`, `"transfer-encoding":"chunked"`, `"host":"a"`, `"version":"2.0"`, `"path":"//a"`, `"cookies":["a=b"]`, `"rawQueryString":"a=b"`,
	}
	mutatedValues = []string{`null`, `true`, `0`, `-1e9`, `""`, `"a b"`, `"\u0000"`, `[]`, `["a",1,null]`, `{}`, `{"a":"b"}`, `"%"`, `"/%2F%zz"`}
	mutatedTexts  = []string{`\u0061`, `\ud800`, `\ud83d\ude00`, `\r\n`, `\u007f`, `\"`, `%`, `%41`, `ä`, "\xff", `?`, `#`, ` `, `:`, `;`, `,`}
)

// namesTwice reports whether an object inside the event has a name twice.
func namesTwice(event []byte) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(event, &members) != nil {
		return false
	}
	for _, value := range members {
		d := json.NewDecoder(bytes.NewReader(value))
		if twice, _ := readTwice(d); twice {
			return true
		}
	}
	return false
}

// readTwice reads one value; end tells that it was a closing bracket instead.
func readTwice(d *json.Decoder) (twice, end bool) {
	token, err := d.Token()
	open, ok := token.(json.Delim)
	if err != nil || !ok || open == '}' || open == ']' {
		return false, err != nil || ok
	}
	seen := map[any]bool{}
	for d.More() {
		if open == '{' {
			name, _ := d.Token()
			twice = twice || seen[name]
			seen[name] = true
		}
		inner, _ := readTwice(d)
		twice = twice || inner
	}
	_, _ = d.Token()
	return twice, false
}

// seenRequest is what of a request can be told from the event without knowing
// how the adapter goes about it.
type seenRequest struct {
	Method, Path string
	Header       http.Header
	Query        url.Values
	Body         []byte
	BodyFails    bool
}

func see(r *http.Request) *seenRequest {
	body, err := io.ReadAll(r.Body)
	s := &seenRequest{Method: r.Method, Path: r.URL.Path, Header: r.Header, Query: r.URL.Query(), Body: body, BodyFails: err != nil}
	if err != nil {
		s.Body = nil
		delete(s.Header, "Content-Length")
	}
	return s.sorted()
}

// sorted forgets the order in which spellings of one name came: a map of
// encoding/json has none.
func (s *seenRequest) sorted() *seenRequest {
	for _, values := range s.Header {
		slices.Sort(values)
	}
	return s
}

// expect reads an event with encoding/json.
func expect(event []byte) *seenRequest {
	var e struct {
		members map[string]any
		context map[string]any
	}
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	if d.Decode(&e.members) != nil {
		return nil
	}
	e.context, _ = e.members["requestContext"].(map[string]any)
	s := &seenRequest{Header: http.Header{}, Query: url.Values{}}
	caller, payload2 := e.context["http"].(map[string]any)
	decoded := true
	if method, ok := caller["method"]; payload2 && ok {
		s.Method, s.Path = scalar(method), scalar(e.members["rawPath"])
		s.Query, _ = url.ParseQuery(scalar(e.members["rawQueryString"]))
		domain := scalar(e.context["domainName"])
		decoded = !strings.HasSuffix(domain, ".on.aws") || !strings.Contains(domain, ".lambda-url.")
	} else {
		s.Method, s.Path, decoded = scalar(e.members["httpMethod"]), scalar(e.members["path"]), false
		if s.Method == "" {
			s.Method = scalar(e.members["method"])
		}
		merge(s.Query, e.members["queryStringParameters"])
		merge(s.Query, e.members["multiValueQueryStringParameters"])
	}
	s.Path = expectPath(s.Path, decoded)
	expectHeader(s.Header, e.members)
	if _, ok := e.members["rawQueryString"].(string); payload2 && !ok && !isScalar(e.members["rawQueryString"]) {
		merge(s.Query, e.members["queryStringParameters"])
		merge(s.Query, e.members["multiValueQueryStringParameters"])
	}
	s.Body = []byte(scalar(e.members["body"]))
	if e.members["isBase64Encoded"] == true {
		content, err := base64.StdEncoding.DecodeString(string(s.Body))
		s.Body, s.BodyFails = content, err != nil || bytes.ContainsAny(s.Body, "\r\n")
	}
	if _, sent := s.Header["Content-Length"]; sent || len(s.Body) > 0 {
		s.Header["Content-Length"] = []string{strconv.Itoa(len(s.Body))}
	}
	if s.BodyFails {
		s.Body = nil
		delete(s.Header, "Content-Length") // what it would be is not known
	}
	return s.sorted()
}

func expectPath(path string, decoded bool) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if decoded {
		return path
	}
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] == '%' && i+2 < len(path) {
			if c, err := url.PathUnescape(path[i : i+3]); err == nil {
				out.WriteString(c)
				i += 2
				continue
			}
		}
		out.WriteByte(path[i])
	}
	return out.String()
}

func expectHeader(h http.Header, members map[string]any) {
	lists, singles := http.Header{}, http.Header{}
	mergeHeader(lists, members["multiValueHeaders"])
	mergeHeader(singles, members["headers"])
	for name, values := range singles {
		if _, ok := lists[name]; !ok {
			h[name] = values
		}
	}
	for name, values := range lists {
		h[name] = values
	}
	if cookies, ok := members["cookies"].([]any); ok {
		var texts []string
		for _, c := range cookies {
			if isScalar(c) {
				texts = append(texts, scalar(c))
			}
		}
		if len(texts) > 0 {
			h["Cookie"] = []string{strings.Join(texts, "; ")}
		}
	}
	delete(h, "Host")
	delete(h, "Transfer-Encoding")
}

func mergeHeader(h http.Header, object any) {
	names, _ := object.(map[string]any)
	for name, value := range names {
		for _, v := range scalars(value) {
			key := textproto.CanonicalMIMEHeaderKey(name)
			h[key] = append(h[key], v)
		}
	}
}

// merge adds parameters; those read last win.
func merge(q url.Values, object any) {
	names, _ := object.(map[string]any)
	for name, value := range names {
		if values := scalars(value); len(values) > 0 {
			q[name] = values
		}
	}
}

func scalars(value any) (texts []string) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, v := range list {
		if isScalar(v) {
			texts = append(texts, scalar(v))
		}
	}
	return texts
}

func isScalar(v any) bool {
	switch v.(type) {
	case string, json.Number, bool:
		return true
	}
	return false
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

// FuzzReply: whatever a handler writes, the reply is JSON with what net/http
// would have sent.
func FuzzReply(f *testing.F) {
	f.Add(200, "Content-Type", "text/html", []byte("<p>hello</p>"))
	f.Add(404, "content-type", "application/json; charset=utf-8", []byte(`{"error":"\u0000\n"}`))
	f.Add(200, "Content-Encoding", "gzip", []byte{0x1f, 0x8b, 0xff})
	f.Add(204, "Set-Cookie", "a=1\r\nb: 2", []byte("ignored"))
	f.Add(299, "X-Bad Name", "\xff\x00 ", []byte("\xff\xfe"))
	f.Add(999, "Trailer:X", "1", []byte{})
	f.Fuzz(func(t *testing.T, status int, name, value string, body []byte) {
		if status < 200 || status > 599 {
			status = 200
		}
		h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()[name] = []string{value}
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}), &adapter.Options{Logger: slog.New(slog.DiscardHandler)})
		for _, event := range []string{v2Event("", false), `{"httpMethod":"GET","path":"/","requestContext":{}}`} {
			r := invoke(t, h, event)
			if textproto.CanonicalMIMEHeaderKey(name) == "Content-Length" {
				continue // net/http cuts off what is more
			}
			if r.StatusCode != status {
				t.Fatalf("status %d, want %d", r.StatusCode, status)
			}
			content := []byte(r.Body)
			if r.IsBase64Encoded {
				content, _ = base64.StdEncoding.DecodeString(r.Body)
			}
			if want := body; status != 204 && status != 304 && !bytes.Equal(content, want) {
				t.Fatalf("body %q, want %q", content, want)
			}
			for key := range r.MultiValueHeaders {
				r.Headers = map[string]string{}
				r.Headers[key] = r.MultiValueHeaders[key][0]
			}
			for key, got := range r.Headers {
				if strings.ContainsAny(got, "\r\n\x00") || textproto.CanonicalMIMEHeaderKey(key) != key {
					t.Fatalf("header %q: %q", key, got)
				}
			}
		}
	})
}

// FuzzPath: the request line leads net/http to the same URL that the handler
// sees; a path that comes decoded is the URL's as it stands; one that comes
// encoded is what net/http makes of it, unless it has bytes that none may have.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"", "/", "//", "/a b", "/a%20b", "/a%2Fb", "/%zz", "/%", "/a?b#c", "/é", "/\xff", "*", "/..//.", "/a;b,c", "/%C3%A9", "/!'()*[]", `/"<>^{|}`} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		path = strings.ToValidUTF8(path, "\uFFFD")
		encoded := serve(t, map[string]any{"httpMethod": "GET", "path": path, "requestContext": map[string]any{}})
		decoded := serve(t, map[string]any{"rawPath": path, "requestContext": map[string]any{"http": map[string]any{"method": "GET"}}})
		rooted := path
		if !strings.HasPrefix(path, "/") {
			rooted = "/" + path
		}
		if decoded.URL.Path != rooted || decoded.URL.RawPath != "" {
			t.Fatalf("decoded: Path %q, RawPath %q, want %q", decoded.URL.Path, decoded.URL.RawPath, rooted)
		}
		if want, err := url.ParseRequestURI(rooted); err == nil && !strings.ContainsFunc(path, isStray) {
			if got := encoded.URL; got.Path != want.Path || got.EscapedPath() != want.EscapedPath() {
				t.Fatalf("encoded: Path %q (%q), want %q (%q)", got.Path, got.EscapedPath(), want.Path, want.EscapedPath())
			}
		}
		for _, r := range []*http.Request{encoded, decoded} {
			again, err := url.ParseRequestURI(r.RequestURI)
			if err != nil || again.Path != r.URL.Path || again.EscapedPath() != r.URL.EscapedPath() || again.RawQuery != "" {
				t.Fatalf("RequestURI %q: %+v (%v), want Path %q, RawPath %q", r.RequestURI, again, err, r.URL.Path, r.URL.RawPath)
			}
		}
	})
}

func isStray(c rune) bool {
	return c <= ' ' || c >= 0x7f || strings.ContainsRune("\"#<>?\\^`{|}", c)
}

func serve(t *testing.T, event map[string]any) *http.Request {
	t.Helper()
	var seen *http.Request
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r }), nil)
	content, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	invoke(t, h, string(content))
	return seen
}
