package mistakes_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
)

// TestBodies makes the gateways' own replies that docs/troubleshooting.md tells apart.
func TestBodies(t *testing.T) {
	fails := func(context.Context, []byte) ([]byte, error) { return nil, errors.New("no permission") }
	hangs := func(ctx context.Context, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() }
	serves := func(context.Context, []byte) ([]byte, error) { return []byte(`{"statusCode":200,"body":""}`), nil }
	one := []gateway.Route{{Key: "GET /notes"}}
	key := []gateway.Route{{Key: "GET /notes", APIKey: true}}
	plan := func(p gateway.UsagePlan) []gateway.UsagePlan {
		p.Keys = map[string]string{"key": "id"}
		return []gateway.UsagePlan{p}
	}
	got := map[string]string{} // by body
	for _, row := range []struct {
		name   string
		format adapter.Format
		f      gateway.FunctionFunc
		config gateway.Config
		path   string
		body   int
		times  int
	}{
		{"no identity", adapter.HTTPAPIV2, serves, gateway.Config{Routes: one, Authorizer: new(gateway.JWTAuthorizer)}, "/notes", 0, 1},
		{"no route", adapter.HTTPAPIV2, serves, gateway.Config{Routes: one}, "/elsewhere", 0, 1},
		{"no method on REST", adapter.RESTAPI, serves, gateway.Config{Routes: one}, "/prod/elsewhere", 0, 1},
		{"another key", adapter.RESTAPI, serves, gateway.Config{Routes: key, UsagePlans: []gateway.UsagePlan{{Keys: map[string]string{"other": "id"}}}}, "/prod/notes", 0, 1},
		{"a burst", adapter.RESTAPI, serves, gateway.Config{Routes: key, UsagePlans: plan(gateway.UsagePlan{Rate: 0.001, Burst: 1})}, "/prod/notes", 0, 2},
		{"a quota", adapter.RESTAPI, serves, gateway.Config{Routes: key, UsagePlans: plan(gateway.UsagePlan{Quota: 1})}, "/prod/notes", 0, 2},
		{"no reply", adapter.HTTPAPIV2, fails, gateway.Config{Routes: one}, "/notes", 0, 1},
		{"no reply on REST", adapter.RESTAPI, fails, gateway.Config{Routes: one}, "/prod/notes", 0, 1},
		{"time is up", adapter.HTTPAPIV2, hangs, gateway.Config{Routes: one, Timeout: time.Millisecond}, "/notes", 0, 1},
		{"time is up on REST", adapter.RESTAPI, hangs, gateway.Config{Routes: one, Timeout: time.Millisecond}, "/prod/notes", 0, 1},
		{"a large body", adapter.HTTPAPIV2, serves, gateway.Config{Routes: one}, "/notes", 11 << 20, 1},
	} {
		row.config.Format, row.config.Function = row.format, row.f
		g, err := gateway.New(row.config)
		if err != nil {
			t.Fatalf("%s: %v", row.name, err)
		}
		var w *httptest.ResponseRecorder
		for range row.times {
			r := httptest.NewRequest("GET", row.path, strings.NewReader(strings.Repeat("x", row.body)))
			r.Header.Set("X-Api-Key", "key")
			w = httptest.NewRecorder()
			g.ServeHTTP(w, r)
		}
		got[w.Body.String()] = strconv.Itoa(w.Code)
	}

	// A scope that is missing is in TestMistakes, with this body too.
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| (\\d+) \\| `({\"message\".*?})` \\|").FindAllStringSubmatch(string(page), -1) {
		quoted[row[2]] = row[1]
	}
	if diff := cmp.Diff(quoted, got); diff != "" {
		t.Errorf("statuses by body: -quoted +made:\n%s", diff)
	}
}

// TestBrowserMessages: what the page says of a browser is what docs/cors.md says, whose
// messages the browser test sees.
func TestBrowserMessages(t *testing.T) {
	page, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	cors, err := os.ReadFile("../../../docs/cors.md")
	if err != nil {
		t.Fatal(err)
	}
	messages := regexp.MustCompile(`(?m)^\| ("[^|]+") \|`).FindAllStringSubmatch(string(page), -1)
	if len(messages) < 4 {
		t.Errorf("%d messages", len(messages))
	}
	for _, m := range messages {
		if !strings.Contains(string(cors), m[1]) {
			t.Errorf("docs/cors.md does not have %s", m[1])
		}
	}
}
