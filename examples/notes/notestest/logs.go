package notestest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// Logs runs the program in the test's folder, compiled, as Lambda does, and reads
// what it writes to CloudWatch: for each request one line about it and one with its
// metrics, both JSON, and nothing that a caller sent. note is the router's pattern
// for one note.
func Logs(t *testing.T, note string) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	known := gateway.Config{APIID: api, Authorizer: vouchFor(issuer, "secret-subject")}
	foreign := gateway.Config{APIID: api, Authorizer: vouchFor("https://secret-issuer.example", "secret-subject")}
	requests := []loggedRequest{
		{gateway.Config{APIID: api}, "GET", "/hello", 200, "/hello", "handler", ""},
		{known, "GET", "/notes/secret-path?q=secret-query", 404, note, "handler", ""},
		{known, "POST", "/notes", 403, "/notes", "policy", "insufficient_scope"},
		{foreign, "POST", "/notes", 401, "/notes", "policy", "invalid_token"},
		{gateway.Config{APIID: api}, "GET", "/secret-scan", 401, "", "policy", ""},
	}
	for name, row := range map[string]struct {
		key      []byte
		subjects int // in the lines: of callers who count
	}{
		"without a key for subjects": {nil, 0},
		"with a key for subjects":    {bytes.Repeat([]byte("k"), 32), 2},
	} {
		t.Run(name, func(t *testing.T) {
			output := outputOf(t, binary, row.key, requests)
			if strings.Contains(output, "secret") {
				t.Errorf("something that a caller sent is in the log:\n%s", output)
			}
			if got := strings.Count(output, `"subject":"`); got != row.subjects {
				t.Errorf("%d lines have a subject, want %d:\n%s", got, row.subjects, output)
			}
			checkLines(t, output, requests)
		})
	}
}

type loggedRequest struct {
	config       gateway.Config
	method, path string
	status       float64
	route, by    string
	code         string // "": any, or none
}

func (r loggedRequest) send(p *runtimeapi.Process) {
	r.config.Function = runtimeapi.Function{Process: p}
	request := httptest.NewRequest(r.method, r.path, strings.NewReader(`{"title":"secret-body"}`))
	request.Header.Set("Authorization", "Bearer secret-token")
	request.Header.Set("X-Secret", "secret-header")
	request.Header.Set("X-Forwarded-For", "secret-address")
	gateway.MustNew(r.config).ServeHTTP(httptest.NewRecorder(), request)
}

// outputOf returns what the program writes from its start to its end.
func outputOf(t *testing.T, binary string, key []byte, requests []loggedRequest) string {
	var output bytes.Buffer
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
		Env: []string{
			"NOTES_ISSUER=" + issuer, "NOTES_API=" + api, "AWS_LAMBDA_LOG_FORMAT=JSON", "GATEHOUSE_METRICS=notes-test",
			"GATEHOUSE_SUBJECT_KEY=" + base64.StdEncoding.EncodeToString(key),
		},
		Output: &output,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range requests {
		r.send(process)
	}
	process.Close()
	_ = process.Wait() // or output is not complete
	return output.String()
}

// checkLines allows other lines than those of the requests before the first only.
func checkLines(t *testing.T, output string, requests []loggedRequest) {
	var lines []map[string]any
	size, metrics, metricsSize := 0, 0, 0
	for text := range strings.Lines(output) {
		var line map[string]any
		err := json.Unmarshal([]byte(text), &line)
		switch {
		case err == nil && line["_aws"] != nil:
			metrics, metricsSize = metrics+1, metricsSize+len(text)
		case err == nil && line["message"] == "invocation":
			lines, size = append(lines, line), size+len(text)
			if app, _ := json.Marshal(line["app"]); len(text)-len(app) > 900 {
				t.Errorf("a line of %d bytes", len(text))
			}
		case len(lines) > 0:
			t.Errorf("not a line about a request: %s", text)
		}
	}
	if len(lines) != len(requests) || metrics != len(requests) {
		t.Fatalf("%d lines and %d metrics for %d requests:\n%s", len(lines), metrics, len(requests), output)
	}
	t.Logf("a request has a line of %d bytes and metrics of %d, on average", size/len(lines), metricsSize/metrics)
	for i, r := range requests {
		route, _ := lines[i]["http.route"].(string)
		group, _ := lines[i]["authz"].(map[string]any)
		if lines[i]["http.response.status_code"] != r.status || route != r.route || lines[i]["gatehouse.answered_by"] != r.by || r.code != "" && group["code"] != r.code {
			t.Errorf("%s %s: %v, want %v", r.method, r.path, lines[i], r)
		}
	}
}

// Address compares the address in the invocation's line with that of the gateway's
// peer: it must not be the client's word in any of the headers.
func Address(t *testing.T, h http.Handler, headers ...string) {
	var attrs string
	f := adapter.New(h, &adapter.Options{Done: func(_ context.Context, o *adapter.Outcome) {
		attrs = ""
		for _, a := range o.Attrs {
			attrs += a.String() + " "
		}
	}})
	g := gateway.MustNew(gateway.Config{Function: f})
	for _, name := range headers {
		r := httptest.NewRequest("GET", "/notes/secret", nil)
		r.RemoteAddr = "192.0.2.7:1234"
		r.Header.Set(name, "203.0.113.9")
		g.ServeHTTP(httptest.NewRecorder(), r)
		if !strings.Contains(attrs, "app=[client.address=192.0.2.7") || strings.Contains(attrs, "203.0.113.9") || strings.Contains(attrs, "secret") {
			t.Errorf("%s: the line has %s", name, attrs)
		}
	}
}
