package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// emf is a line in the embedded metric format as CloudWatch reads it.
type emf map[string]any

// values are the line's metrics by name and dimensions, as far as the format lets
// CloudWatch find them: a dimension must be a text of the line.
func (line emf) values(t *testing.T) map[string]float64 {
	t.Helper()
	found := map[string]float64{}
	directives := line["_aws"].(map[string]any)["CloudWatchMetrics"].([]any)
	for _, d := range directives {
		d := d.(map[string]any)
		if d["Namespace"] != "notes-dev" {
			t.Errorf("namespace %v", d["Namespace"])
		}
		for _, m := range d["Metrics"].([]any) {
			name := m.(map[string]any)["Name"].(string)
			for _, set := range d["Dimensions"].([]any) {
				key := name
				for _, dimension := range set.([]any) {
					text, ok := line[dimension.(string)].(string)
					if !ok {
						t.Errorf("%s: the dimension %v is no text of the line", name, dimension)
					}
					key += " " + dimension.(string) + "=" + text
				}
				value, ok := line[name].(float64)
				if !ok {
					t.Errorf("%s: no number of the line", name)
				}
				found[key] = value
			}
		}
	}
	return found
}

// broken writes to nothing.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("closed") }

// serveOne serves one GET of /notes and returns what CloudWatch would count.
func serveOne(t *testing.T, h http.Handler, opts adapter.Options) map[string]float64 {
	t.Helper()
	var out bytes.Buffer
	quiet := slog.New(slog.DiscardHandler)
	opts.Logger = quiet
	opts.Done = adapter.AccessLog(quiet, &adapter.AccessLogOptions{Metrics: "notes-dev", MetricsOutput: &out})
	handler := adapter.New(h, &opts)
	event := scenario.EventFile(t, events, "httpapi_v2_get.json")
	event = bytes.Replace(event, []byte(`"exp":"1794913200"`), []byte(`"exp":"4102444800"`), 1)
	_, _ = handler.Invoke(context.Background(), event) // warm
	out.Reset()
	_, _ = handler.Invoke(context.Background(), event)
	if strings.Count(out.String(), "\n") != 1 {
		t.Fatalf("%q, want one line", &out)
	}
	var line emf
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	found := line.values(t)
	for key := range found { // times differ from run to run
		if strings.HasPrefix(key, "Latency") {
			delete(found, key)
		}
	}
	return found
}

