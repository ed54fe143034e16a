// Package domains_test holds the table of docs/domains.md against the gateways.
package domains_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// rows are ways to reach /notes, and what the function is told about them.
var rows = []struct {
	setup   string
	config  gateway.Config
	url     string
	text    string // of the options
	options adapter.Options
}{
	{"HTTP API, `$default`", gateway.Config{}, api + "/notes", "–", adapter.Options{}},
	{"HTTP API, stage `prod`", gateway.Config{Stage: "prod"}, api + "/prod/notes", "–", adapter.Options{}},
	{"the same", gateway.Config{Stage: "prod"}, api + "/prod/notes", "`StripStage`", adapter.Options{StripStage: true}},
	{"HTTP API, domain, mapping `v1`", gateway.Config{BasePath: "v1"}, domain + "/v1/notes", "–", adapter.Options{}},
	{"the same, stage `prod`", gateway.Config{Stage: "prod", BasePath: "v1"}, domain + "/v1/notes", "`StripStage`", adapter.Options{StripStage: true}},
	{"the same, `$default`, payload 1.0", gateway.Config{Format: adapter.HTTPAPIV1, BasePath: "v1"}, domain + "/v1/notes", "`BasePaths`", adapter.Options{BasePaths: []string{"/v1"}}},
	{"REST API, stage `prod`", gateway.Config{Format: adapter.RESTAPI}, api + "/prod/notes", "–", adapter.Options{}},
	{"REST API, domain, mapping `v1`", gateway.Config{Format: adapter.RESTAPI, BasePath: "v1"}, domain + "/v1/notes", "–", adapter.Options{}},
	{"the same", gateway.Config{Format: adapter.RESTAPI, BasePath: "v1"}, domain + "/v1/notes", "`BasePaths`", adapter.Options{BasePaths: []string{"/v1"}}},
	{"REST API, domain, no key", gateway.Config{Format: adapter.RESTAPI, BasePath: "/"}, domain + "/notes", "–", adapter.Options{}},
	{"function URL", gateway.Config{Format: adapter.FunctionURL}, "https://ID.lambda-url.eu-west-1.on.aws/notes", "–", adapter.Options{}},
	{"load balancer", gateway.Config{Format: adapter.ALB}, domain + "/notes", "–", adapter.Options{}},
}

const (
	api    = "https://ID.execute-api.eu-west-1.amazonaws.com"
	domain = "https://api.example.com"
)

// TestTable: each row of the page is what the handler sees, and where its redirect
// to "/" leads with PrefixLocation.
func TestTable(t *testing.T) {
	page, err := os.ReadFile("../../docs/domains.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var seen string
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			event, _ := adapter.FromContext(r.Context())
			base := "none"
			if u := event.BaseURL(); u != nil {
				base = "`" + u.String() + "`"
			}
			seen = fmt.Sprintf("`%s` | %s", r.URL.Path, base)
			if _, host, _ := strings.Cut(row.url, "//"); !strings.HasPrefix(host, r.Host+"/") {
				t.Errorf("%s: Host %q", row.setup, r.Host)
			}
			http.Redirect(w, r, "/", http.StatusSeeOther)
		})
		row.options.PrefixLocation = true
		row.config.Function = adapter.New(h, &row.options)
		w := httptest.NewRecorder()
		gateway.MustNew(row.config).ServeHTTP(w, httptest.NewRequest("GET", row.url, nil))
		line := fmt.Sprintf("| %s | `%s` | %s | %s | `%s` |\n", row.setup, strings.TrimPrefix(row.url, "https://"), row.text, seen, w.Header().Get("Location"))
		line = strings.NewReplacer(".execute-api.eu-west-1.amazonaws.com", "…", ".lambda-url.eu-west-1.on.aws", "…").Replace(line)
		if !strings.Contains(string(page), line) {
			t.Errorf("not on the page:\n%s", line)
		}
	}
}
