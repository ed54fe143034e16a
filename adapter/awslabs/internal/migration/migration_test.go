package migration_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// A request and what it must be answered with, before and after.
type request struct {
	method, target, body string
	status               int
	check                func(*testing.T, *http.Response, string)
}

const functionARN = "arn:aws:lambda:eu-west-1:123456789012:function:under-test"

// The requests that every program with notes serves.
var common = []request{
	{"GET", "/notes/7?q=a&q=b", "", 200, isNote(notes.Note{ID: "7", API: "a1b2c3d4e5", Table: "notes-prod", RunBy: functionARN})},
	{"POST", "/notes", `{"text":"buy milk"}`, 201, isBody(`{"text":"buy milk"}`)},
	{"GET", "/nothing", "", 404, anything},
}

// Every folder beside this file, with the front that its library was wired for.
var programs = map[string]struct {
	front    adapter.Format
	requests []request
}{
	"nethttp":     {adapter.HTTPAPIV2, common},
	"handlerfunc": {adapter.HTTPAPIV2, common},
	"echo":        {adapter.HTTPAPIV2, common},
	"chi":         {adapter.HTTPAPIV2, common},
	"gin":         {adapter.HTTPAPIV2, append(common, request{"GET", "/stream", "", 200, isBody("tick tick tick ")})},
	"gorillamux":  {adapter.HTTPAPIV1, common},
	"negroni":     {adapter.HTTPAPIV1, common},
	"iris":        {adapter.HTTPAPIV1, common},
	"fiber": {adapter.HTTPAPIV2, []request{
		{"GET", "/notes/7", "", 200, isNote(notes.Note{ID: "7"})}, common[1], common[2],
	}},
	"proxy":    {adapter.HTTPAPIV2, append(common, request{"GET", "/notes/7", "", 200, hasHeader("X-Request")})},
	"imported": {adapter.HTTPAPIV2, common},
	"basepath": {adapter.RESTAPI, []request{
		{"GET", "/orders/notes/7", "", 200, common[0].check}, {"POST", "/orders/notes", "{}", 201, isBody("{}")},
	}},
	"fiberguarded": {adapter.HTTPAPIV2, []request{
		{"GET", "/notes/7", "", 200, isNote(notes.Note{ID: "7"})}, common[2],
	}},
	"lambdaurl": {adapter.FunctionURL, []request{
		{"GET", "/notes/7", "", 200, isNote(notes.Note{ID: "7"})}, common[1], common[2],
	}},
	"algnhsa":     {adapter.HTTPAPIV2, []request{{"GET", "/account", "", 200, isBody("123456789012")}}},
	"apexgateway": {adapter.HTTPAPIV2, []request{{"GET", "/account", "", 200, isBody("123456789012")}}},
}

// Each program runs as a Lambda function behind a gateway, first with its old
// main, then with the new one.
func TestPrograms(t *testing.T) {
	folders, err := filepath.Glob("*/main.go")
	if err != nil || len(folders) != len(programs) {
		t.Fatalf("%d programs (%v), %d of them tested", len(folders), err, len(programs))
	}
	for name, p := range programs {
		for _, tag := range []string{"library", "gatehouse"} {
			if tag == "library" && !exists(filepath.Join(name, "main_library.go")) {
				continue
			}
			t.Run(name+"/"+tag, func(t *testing.T) {
				front := start(t, name, tag, p.front)
				for _, r := range p.requests {
					t.Run(r.method+" "+r.target, func(t *testing.T) { r.send(t, front) })
				}
			})
		}
	}
}

// The Mux asks for another scope where Fiber runs another handler, whatever
// spelling of the path a reader tries.
func TestFiberBehindAMux(t *testing.T) {
	front := start(t, "fiberguarded", "gatehouse", adapter.HTTPAPIV2)
	isNotExport := func(t *testing.T, _ *http.Response, body string) {
		if strings.Contains(body, "everybody") {
			t.Error("a reader got the export")
		}
	}
	for _, r := range []request{
		{"GET", "/notes/export", "", 403, isNotExport},
		{"GET", "/notes/EXPORT", "", 200, isNote(notes.Note{ID: "EXPORT"})},
		{"GET", "/notes/Export", "", 200, isNote(notes.Note{ID: "Export"})},
		{"GET", "/notes/export/", "", 404, isNotExport},
		{"GET", "/notes/%65xport", "", 403, isNotExport},
		{"GET", "/NOTES/export", "", 404, isNotExport},
		{"GET", "//notes/export", "", 307, isNotExport},
		{"GET", "/notes/x/../export", "", 307, isNotExport},
		{"HEAD", "/notes/export", "", 403, isNotExport},
	} {
		t.Run(r.method+" "+r.target, func(t *testing.T) { r.send(t, front) })
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// start builds and runs a program, and returns what its clients see.
func start(t *testing.T, name, tag string, front adapter.Format) http.Handler {
	t.Helper()
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "./"+name, "-tags", "lambda.norpc,"+tag)
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	config := gateway.Config{
		Function:       function{runtimeapi.Function{Process: process}},
		Format:         front,
		StageVariables: map[string]string{"table": "notes-prod"},
		Streaming:      name == "lambdaurl",
		Observe: func(r *http.Request, record gateway.Record) {
			if record.Err != nil {
				t.Errorf("%s %s: %v", r.Method, r.URL, record.Err)
			}
		},
	}
	switch name {
	case "imported", "fiberguarded":
		config.Authorizer = gateway.AuthorizerFunc(reader)
	case "basepath":
		config.BasePath = "orders"
	}
	return gateway.MustNew(config)
}

// function is a process that can also stream.
type function struct{ runtimeapi.Function }

func (f function) Stream(ctx context.Context, event json.RawMessage) (io.ReadCloser, error) {
	s, err := f.Process.Stream(ctx, runtimeapi.Invocation{Payload: event})
	if err != nil {
		return nil, err
	}
	return stream{s.Body, s.ContentType}, nil
}

type stream struct {
	io.ReadCloser
	contentType string
}

func (s stream) ContentType() string { return s.contentType }

// reader is an authorizer that finds the same caller in every request.
func reader(*http.Request, gateway.Route) (*gateway.Authorization, error) {
	return &gateway.Authorization{Authorizer: map[string]any{"jwt": map[string]any{"claims": map[string]string{
		"iss": "https://issuer.example.com", "sub": "ada", "scope": "notes/read", "exp": "4102444800",
	}}}}, nil
}

func (want request) send(t *testing.T, front http.Handler) {
	r := httptest.NewRequestWithContext(t.Context(), want.method, want.target, strings.NewReader(want.body))
	if want.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	front.ServeHTTP(w, r)
	if w.Code != want.status {
		t.Fatalf("%d %q, want status %d", w.Code, w.Body, want.status)
	}
	want.check(t, w.Result(), w.Body.String())
}

func anything(*testing.T, *http.Response, string) {}

func isNote(want notes.Note) func(*testing.T, *http.Response, string) {
	return func(t *testing.T, _ *http.Response, body string) {
		var got notes.Note
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatalf("%v in %q", err, body)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("note (-want +got):\n%s", diff)
		}
	}
}

func isBody(want string) func(*testing.T, *http.Response, string) {
	return func(t *testing.T, _ *http.Response, body string) {
		if body != want {
			t.Errorf("body %q, want %q", body, want)
		}
	}
}

func hasHeader(name string) func(*testing.T, *http.Response, string) {
	return func(t *testing.T, response *http.Response, _ string) {
		if response.Header.Get(name) == "" {
			t.Errorf("no header %s", name)
		}
	}
}
