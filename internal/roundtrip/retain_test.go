package roundtrip

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/google/go-cmp/cmp"
)

// retained has something in every string a handler can keep.
var retained = row{
	method: post,
	path:   "/users/a%2Bb%20c?q=one&q=two%20words&plain=x",
	header: []string{
		"Content-Type: application/x-www-form-urlencoded",
		"Cookie: session=abc; theme=dark",
		"User-Agent: probe/1.0",
		"X-Id: 1", "X-Id: 2",
		`X-Escaped: "quoted" \ ☕`,
	},
	body: "field=value&other=with+blank",
}

// kept is what a handler may hold on to that starts background work, fills a
// cache or logs later.
type kept struct {
	strings map[string]string // in the memory the request has them in
	copies  map[string]string // the same in memory of their own
	header  http.Header
	context json.RawMessage
	event   *adapter.Event
}

// keep reads everything it can from r, its form and event included.
func keep(r *http.Request) (kept, error) {
	var k kept
	k.event, _ = adapter.FromContext(r.Context())
	k.header = r.Header
	_ = k.event.RequestContext(&k.context) // what it leaves empty is seen by whoever expects it
	if err := r.ParseForm(); err != nil {
		return k, err
	}
	k.strings = map[string]string{
		"Method":         r.Method,
		"URL.Path":       r.URL.Path,
		"URL.RawPath":    r.URL.RawPath,
		"URL.RawQuery":   r.URL.RawQuery,
		"RequestURI":     r.RequestURI,
		"Host":           r.Host,
		"Proto":          r.Proto,
		"RemoteAddr":     r.RemoteAddr,
		"TLS.ServerName": serverName(r),
		"Pattern":        r.Pattern,
		"PathValue":      r.PathValue("id"),
		"StageVariable":  k.event.StageVariable("table"),
	}
	k.lists("Header", r.Header)
	k.lists("Form", r.Form)
	k.lists("Cookie", cookieValues(r))
	k.copies = map[string]string{"requestContext": strings.Clone(string(k.context))}
	for label, value := range k.strings {
		k.copies[label] = strings.Clone(value)
	}
	return k, nil
}

func serverName(r *http.Request) string {
	if r.TLS == nil {
		return ""
	}
	return r.TLS.ServerName
}

// lists keeps the names beside the values: a map's keys can be the payload's
// memory just as well.
func (k *kept) lists(kind string, of map[string][]string) {
	for name, values := range of {
		label := kind + "[" + strings.Clone(name) + "]"
		k.strings[label] = name
		for i, value := range values {
			k.strings[fmt.Sprintf("%s %d", label, i)] = value
		}
	}
}

// now is what the kept strings say by now, for comparison with copies.
func (k *kept) now() map[string]string {
	k.strings["requestContext"] = string(k.context)
	return k.strings
}

// TestNothingOfThePayloadIsKept: the runtime reads the next event into the
// same buffer, so whatever a handler keeps must not be in it.
func TestNothingOfThePayloadIsKept(t *testing.T) {
	everyFront(t, func(t *testing.T, f front, ctx context.Context) {
		var k kept
		var err error
		f.serveFromReusedBuffer(t, ctx, retained, func(r *http.Request) { k, err = keep(r) })
		if err != nil {
			t.Fatalf("the handler could not read the request: %v", err)
		}
		for label, value := range k.copies {
			if want := !slices.Contains(f.lacks, label); (value != "") != want {
				t.Errorf("the handler could keep %s: %v, want %v", label, !want, want)
			}
		}
		if diff := cmp.Diff(k.copies, k.now()); diff != "" {
			t.Errorf("kept strings changed after the invocation (-before +after)\n%s", diff)
		}
		if got := k.header.Values("X-Escaped"); !slices.Equal(got, []string{`"quoted" \ ☕`}) {
			t.Errorf("the kept Header has X-Escaped %q by now", got)
		}
		if got := k.event.StageVariable("table"); got != k.copies["StageVariable"] {
			t.Errorf("StageVariable = %q after the invocation, was %q", got, k.copies["StageVariable"])
		}
		var again json.RawMessage
		if err := k.event.RequestContext(&again); (err != nil) == (len(again) > 0) || string(again) != k.copies["requestContext"] {
			t.Errorf("RequestContext = %q, %v after the invocation", again, err)
		}
	})
}

