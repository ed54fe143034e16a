package main_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// TestFunctionLogs reads what the function writes to CloudWatch: for each request
// one line about it and one with its metrics, and nothing that a caller sent.
func TestFunctionLogs(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), ".")
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	process, err := runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
		Env: []string{
			"NOTES_ISSUER=" + issuer, "NOTES_API=" + api, "AWS_LAMBDA_LOG_FORMAT=JSON", "GATEHOUSE_METRICS=notes-test",
			"GATEHOUSE_SUBJECT_KEY=" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32)),
		},
		Output: &output,
	})
	if err != nil {
		t.Fatal(err)
	}
	requests := []struct {
		config       gateway.Config
		method, path string
		status       float64
		route, by    string
		code         any
	}{
		{gateway.Config{APIID: api}, "GET", "/hello", 200, "/hello", "handler", nil},
		{gateway.Config{APIID: api, Authorizer: vouchFor(issuer, "secret-subject")}, "GET", "/notes/secret-path?q=secret-query", 404, "/notes/{id}", "handler", nil},
		{gateway.Config{APIID: api, Authorizer: vouchFor("https://secret-issuer.example", "secret-subject")}, "POST", "/notes", 401, "/notes", "policy", "invalid_token"},
		{gateway.Config{APIID: api}, "GET", "/secret-scan", 401, "", "policy", nil},
	}
	for _, r := range requests {
		r.config.Function = runtimeapi.Function{Process: process}
		request := httptest.NewRequest(r.method, r.path, strings.NewReader(`{"title":"secret-body"}`))
		request.Header.Set("Authorization", "Bearer secret-token")
		request.Header.Set("X-Secret", "secret-header")
		gateway.MustNew(r.config).ServeHTTP(httptest.NewRecorder(), request)
	}
	process.Close()
	_ = process.Wait()

	var lines, metrics []map[string]any
	for line := range strings.Lines(output.String()) {
		var members map[string]any
		if json.Unmarshal([]byte(line), &members) != nil {
			continue // of the standard logger, before the first request
		}
		switch {
		case members["_aws"] != nil:
			metrics = append(metrics, members)
		case members["message"] == "invocation":
			lines = append(lines, members)
			t.Logf("%s", line)
			if len(line) > 900 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	}
	if strings.Contains(output.String(), "secret") {
		t.Errorf("something that a caller sent is in the log:\n%s", &output)
	}
	if len(lines) != len(requests) || len(metrics) != len(requests) {
		t.Fatalf("%d lines and %d metrics for %d requests:\n%s", len(lines), len(metrics), len(requests), &output)
	}
	for i, r := range requests {
		line := lines[i]
		group, _ := line["authz"].(map[string]any)
		route, _ := line["http.route"].(string)
		if line["http.response.status_code"] != r.status || route != r.route || line["gatehouse.answered_by"] != r.by || r.code != nil && group["code"] != r.code {
			t.Errorf("%s %s: %v, want %v", r.method, r.path, line, r)
		}
	}
}
