package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// TestFaultsRaiseAlarms makes each fault of README.md's table behind an HTTP API and
// holds the alarms that then fire, by both templates, against the table.
func TestFaultsRaiseAlarms(t *testing.T) {
	alarms := terraformAlarms(t)
	if diff := cmp.Diff(alarms, samAlarms(t)); diff != "" {
		t.Fatalf("the templates' alarms differ (-Terraform +SAM)\n%s", diff)
	}
	faults := map[string]func(*testing.T, *minute){
		"a panic": func(t *testing.T, m *minute) {
			m.ask(t, m.handle(func(http.ResponseWriter, *http.Request) { panic("secret") }, 0), 500)
		},
		"a late handler": func(t *testing.T, m *minute) {
			m.ask(t, m.handle(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, time.Millisecond), 503)
		},
		"a reply of 7 MB": func(t *testing.T, m *minute) {
			m.ask(t, m.handle(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) }, 0), 500)
		},
		"a key outage": keyOutage,
		"a jump of 401 by the function": func(t *testing.T, m *minute) {
			h := m.function(notes.Handler(who(), &notes.Memory{}), 0)
			for range 501 {
				m.ask(t, h, 401)
			}
		},
		"a jump of 401 by the gateway": func(t *testing.T, m *minute) {
			m.authorizer = &gateway.JWTAuthorizer{Issuer: "https://issuer.invalid", Audience: []string{"web"}}
			h := m.function(notes.Handler(who(), &notes.Memory{}), 0)
			for range 501 {
				m.ask(t, h, 401)
			}
		},
		"the function does not start": doesNotStart,
		"a throttle": func(t *testing.T, m *minute) {
			m.add("AWS/Lambda", "Throttles", 1)
			m.ask(t, failing("TooManyRequestsException"), 500)
		},
		"p99 near the limit": nearTheLimit,
		"the permission is missing": func(t *testing.T, m *minute) {
			m.ask(t, failing("AccessDeniedException"), 500)
		},
	}
	table := readme(t)
	for fault := range faults {
		if _, ok := table[fault]; !ok {
			t.Errorf("README.md does not list %q", fault)
		}
	}
	for fault, want := range table {
		t.Run(fault, func(t *testing.T) {
			makeFault, ok := faults[fault]
			if !ok {
				t.Fatal("nothing makes this fault")
			}
			var m minute
			makeFault(t, &m)
			got := m.fired(alarms)
			t.Logf("%v: %s", m.sums(), got)
			if diff := cmp.Diff(want.alarms, got); diff != "" {
				t.Errorf("alarms (-README.md +fired)\n%s", diff)
			}
			var metrics []string
			for _, name := range got {
				metrics = append(metrics, alarms[name].Metric)
			}
			slices.Sort(metrics)
			if diff := cmp.Diff(want.metrics, metrics); diff != "" {
				t.Errorf("metrics (-README.md +of the alarms that fired)\n%s", diff)
			}
		})
	}
	t.Run("none of them", func(t *testing.T) {
		var m minute
		m.ask(t, m.handle(func(http.ResponseWriter, *http.Request) {}, 0), 200)
		if fired := m.fired(alarms); fired != nil {
			t.Errorf("%v fired", fired)
		}
	})
}

// A row is what README.md says of a fault.
type row struct{ metrics, alarms []string }

var quoted = regexp.MustCompile("`(\\w+)`")

func readme(t *testing.T) map[string]row {
	t.Helper()
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(content), "| fault | what happens | metric | alarms |\n|---|---|---|---|\n")
	if !ok {
		t.Fatal("README.md has no table of faults")
	}
	table := map[string]row{}
	for line := range strings.Lines(rest) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 4 {
			break
		}
		r := row{alarms: strings.Split(cells[3], ", ")}
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			r.metrics = append(r.metrics, m[1])
		}
		slices.Sort(r.metrics)
		table[cells[0]] = r
	}
	return table
}