// TestEventEndsWithItsInvocation: what reads the payload itself says so.
func TestEventEndsWithItsInvocation(t *testing.T) {
	everyFront(t, func(t *testing.T, f front, ctx context.Context) {
		var event *adapter.Event
		var raw []byte
		f.serveFromReusedBuffer(t, ctx, retained, func(r *http.Request) {
			event, _ = adapter.FromContext(r.Context())
			raw, _ = event.Raw()
		})
		if !json.Valid(raw) {
			t.Errorf("the bytes kept from Raw are %.100q, want the event", raw)
		}
		if got, err := event.Raw(); got != nil || !errors.Is(err, adapter.ErrInvocationOver) {
			t.Errorf("Raw = %.100q, %v, want ErrInvocationOver", got, err)
		}
		var v any
		if err := event.Decode(&v); v != nil || !errors.Is(err, adapter.ErrInvocationOver) {
			t.Errorf("Decode = %v into %v, want ErrInvocationOver", err, v)
		}
	})
}

// TestBodyEndsWithItsInvocation: a reader that is kept gives an error and no
// bytes, whichever way the body was encoded and however much of it was read.
func TestBodyEndsWithItsInvocation(t *testing.T) {
	bodies := map[string]row{
		"text":    {method: post, header: []string{"Content-Type: text/plain"}, body: strings.Repeat("secret ", 100)},
		"escaped": {method: post, header: []string{"Content-Type: text/plain"}, body: strings.Repeat("\"sec\nret\" ", 100)},
		"base64":  {method: post, header: []string{"Content-Type: image/png"}, body: strings.Repeat(binary, 4)},
	}
	reads := map[string]func(io.Reader) error{
		"unread": func(io.Reader) error { return nil },
		"begun":  func(r io.Reader) error { _, err := io.ReadFull(r, make([]byte, 10)); return err },
		"read":   func(r io.Reader) error { _, err := io.Copy(io.Discard, r); return err },
	}
	everyFront(t, func(t *testing.T, f front, ctx context.Context) {
		for kind, sent := range bodies {
			for how, read := range reads {
				t.Run(kind+"/"+how, func(t *testing.T) { f.checkFence(t, ctx, sent, read) })
			}
		}
	})
}

func (f front) checkFence(t *testing.T, ctx context.Context, sent row, read func(io.Reader) error) {
	var body io.ReadCloser
	var err error
	f.serveFromReusedBuffer(t, ctx, sent, func(r *http.Request) { body, err = r.Body, read(r.Body) })
	if err != nil {
		t.Fatalf("reading within the invocation: %v", err)
	}
	if n, err := body.Read(make([]byte, 512)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("Read = %d, %v, want 0, http.ErrBodyReadAfterClose", n, err)
	}
	var left strings.Builder
	if _, err := io.Copy(&left, body); left.Len() != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
		t.Errorf("Copy = %q, %v, want http.ErrBodyReadAfterClose", left.String(), err)
	}
	if err := body.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

// everyFront runs test for each format, with and without a deadline: without
// one the handler runs on Invoke's own goroutine.
func everyFront(t *testing.T, test func(*testing.T, front, context.Context)) {
	for _, f := range frontTable {
		t.Run(f.String(), func(t *testing.T) {
			test(t, f, context.Background())
		})
		t.Run(f.String()+" with a deadline", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			test(t, f, ctx)
		})
	}
}

// serveFromReusedBuffer invokes a handler with the row's event, then serves
// another one, so that whatever the adapter recycles is in use again, and
// overwrites the first one's memory as the runtime does.
func (f front) serveFromReusedBuffer(t *testing.T, ctx context.Context, r row, use func(*http.Request)) {
	t.Helper()
	first := true
	visit := func(_ http.ResponseWriter, r *http.Request) {
		if first {
			use(r)
		}
		first = false
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/users/{id}", visit)
	mux.HandleFunc("/", visit)
	h := adapter.New(mux, nil)
	payload := f.event(t, r)
	for _, event := range [][]byte{payload, f.event(t, another)} {
		if _, err := f.invoke(ctx, h, event); err != nil {
			t.Fatalf("invoked: %v", err)
		}
		overwrite(event)
	}
}

func overwrite(event []byte) {
	for i := range event {
		event[i] = 'X'
	}
}

// another differs from retained in everything.
var another = row{
	method: http.MethodPut,
	path:   "/users/zzzzzzz?z=zzz&z=zzzzzzzzz&zzzzz=z",
	header: []string{"Host: zzz.example.org", "Content-Type: text/plain", "Cookie: zzzzzzz=zzz", "X-Id: z", "X-Escaped: zzzzzzzz"},
	body:   "zzzzz=zzzzz&zzzzz=zzzz+zzzzz",
}
