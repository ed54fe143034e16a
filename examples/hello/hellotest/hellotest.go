// Package hellotest tests what every hello example must do, whatever framework it
// uses: as a plain handler, and compiled as a Lambda function.
package hellotest

import (
	"embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

const (
	jsonType = "application/json"
	textType = "text/plain; charset=utf-8"
)

var requests = []struct {
	method, path, body string
	status             int
	contentType        string // "": any
	want               string // body; "": any
}{
	{"GET", "/hello", "", 200, jsonType, `{"message":"Hello from Lambda","path":"/hello","method":"GET"}`},
	{"GET", "/hello/Ada%20L", "", 200, jsonType, `{"message":"Hello, Ada L","path":"/hello/Ada L","method":"GET"}`},
	{"POST", "/echo", "café", 200, textType, "café"},
	{"POST", "/echo", "not UTF-8: \xff", 200, textType, "not UTF-8: \xff"},
	{"POST", "/hello", "", 405, "", ""},
	{"GET", "/nowhere", "", 404, "", ""},
}

// Handler sends requests to the handler itself.
func Handler(t *testing.T, h http.Handler) { send(t, h, "") }

func send(t *testing.T, h http.Handler, prefix string) {
	t.Helper()
	for _, test := range requests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(test.method, prefix+test.path, strings.NewReader(test.body)))

			if w.Code != test.status {
				t.Errorf("status %d, want %d", w.Code, test.status)
			}
			if got := w.Header().Get("Content-Type"); test.contentType != "" && !strings.EqualFold(got, test.contentType) {
				t.Errorf("content type %q, want %q", got, test.contentType)
			}
			if got := strings.TrimSpace(w.Body.String()); test.want != "" && got != test.want {
				t.Errorf("body %q, want %q", got, test.want)
			}
		})
	}
}

// fronts are the gateways, with what their URLs have before the path.
var fronts = []struct {
	format adapter.Format
	prefix string
}{
	{adapter.HTTPAPIV2, ""},
	{adapter.HTTPAPIV1, ""},
	{adapter.RESTAPI, "/prod"},
	{adapter.FunctionURL, ""},
}

// Lambda compiles the main package at path and sends it the same requests
// through a gateway of each kind, and then events of our own.
func Lambda(t *testing.T, path string) {
	function := start(t, path)
	for _, front := range fronts {
		t.Run(front.format.String(), func(t *testing.T) {
			send(t, gateway.MustNew(gateway.Config{Function: function, Format: front.format}), front.prefix)
		})
	}
	for _, test := range events {
		t.Run(test.file, func(t *testing.T) { sendEvent(t, function, test.file, test.want) })
	}
}

func start(t *testing.T, path string) runtimeapi.Function {
	t.Helper()
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), path)
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(process.Close)
	return runtimeapi.Function{Process: process}
}

//go:embed events
var files embed.FS

var events = []struct{ file, want string }{
	{"httpapi-get.json", `{"message":"Hello from Lambda","path":"/hello","method":"GET"}`},
	{"httpapi-post.json", "coffee=café"},
	{"rest-get.json", `{"message":"Hello, Ada L","path":"/hello/Ada L","method":"GET"}`},
}

// sendEvent looks at the reply as Lambda hands it to the gateway.
func sendEvent(t *testing.T, function runtimeapi.Function, file, want string) {
	event, err := files.ReadFile("events/" + file)
	if err != nil {
		t.Fatal(err)
	}
	result, err := function.Invoke(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	var reply struct {
		StatusCode      int
		Body            string
		IsBase64Encoded bool
	}
	if err := json.Unmarshal(result, &reply); err != nil {
		t.Fatal(err)
	}
	if reply.StatusCode != http.StatusOK || reply.IsBase64Encoded {
		t.Errorf("status %d, base64 %t; want 200 and text", reply.StatusCode, reply.IsBase64Encoded)
	}
	if got := strings.TrimSpace(reply.Body); got != want {
		t.Errorf("body %q, want %q", got, want)
	}
}