// An alarm fires if the statistic of one minute is above a number.
type alarm struct {
	Namespace, Metric, Statistic string
	Above                        float64
	Minutes                      int
	ByDimensions                 bool
}

// ours is the environment's own namespace.
const ours = "AWS::StackName"

var terraformAlarm = regexp.MustCompile(`(?m)^ +(\w+) += merge\(local\.(\w+), \{ metric = "(\w+)", statistic = "(\w+)", above = (\d+), minutes = (\d+),`)

func terraformAlarms(t *testing.T) map[string]alarm {
	t.Helper()
	content, err := os.ReadFile("terraform/module/observe.tf")
	if err != nil {
		t.Fatal(err)
	}
	namespaces := map[string]string{"ours": ours, "lambda": "AWS/Lambda", "api": "AWS/ApiGateway"}
	alarms := map[string]alarm{}
	for _, m := range terraformAlarm.FindAllStringSubmatch(string(content), -1) {
		above, _ := strconv.ParseFloat(m[5], 64)
		minutes, _ := strconv.Atoi(m[6])
		alarms[m[1]] = alarm{namespaces[m[2]], m[3], m[4], above, minutes, m[2] != "ours"}
	}
	return alarms
}

// samAlarm is a resource of that name, up to the next one.
var samAlarm = regexp.MustCompile(`(?m)^  (\w+)Alarm:\n((?:(?:    .*)?\n)+)`)

func samAlarms(t *testing.T) map[string]alarm {
	t.Helper()
	content, err := os.ReadFile("sam/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	alarms := map[string]alarm{}
	for _, m := range samAlarm.FindAllStringSubmatch(string(content), -1) {
		properties := map[string]string{}
		for line := range strings.Lines(m[2]) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			properties[name] = strings.TrimPrefix(value, "!Ref ")
		}
		above, _ := strconv.ParseFloat(properties["Threshold"], 64)
		minutes, _ := strconv.Atoi(properties["EvaluationPeriods"])
		alarms[strings.ToLower(m[1])] = alarm{
			properties["Namespace"], properties["MetricName"], properties["Statistic"] + properties["ExtendedStatistic"],
			above, minutes, properties["Dimensions"] != "",
		}
	}
	return alarms
}

// minute is what CloudWatch has of one minute.
type minute struct {
	authorizer gateway.Authorizer
	lines      bytes.Buffer
	values     map[string][]float64
}

func (m *minute) add(namespace, metric string, value float64) {
	if m.values == nil {
		m.values = map[string][]float64{}
	}
	m.values[namespace+" "+metric] = append(m.values[namespace+" "+metric], value)
}

// function is a handler with the metric lines of the deployed function.
func (m *minute) function(h http.Handler, timeout time.Duration) gateway.Function {
	quiet := slog.New(slog.DiscardHandler)
	return adapter.New(h, &adapter.Options{
		Logger:  quiet,
		Timeout: timeout,
		Done:    adapter.AccessLog(quiet, &adapter.AccessLogOptions{Metrics: ours, MetricsOutput: &m.lines}),
	})
}

func (m *minute) handle(h http.HandlerFunc, timeout time.Duration) gateway.Function {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /profile", h)
	return m.function(mux, timeout)
}

// ask sends one request and counts the API's answer and, as AWS/Lambda does, an
// invocation that failed inside the function.
func (m *minute) ask(t *testing.T, f gateway.Function, want int, authorization ...string) {
	t.Helper()
	g := gateway.MustNew(gateway.Config{Function: counted{m, f}, Authorizer: m.authorizer})
	r := httptest.NewRequest("GET", "/profile", nil)
	r.Header["Authorization"] = authorization
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	if w.Code != want {
		t.Fatalf("status %d, want %d: %s", w.Code, want, w.Body)
	}
	if class := w.Code / 100; class >= 4 {
		m.add("AWS/ApiGateway", strconv.Itoa(class)+"xx", 1)
	}
}