// TestMetrics is the table of faults and what CloudWatch counts of each.
func TestMetrics(t *testing.T) {
	mux := func(req authz.Requirement, guard authz.Guard, h http.HandlerFunc) http.Handler {
		m := authz.NewMux(&guard)
		m.HandleFunc("GET /notes", req, h)
		return m
	}
	who := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Gh2026Abc"}})
	unavailable := authz.IdentifierFunc("keys are out of reach", claims.Trust{}, func(*http.Request) (*claims.Identity, error) {
		return nil, &authz.Error{Status: http.StatusServiceUnavailable}
	})
	plain := func(h http.HandlerFunc) http.Handler {
		m := http.NewServeMux()
		m.HandleFunc("GET /notes", h)
		return m
	}
	const all, byRoute = "Requests", "Requests Route=GET /notes StatusClass="
	tests := []struct {
		name string
		h    http.Handler
		opts adapter.Options
		want map[string]float64
	}{
		{"a reply", plain(scenario.SayHello), adapter.Options{}, map[string]float64{all: 1, byRoute + "2xx": 1}},
		{"a panic", plain(func(http.ResponseWriter, *http.Request) { panic("secret") }), adapter.Options{},
			map[string]float64{all: 1, byRoute + "5xx": 1, "Faults": 1, "Faults Reason=the handler panicked": 1}},
		{"an exit", plain(func(http.ResponseWriter, *http.Request) { runtime.Goexit() }), adapter.Options{Timeout: time.Minute},
			map[string]float64{all: 1, byRoute + "5xx": 1, "Faults": 1, "Faults Reason=the handler exited its goroutine": 1}},
		{"a late handler", plain(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), adapter.Options{Timeout: time.Millisecond},
			map[string]float64{all: 1, "Requests Route=UNKNOWN StatusClass=5xx": 1, "Faults": 1, "Faults Reason=the handler took too long": 1}},
		{"a reply of 7 MB", plain(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) }), adapter.Options{},
			map[string]float64{all: 1, byRoute + "5xx": 1, "Faults": 1, "Faults Reason=the reply is larger than the front takes": 1}},
		{"an invocation that fails", plain(scenario.SayHello), adapter.Options{Fail: func(context.Context, *adapter.Outcome) error { return errors.New("secret") }},
			map[string]float64{all: 1, byRoute + "none": 1, "Faults": 1, "Faults Reason=the invocation failed": 1}},
		{"the handler's own 500", plain(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }), adapter.Options{},
			map[string]float64{all: 1, byRoute + "5xx": 1}},
		{"no path without a route is a metric", http.NewServeMux(), adapter.Options{},
			map[string]float64{all: 1, "Requests Route=NOT_FOUND StatusClass=4xx": 1}},
		{"granted", mux(authz.Scope("notes-api/read"), authz.Guard{Identifier: who}, scenario.SayHello), adapter.Options{},
			map[string]float64{all: 1, byRoute + "2xx": 1}},
		{"a scope is missing", mux(authz.Scope("admin"), authz.Guard{Identifier: who}, scenario.SayHello), adapter.Options{},
			map[string]float64{all: 1, byRoute + "4xx": 1, "Refusals": 1, "Refusals Cause=insufficient_scope": 1}},
		{"a stranger", mux(authz.Scope("admin"), authz.Guard{}, scenario.SayHello), adapter.Options{},
			map[string]float64{all: 1, byRoute + "4xx": 1, "Refusals": 1, "Refusals Cause=invalid_token": 1}},
		{"keys are out of reach", mux(authz.Scope("admin"), authz.Guard{Identifier: unavailable}, scenario.SayHello), adapter.Options{},
			map[string]float64{all: 1, byRoute + "5xx": 1, "Unavailable": 1, "Unavailable Cause=temporarily_unavailable": 1}},
		{"only reported", mux(authz.Scope("admin"), authz.Guard{
			Identifier: who, ReportUntil: time.Now().Add(time.Hour), OnDecision: func(*http.Request, authz.Decision) {},
		}, scenario.SayHello), adapter.Options{},
			map[string]float64{all: 1, byRoute + "2xx": 1, "ReportedOnly": 1, "ReportedOnly Route=GET /notes": 1}},
		{"attributes cannot make one up", plain(func(w http.ResponseWriter, r *http.Request) {
			adapter.AddAttrs(r.Context(), slog.String("Route", "forged"), slog.Any("_aws", "forged"), slog.Bool("report_only", true))
			scenario.SayHello(w, r)
		}), adapter.Options{}, map[string]float64{all: 1, byRoute + "2xx": 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, serveOne(t, test.h, test.opts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A method or a path that a client makes up is no dimension.
func TestClientsMakeNoMetricUp(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/notes/{id}", scenario.SayHello)
	var out bytes.Buffer
	h := adapter.New(mux, &adapter.Options{Done: adapter.AccessLog(slog.New(slog.DiscardHandler), &adapter.AccessLogOptions{Metrics: "notes-dev", MetricsOutput: &out})})
	for i := range 20 {
		for _, path := range []string{"/notes/", "/scan/"} {
			event := strings.Replace(v2Event("", false), `"method":"POST"`, fmt.Sprintf(`"method":"MADEUP%d"`, i), 1)
			event = strings.Replace(event, `"rawPath":"/notes"`, fmt.Sprintf(`"rawPath":"%s%d"`, path, i), 1)
			if _, err := h.Invoke(context.Background(), []byte(event)); err != nil {
				t.Fatal(err)
			}
		}
	}
	routes := map[string]int{}
	for line := range strings.Lines(out.String()) {
		var c struct{ Route string }
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		routes[c.Route]++
	}
	if diff := cmp.Diff(map[string]int{"_OTHER /notes/{id}": 20, "NOT_FOUND": 20}, routes); diff != "" {
		t.Errorf("routes (-want +got)\n%s", diff)
	}
}

func TestMetricsOfColdStarts(t *testing.T) {
	var out bytes.Buffer
	h := adapter.New(http.HandlerFunc(scenario.SayHello), &adapter.Options{
		Done: adapter.AccessLog(slog.New(slog.DiscardHandler), &adapter.AccessLogOptions{Metrics: "notes-dev", MetricsOutput: &out, Sample: 1000}),
	})
	event := scenario.EventFile(t, events, "httpapi_v2_get.json")
	for range 3 {
		if _, err := h.Invoke(context.Background(), event); err != nil {
			t.Fatal(err)
		}
	}
	if lines, cold := strings.Count(out.String(), "\n"), strings.Count(out.String(), `"ColdStarts":1`); lines != 3 || cold != 1 {
		t.Errorf("%d lines, %d cold starts, want 3 and 1:\n%s", lines, cold, &out)
	}
}

// A metric that cannot be written is not worth a request.
func TestMetricsNobodyTakes(t *testing.T) {
	h := adapter.New(http.HandlerFunc(scenario.SayHello), &adapter.Options{
		Done: adapter.AccessLog(slog.New(slog.DiscardHandler), &adapter.AccessLogOptions{Metrics: "notes-dev", MetricsOutput: broken{}}),
	})
	reply, err := h.Invoke(context.Background(), scenario.EventFile(t, events, "httpapi_v2_get.json"))
	if err != nil || !bytes.Contains(reply, []byte("hello")) {
		t.Errorf("%s, %v", reply, err)
	}
}
