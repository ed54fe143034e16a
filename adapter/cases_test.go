package adapter_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/google/go-cmp/cmp"
)

// recorded is one event and what a handler must see of it. Cases of ours are in
// testdata/cases; GATEHOUSE_CASES is the absolute path of a folder with more
// of them in the same schema, such as events recorded on AWS.
type recorded struct {
	Name      string
	Kind      string // "request"; others are not events for a function
	EventKind string `json:"event_kind"`
	Event     json.RawMessage
	Expect    expectation
}

// expectation names what is compared: a field that is left out is not.
type expectation struct {
	Method        *string
	Path          *string
	EscapedPath   *string `json:"escaped_path"`
	Query         map[string][]string
	Headers       map[string][]string // lower-case names; compared joined with commas
	Cookies       []string            // name=value
	BodyBase64    *string             `json:"body_b64"`
	Host          *string
	Scheme        *string // "https": r.TLS is set
	ClientIP      *string `json:"client_ip"`
	ContentLength *int64  `json:"content_length"`
	Authenticated *bool   // package claims' to tell: http.Request has no such field
}

// eventKinds are the schema's names of formats.
var eventKinds = map[string]adapter.Format{
	"apigw-v1":     adapter.RESTAPI,
	"httpapi-v1":   adapter.HTTPAPIV1,
	"httpapi-v2":   adapter.HTTPAPIV2,
	"function-url": adapter.FunctionURL,
	"alb":          adapter.ALB,
	"lattice-v1":   adapter.LatticeV1,
	"lattice-v2":   adapter.LatticeV2,
}

func TestRecordedRequests(t *testing.T) {
	folders := []string{filepath.Join("testdata", "cases")}
	if more := os.Getenv("GATEHOUSE_CASES"); more != "" {
		folders = append(folders, more)
	}
	for _, folder := range folders {
		for _, file := range caseFiles(t, folder) {
			for _, c := range readCases(t, file) {
				if c.Kind == "request" {
					t.Run(c.Name, c.run)
				}
			}
		}
	}
}

func caseFiles(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".json" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no case files in %s", folder)
	}
	return files
}

// readCases refuses unknown members of a case's expectation: one that is not
// compared would pass for one that is met.
func readCases(t *testing.T, file string) []recorded {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			recorded
			Expect json.RawMessage
		}
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	cases := make([]recorded, len(all.Cases))
	for i, c := range all.Cases {
		cases[i] = c.recorded
		if c.Kind != "request" {
			continue
		}
		strict := json.NewDecoder(bytes.NewReader(c.Expect))
		strict.DisallowUnknownFields()
		if err := strict.Decode(&cases[i].Expect); err != nil {
			t.Fatalf("%s: %s: %v", file, c.Name, err)
		}
	}
	return cases
}

func (c recorded) run(t *testing.T) {
	format, known := eventKinds[c.EventKind]
	if !known {
		t.Fatalf("event_kind %q is not in the schema", c.EventKind)
	}
	called := false
	h := adapter.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		called = true
		c.Expect.compare(t, r)
		if event, ok := adapter.FromContext(r.Context()); !ok || event.Format() != format {
			t.Errorf("FromContext = %v, %v, want an event of format %v", event, ok, format)
		}
	}), nil)
	if _, err := h.Invoke(context.Background(), slices.Clone(c.Event)); err != nil {
		t.Fatalf("Invoke: %v", err)
	}
	if !called {
		t.Error("the handler was not called")
	}
}

func (want expectation) compare(t *testing.T, r *http.Request) {
	t.Helper()
	check(t, "Method", want.Method, r.Method)
	check(t, "URL.Path", want.Path, r.URL.Path)
	check(t, "URL.EscapedPath()", want.EscapedPath, r.URL.EscapedPath())
	check(t, "Host", want.Host, r.Host)
	check(t, "scheme", want.Scheme, scheme(r))
	check(t, "client IP", want.ClientIP, clientIP(r))
	check(t, "ContentLength", want.ContentLength, r.ContentLength)
	if want.Query != nil && !cmp.Equal(want.Query, map[string][]string(r.URL.Query())) {
		t.Errorf("query = %q, want %q", r.URL.Query(), want.Query)
	}
	for name, values := range want.Headers {
		if got, want := commaJoined(r.Header.Values(name)), commaJoined(values); got != want {
			t.Errorf("header %s = %q, want %q", name, got, want)
		}
	}
	if got := cookies(r); want.Cookies != nil && !slices.Equal(got, want.Cookies) {
		t.Errorf("cookies = %q, want %q", got, want.Cookies)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("body: %v", err)
	}
	check(t, "body", want.BodyBase64, base64.StdEncoding.EncodeToString(body))
}

func check[T comparable](t *testing.T, what string, want *T, got T) {
	t.Helper()
	if want != nil && *want != got {
		t.Errorf("%s = %#v, want %#v", what, got, *want)
	}
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// clientIP is "" where the front names none, as the console's test button.
func clientIP(r *http.Request) string {
	if r.RemoteAddr == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(r.RemoteAddr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return fmt.Sprintf("unparseable %q", r.RemoteAddr)
	}
	return host
}

// commaJoined is one form for lists and for what a front joined on the way.
func commaJoined(values []string) string {
	parts := strings.Split(strings.Join(values, ","), ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	return strings.Join(parts, ",")
}

func cookies(r *http.Request) []string {
	var list []string
	for _, c := range r.Cookies() {
		list = append(list, c.Name+"="+c.Value)
	}
	return list
}