// counted adds failed invocations to AWS/Lambda's Errors.
type counted struct {
	*minute
	f gateway.Function
}

func (c counted) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	reply, err := c.f.Invoke(ctx, event)
	var refused notInvoked
	if err != nil && !errors.As(err, &refused) {
		c.add("AWS/Lambda", "Errors", 1)
	}
	return reply, err
}

// notInvoked is an error of the Invoke API's, for which no function ran.
type notInvoked string

func (e notInvoked) Error() string { return string(e) }

type failing string

func (f failing) Invoke(context.Context, []byte) ([]byte, error) { return nil, notInvoked(f) }

// read adds the metrics of the function's lines that have no dimension, which are
// those that alarms without dimensions see.
func (m *minute) read() {
	for line := range bytes.Lines(m.lines.Bytes()) {
		var values map[string]any
		var format struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name string }
				}
			} `json:"_aws"`
		}
		if json.Unmarshal(line, &values) != nil || json.Unmarshal(line, &format) != nil {
			continue
		}
		for _, d := range format.AWS.CloudWatchMetrics {
			if slices.ContainsFunc(d.Dimensions, func(set []string) bool { return len(set) == 0 }) {
				value, _ := values[d.Metrics[0].Name].(float64)
				m.add(d.Namespace, d.Metrics[0].Name, value)
			}
		}
	}
	m.lines.Reset()
}

// fired are the names of the alarms that this minute raises, sorted. Missing data
// raises none.
func (m *minute) fired(alarms map[string]alarm) []string {
	m.read()
	var names []string
	for name, a := range alarms {
		values := m.values[a.Namespace+" "+a.Metric]
		if len(values) > 0 && statistic(a.Statistic, values) > a.Above {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func statistic(name string, values []float64) float64 {
	if name == "p99" {
		values = slices.Sorted(slices.Values(values))
		return values[(len(values)-1)*99/100]
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

func (m *minute) sums() map[string]float64 {
	sums := map[string]float64{}
	for name, values := range m.values {
		if !strings.HasSuffix(name, "Latency") {
			sums[name] = statistic("Sum", values)
		}
	}
	return sums
}

// keyOutage has jwtverify look for keys where nobody listens.
func keyOutage(t *testing.T, m *minute) {
	server := httptest.NewServer(nil)
	server.Close()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: server.URL, Clients: []local.Client{{ID: "web", Secret: "not-in-any-output"}}})
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token(map[string]any{"sub": "ada", "client_id": "web"})
	if err != nil {
		t.Fatal(err)
	}
	tokens := jwtverify.MustNew(jwtverify.Config{
		Issuers: []jwtverify.Issuer{{URL: server.URL, Clients: []string{"web"}, JWKSURL: server.URL}},
		Binding: jwtverify.BindingNone,
	})
	mux := authz.NewMux(&authz.Guard{Identifier: tokens})
	mux.HandleFunc("GET /profile", authz.Authenticated(), func(http.ResponseWriter, *http.Request) {})
	m.ask(t, m.function(mux, 0), 503, "Bearer "+token)
}

// doesNotStart invokes the deployed program without its settings.
func doesNotStart(t *testing.T, m *minute) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "../lambda")
	if err != nil {
		t.Fatal(err)
	}
	process, err := runtimeapi.Start(t.Context(), binary, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer process.Close()
	m.ask(t, runtimeapi.Function{Process: process}, 500)
}

// nearTheLimit answers a hundred requests, two of them late, by a clock of its own.
func nearTheLimit(t *testing.T, m *minute) {
	synctest.Test(t, func(t *testing.T) {
		for i := range 100 {
			slow := i%50 == 0
			m.ask(t, m.handle(func(http.ResponseWriter, *http.Request) {
				if slow {
					time.Sleep(21 * time.Second)
				}
			}, 0), 200)
		}
	})
}
