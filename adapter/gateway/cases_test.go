package gateway_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/google/go-cmp/cmp"
)

// gatewayRule is a case of kind "gateway-rule": what a front makes of a reply.
type gatewayRule struct {
	Name       string          `json:"name"`
	Kind       string          `json:"kind"`
	EventKind  string          `json:"event_kind"`
	Returns    json.RawMessage `json:"lambda_returns"`
	ReturnsRaw *string         `json:"lambda_returns_raw"`
	ClientSees struct {
		Status  int                        `json:"status"`
		Content json.RawMessage            `json:"content"` // text, or a JSON value to compare with
		Headers map[string]json.RawMessage `json:"headers"` // each a text or a list
	} `json:"client_sees"`
}

var eventKinds = map[string]int{"apigw-v1": 0, "httpapi-v1": 1, "httpapi-v2": 2, "function-url": 3, "alb": 4, "lattice-v1": 5, "lattice-v2": 6}

// TestCases plays the rules of testdata/cases and of the folder that
// GATEHOUSE_CASES names.
func TestCases(t *testing.T) {
	played := map[string]int{}
	folders := []string{"testdata/cases"}
	if folder := os.Getenv("GATEHOUSE_CASES"); folder != "" {
		folders = append(folders, folder)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no cases in %s (%v)", folder, err)
		}
		for _, file := range files {
			for _, c := range readRules(t, file) {
				played[c.EventKind]++
				t.Run(c.Name, c.play)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(played)) {
		t.Logf("%s: %d rules", kind, played[kind])
	}
}

func readRules(t *testing.T, file string) []gatewayRule {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var content struct {
		Cases []gatewayRule `json:"cases"`
	}
	if err := json.Unmarshal(data, &content); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return slices.DeleteFunc(content.Cases, func(c gatewayRule) bool { return c.Kind != "gateway-rule" })
}

// play compares the status, the content and the headers named by the case.
func (c gatewayRule) play(t *testing.T) {
	kind, ok := eventKinds[c.EventKind]
	if !ok {
		t.Skipf("no front for %s yet", c.EventKind)
	}
	front := formats[kind]
	reply := string(c.Returns)
	if c.ReturnsRaw != nil {
		reply = *c.ReturnsRaw
	}
	// A new REST API has no binary media types.
	g := gateway.Config{Function: returns(reply), Format: front.format, BinaryMediaTypes: []string{}}
	resp := serve(g, httptest.NewRequest("GET", front.base+"/", nil))
	if resp.StatusCode != c.ClientSees.Status {
		t.Errorf("status %d, want %d", resp.StatusCode, c.ClientSees.Status)
	}
	c.compareContent(t, text(t, resp))
	for name, value := range c.ClientSees.Headers {
		got, want := headerText(resp.Header.Values(name)), headerText(texts(t, value))
		if got != want {
			t.Errorf("header %s: %q, want %q", name, got, want)
		}
	}
}

func (c gatewayRule) compareContent(t *testing.T, got string) {
	t.Helper()
	var want string
	if json.Unmarshal(c.ClientSees.Content, &want) == nil {
		if got != want {
			t.Errorf("content %q, want %q", got, want)
		}
		return
	}
	if diff := cmp.Diff(decode(t, c.ClientSees.Content), decode(t, []byte(got))); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

// headerText is how the schema compares headers: joined, without blanks.
func headerText(values []string) string {
	return strings.ReplaceAll(strings.Join(values, ","), " ", "")
}

func texts(t *testing.T, raw json.RawMessage) []string {
	t.Helper()
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatalf("header value is neither text nor a list: %v", err)
	}
	return list
}

func decode(t testing.TB, data []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatalf("%v: %.200s", err, data)
	}
	return value
}

func TestEveryFinalStatus(t *testing.T) {
	for _, f := range formats {
		for status := 200; status <= 599; status++ {
			reply, err := json.Marshal(map[string]any{"statusCode": status, "body": ""})
			if err != nil {
				t.Fatal(err)
			}
			g := gateway.Config{Function: returns(string(reply)), Format: f.format}
			if got := serve(g, httptest.NewRequest("GET", f.base+"/", nil)).StatusCode; got != status {
				t.Errorf("%v: status %d, want %d", f.format, got, status)
			}
		}
	}
}
