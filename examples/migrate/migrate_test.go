package migrate

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
)

const issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"

// typed invokes Before as aws-lambda-go would.
func typed(ctx context.Context, event []byte) ([]byte, error) {
	var request events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(event, &request); err != nil {
		return nil, err
	}
	response, err := Before(ctx, request)
	if err != nil {
		return nil, err
	}
	return json.Marshal(response)
}

// Both answer alike, each with the gateway's routes that it needs.
func TestBeforeAndAfter(t *testing.T) {
	api := After(claims.MustNew(claims.Config{Issuers: []string{issuer}}))
	after := authztest.Chain(t, api, nil)
	before := authztest.Chain(t, api, &authztest.Options{Configure: func(c *gateway.Config) {
		c.Function = gateway.FunctionFunc(typed)
		c.Routes = []gateway.Route{{Key: "GET /notes/{id}"}, {Key: "POST /notes"}, {Key: "ANY /{proxy+}"}}
	}})
	for _, row := range []struct {
		name, method, target, body, scope string
		status                            int
		want                              string
	}{
		{"read", "GET", "/notes/7?as=text", "", "notes-api/read", 200, "ada reads 7 as text"},
		{"write", "POST", "/notes", "milk", "notes-api/write", 201, "ada writes milk in de"},
		{"binary", "POST", "/notes", "\x00\xff", "notes-api/write", 201, "ada writes \x00\xff in de"},
		{"no scope", "POST", "/notes", "milk", "notes-api/read", 403, ""},
		{"part of a scope", "GET", "/notes/7", "", "notes-api/reader", 403, ""},
		{"no route", "GET", "/elsewhere", "", "notes-api/read", 404, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			for name, h := range map[string]http.Handler{"before": before, "after": after} {
				r := httptest.NewRequest(row.method, row.target, strings.NewReader(row.body))
				r.Header.Set("Content-Language", "de")
				r.Header.Set("Content-Type", "application/octet-stream")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, authztest.As(r, map[string]any{"iss": issuer, "sub": "ada", "scope": row.scope}))
				if w.Code != row.status {
					t.Errorf("%s: status %d, want %d: %s", name, w.Code, row.status, w.Body)
				}
				if name == "before" && row.name == "binary" {
					continue // a reply's text cannot hold it, and Before does not encode
				}
				if row.want != "" && w.Body.String() != row.want {
					t.Errorf("%s: %q, want %q", name, w.Body, row.want)
				}
			}
		})
	}
}

// What the table offers is there, behind each front that has it.
func TestReplacements(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode([]string{baseURL(r), accountID(r), table(r), client(r)})
		if invocation(r) == "" {
			t.Error("no invocation")
		}
		if r.URL.Host != "" || r.URL.Scheme != "" {
			t.Errorf("URL %v has a host", r.URL)
		}
	})
	for _, row := range []struct {
		config gateway.Config
		want   string
	}{
		{gateway.Config{Format: adapter.HTTPAPIV2}, `["https://api.example.com","123456789012","notes-prod","192.0.2.1"]`},
		{gateway.Config{Format: adapter.RESTAPI, BasePath: "v1"}, `["https://api.example.com/v1","123456789012","notes-prod","192.0.2.1"]`},
		{gateway.Config{Format: adapter.ALB}, `["","","","192.0.2.1"]`},
	} {
		row.config.Function = adapter.New(h, &adapter.Options{BasePaths: []string{"/v1"}})
		row.config.StageVariables = map[string]string{"TABLE": "notes-prod"}
		target := "http://api.example.com/"
		if row.config.BasePath != "" {
			target += row.config.BasePath + "/"
		}
		w := httptest.NewRecorder()
		gateway.MustNew(row.config).ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		if got := strings.TrimSpace(w.Body.String()); got != row.want {
			t.Errorf("%v: %d %s, want %s", row.config.Format, w.Code, got, row.want)
		}
	}
	r := httptest.NewRequest("GET", "/", nil) // without an event
	if baseURL(r)+accountID(r)+table(r)+invocation(r) != "" {
		t.Error("something is known without an event")
	}
}

var (
	command = regexp.MustCompile(`grep -rnE '([^']+)'`)
	row     = regexp.MustCompile("(?m)^\\| (`[^|]+) \\|")
	code    = regexp.MustCompile("`([^`]+)`")
)

// The page's grep finds whatever its table has something for.
func TestGrep(t *testing.T) {
	page, err := os.ReadFile("../../docs/migrate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "## First, grep")
	text, _, _ = strings.Cut(text, "\n## ")
	found := command.FindStringSubmatch(text)
	if found == nil {
		t.Fatal("no grep")
	}
	grep := regexp.MustCompilePOSIX(found[1])
	words := 0
	for _, cell := range row.FindAllStringSubmatch(text, -1) {
		for _, word := range code.FindAllStringSubmatch(cell[1], -1) {
			words++
			if !grep.MatchString(word[1]) {
				t.Errorf("grep does not find %s", word[1])
			}
		}
	}
	if words < 20 {
		t.Errorf("%d words were read", words)
	}
}
