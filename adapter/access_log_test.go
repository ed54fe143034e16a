package adapter_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/slot"
)

// production is the context that aws-lambda-go calls a function with.
func production(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	ctx = traced(ctx, "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "8f5b4c1e-0d3a-4c52-9a64-3b1e2f7a9c10"})
}

// fullEvent has every ID that a line may hold, in a usual form.
const fullEvent = `{"version":"2.0","rawPath":"/notes/secret-path","rawQueryString":"q=secret-query","cookies":["secret=secret-cookie"],
	"headers":{"host":"secret.example.com","authorization":"Bearer secret-token","x-a":"secret-header","origin":"https://secret.example.com"},
	"requestContext":{"apiId":"a1b2c3d4e5","stage":"prod","requestId":"JKJaXmPLvHcESHA=","domainName":"a1b2c3d4e5.lambda-url.eu-west-1.on.aws",
	"authorizer":{"jwt":{"claims":{"sub":"secret-claim"}}},"http":{"method":"POST","sourceIp":"198.51.100.24"}},"body":"secret-body","isBase64Encoded":false}`

// logged serves an event with AccessLog and returns the lines.
func logged(t *testing.T, ctx context.Context, handler http.Handler, event string, opts *adapter.AccessLogOptions, options adapter.Options) string {
	t.Helper()
	var line bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&line, nil))
	options.Done = adapter.AccessLog(logger, opts)
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	_, _ = adapter.New(handler, &options).Invoke(ctx, []byte(event))
	return line.String()
}

func TestAccessLogLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mux := http.NewServeMux()
		mux.HandleFunc("POST /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
			adapter.AddAttrs(r.Context(), slog.Int("notes", 3))
			time.Sleep(1500 * time.Microsecond)
			w.WriteHeader(http.StatusCreated)
		})
		line := logged(t, production(t), mux, fullEvent, nil, adapter.Options{})
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(got, "time")
		want := map[string]any{
			"level": "INFO", "msg": "invocation",
			"http.request.method": "POST", "http.route": "/notes/{id}", "http.response.status_code": 201.0,
			"trace_id": "5759e988bd862e3fe1be46a994272793", "faas.invocation_id": "8f5b4c1e-0d3a-4c52-9a64-3b1e2f7a9c10", "faas.coldstart": true,
			"gatehouse.front": "Function URL", "gatehouse.request_id": "JKJaXmPLvHcESHA=", "gatehouse.api_id": "a1b2c3d4e5", "gatehouse.stage": "prod",
			"gatehouse.answered_by": "handler", "gatehouse.reply_bytes": 65.0, "gatehouse.duration_ms": 1.5, "gatehouse.time_left_ms": 9998.0,
			"app": map[string]any{"notes": 3.0},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// refusal is what a Guard leaves of a refusal.
type refusal struct{ requirement string }

func (r refusal) LogValue() slog.Value {
	return slog.GroupValue(slog.String("requirement", r.requirement), slog.String("result", "refused"), slog.String("code", "insufficient_scope"),
		slog.String("subject", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"))
}
func (refusal) Route() string       { return "GET /notes/{id}" }
func (refusal) Policy() slot.Policy { return nil }

func (refusal) Refusal() (slot.Refusal, bool) {
	return slot.Refusal{Code: "insufficient_scope", Known: true, Method: "POST"}, true
}

// TestWhoAnswered: the line says who answered, at the level that this deserves.
func TestWhoAnswered(t *testing.T) {
	refuse := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slot.FromContext(r.Context()).SetDecision(refusal{"scope notes/read"})
		w.WriteHeader(http.StatusForbidden)
	})
	for name, row := range map[string]struct {
		handler http.Handler
		event   string
		want    []string
	}{
		"handler":           {http.NotFoundHandler(), fullEvent, []string{"INFO", `"gatehouse.answered_by":"handler"`, `"http.response.status_code":404`}},
		"policy":            {refuse, fullEvent, []string{"WARN", `"gatehouse.answered_by":"policy"`, `"authz":{"requirement":"scope notes/read"`, `"http.route":"/notes/{id}"`}},
		"panic":             {http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("secret-panic") }), fullEvent, []string{"ERROR", `"gatehouse.answered_by":"adapter"`, `"gatehouse.reason":"the handler panicked"`, `"http.response.status_code":500`}},
		"no request":        {refuse, strings.Replace(fullEvent, `"x-a"`, `"x a"`, 1), []string{"WARN", `"gatehouse.answered_by":"adapter"`, `"http.response.status_code":400`}},
		"no event":          {refuse, `{"secret-event":1}`, []string{"ERROR", `"gatehouse.answered_by":"adapter"`, `"gatehouse.reason":"unknown"`}},
		"server error":      {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }), fullEvent, []string{"ERROR", `"gatehouse.answered_by":"handler"`}},
		"odd method":        {http.NotFoundHandler(), strings.Replace(fullEvent, `"POST"`, `"SECRET"`, 1), []string{`"http.request.method":"_OTHER"`}},
		"ids that are data": {http.NotFoundHandler(), strings.NewReplacer("JKJaXmPLvHcESHA=", "secret id", "a1b2c3d4e5\"", strings.Repeat("secret", 20)+`"`, `"prod"`, `"secret stage"`).Replace(fullEvent), []string{"INFO"}},
	} {
		var own bytes.Buffer
		line := logged(t, production(t), row.handler, row.event, nil, adapter.Options{Logger: slog.New(slog.NewJSONHandler(&own, nil))})
		for _, part := range row.want {
			if !strings.Contains(line, part) {
				t.Errorf("%s: no %s in %s", name, part, line)
			}
		}
		if strings.Contains(strings.ToLower(line+own.String()), "secret") || strings.Count(line, "\n") != 1 {
			t.Errorf("%s: %s%s", name, line, &own)
		}
		if name == "policy" && own.Len() > 0 {
			t.Errorf("%s: a line of its own beside AccessLog's: %s", name, &own)
		}
	}
}

// TestRefusalBesideDone: a Done that is not AccessLog leaves the line about a
// refusal to Handler.
func TestRefusalBesideDone(t *testing.T) {
	var own bytes.Buffer
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		slot.FromContext(r.Context()).SetDecision(refusal{"scope notes/read"})
		w.WriteHeader(http.StatusForbidden)
	}), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&own, nil)), Done: func(context.Context, *adapter.Outcome) {}})
	invoke(t, h, fullEvent)
	if !strings.Contains(own.String(), "authz: refused") {
		t.Errorf("logged %q", &own)
	}
}

// TestAccessLogSize: a line stays small, whatever an event or a handler does.
func TestAccessLogSize(t *testing.T) {
	requirement := "all of (scope notes/write, group admin, claim email_verified one of true)"
	deny := func(attrs int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			slot.FromContext(r.Context()).SetDecision(refusal{requirement})
			for range attrs {
				adapter.AddAttrs(r.Context(), slog.String(strings.Repeat("k", 30), strings.Repeat("v", 500)))
			}
			w.WriteHeader(http.StatusForbidden)
		})
	}
	long := strings.NewReplacer("JKJaXmPLvHcESHA=", strings.Repeat("r", 40), `"a1b2c3d4e5"`, `"`+strings.Repeat("a", 40)+`"`, `"prod"`, `"`+strings.Repeat("s", 40)+`"`).Replace(fullEvent)
	if line := logged(t, production(t), deny(0), long, nil, adapter.Options{}); len(line) > 900 {
		t.Errorf("%d bytes: %s", len(line), line)
	}
	if line := logged(t, production(t), deny(40), long, nil, adapter.Options{}); len(line) > 9<<10 || len(line) < 8<<10 {
		t.Errorf("%d bytes with AddAttrs", len(line))
	}
	for _, part := range []string{`scope notes/write, `, `group "a\b", `, "Gruppe ä, "} {
		requirement = strings.Repeat(part, 200)
		if line := logged(t, production(t), deny(0), long, nil, adapter.Options{}); len(line) > 900 || len(line) < 700 || !strings.Contains(line, `…"`) || !json.Valid([]byte(line)) {
			t.Errorf("%d bytes with a long requirement: %s", len(line), line)
		}
		var own bytes.Buffer
		h := adapter.New(deny(0), &adapter.Options{Logger: slog.New(slog.NewJSONHandler(&own, nil))})
		if _, err := h.Invoke(production(t), []byte(long)); err != nil || own.Len() > 900 || strings.Count(own.String(), "\n") != 1 {
			t.Errorf("%v, %d bytes of a refusal's own line: %s", err, own.Len(), &own)
		}
	}
}

// TestRouteOfTheLine: the pattern stands without its method, whose blank is not the
// only one that a pattern may have.
func TestRouteOfTheLine(t *testing.T) {
	for pattern, want := range map[string]string{
		"GET /notes/{id}": "/notes/{id}", "GET \t /notes/{id}": "/notes/{id}", "/notes/{id}": "/notes/{id}",
		"/my notes/{id}": "/my notes/{id}", "GET /my notes/{id}": "/my notes/{id}", "GET example.com/": "example.com/",
	} {
		handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { r.Pattern = pattern })
		var line, metrics map[string]any
		var out bytes.Buffer
		if err := json.Unmarshal([]byte(logged(t, production(t), handler, fullEvent, &adapter.AccessLogOptions{Metrics: "test", MetricsOutput: &out}, adapter.Options{})), &line); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &metrics); err != nil {
			t.Fatal(err)
		}
		if line["http.route"] != want || metrics["Route"] != "POST "+want {
			t.Errorf("%q: %v and %v, want %q", pattern, line["http.route"], metrics["Route"], want)
		}
	}
}

func TestAccessLogSample(t *testing.T) {
	var log bytes.Buffer
	status := 200
	h := adapter.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }), &adapter.Options{
		Done: adapter.AccessLog(slog.New(slog.NewJSONHandler(&log, nil)), &adapter.AccessLogOptions{Sample: 10}),
	})
	lines := func() int {
		log.Reset()
		for range 30 {
			invoke(t, h, v2Event("", false))
		}
		return strings.Count(log.String(), "\n")
	}
	if got := lines(); got != 3 {
		t.Errorf("%d lines of 30 with status 200, want 3", got)
	}
	for _, status = range []int{404, 500} {
		if got := lines(); got != 30 {
			t.Errorf("%d lines of 30 with status %d", got, status)
		}
	}
}

// TestLineAndClientAgree: the status of the line is the one that the client gets,
// which no middleware can know.
func TestLineAndClientAgree(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"7 MB":       func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) },
		"late":       func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"panic":      func(http.ResponseWriter, *http.Request) { panic("boom") },
		"Goexit":     func(http.ResponseWriter, *http.Request) { runtime.Goexit() },
		"bad base64": func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) },
		"101":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) },
		"none":       func(http.ResponseWriter, *http.Request) {},
	}
	event := strings.Replace(strings.Replace(v2Event("", false), `"body":""`, `"body":"QUJ*"`, 1), "false}", "true}", 1)
	for name, handler := range handlers {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			h := adapter.New(handler, &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.DiscardHandler),
				Done: adapter.AccessLog(slog.New(slog.NewJSONHandler(&log, nil)), nil)})
			r := invoke(t, h, event)
			if !strings.Contains(log.String(), `"http.response.status_code":`+itoa(r.StatusCode)+",") {
				t.Errorf("%s: the client got %d, the line says %s", name, r.StatusCode, &log)
			}
		})
	}
}

// TestLambdaLogHandler: AccessLog writes through aws-lambda-go's own slog handler,
// which adds the request's ID from the context.
func TestLambdaLogHandler(t *testing.T) {
	stdout := os.Stdout
	defer func() { os.Stdout = stdout }()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	os.Stdout = file
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{Done: adapter.AccessLog(slog.New(lambdacontext.NewLogHandler()), nil)})
	if _, err := h.Invoke(production(t), []byte(fullEvent)); err != nil {
		t.Error(err)
	}
	line, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Contains(line, []byte("invocation")) || !bytes.Contains(line, []byte("requestId")) || !bytes.Contains(line, []byte("404")) {
		t.Errorf("wrote %s (%v)", line, err)
	}
}

// TestErrorLines: a line about an answer in the handler's place says which request
// it was, how large, and what to do.
func TestErrorLines(t *testing.T) {
	for name, row := range map[string]struct {
		handler http.HandlerFunc
		event   string
		want    []string
	}{
		"7 MB": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 7<<20)) }, v2Event("text", false),
			[]string{"presigned", `"gatehouse.reply_bytes":7340032`, `"gatehouse.body_bytes":4`, `"http.route":"/notes/{id}"`, `"http.request.method":"POST"`}},
		"2 MB over a load balancer": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 2<<20)) },
			`{"requestContext":{"elb":{}},"httpMethod":"GET","path":"/secret","headers":{}}`, []string{"1 MB"}},
		"late":               {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, v2Event("text", false), []string{"202", `"http.response.status_code":503`}},
		"late, function URL": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, fullEvent, []string{"raise its timeout", `"gatehouse.request_id":"JKJaXmPLvHcESHA="`, `"http.request.method":"POST"`}},
		"a panic":            {func(http.ResponseWriter, *http.Request) { panic("secret-panic") }, v2Event("text", false), []string{`"gatehouse.body_bytes":4`, `"http.route":"/notes/{id}"`}},
		"an abort":           {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, v2Event("text", false), []string{`"gatehouse.body_bytes":4`, `"http.route":"/notes/{id}"`}},
		"a header's value":   {nil, strings.Replace(fullEvent, "secret-header", `secret\r\n`, 1), []string{`"gatehouse.member":"the header X-A"`}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				r.Pattern = "/notes/{id}" // as http.ServeMux leaves it
				row.handler(w, r)
			})
			h := adapter.New(handler, &adapter.Options{Timeout: time.Second, Logger: slog.New(slog.NewJSONHandler(&log, nil))})
			if _, err := h.Invoke(production(t), []byte(row.event)); err != nil {
				t.Error(err)
			}
			for _, part := range append(row.want, `"faas.invocation_id":"8f5b4c1e-0d3a-4c52-9a64-3b1e2f7a9c10"`, `"gatehouse.event_bytes":`) {
				if !strings.Contains(log.String(), part) {
					t.Errorf("%s: no %s in %s", name, part, &log)
				}
			}
			if strings.Contains(log.String(), "secret") || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("%s: %s", name, &log)
			}
		})
	}
}

// TestAccessLogCost: what a line costs beside slog's own work.
func TestAccessLogCost(t *testing.T) {
	skipUnderRace(t)
	measure := func(options *adapter.Options) float64 {
		h, ctx := adapter.New(http.NotFoundHandler(), options), production(t)
		return testing.AllocsPerRun(100, func() {
			if _, err := h.Invoke(ctx, []byte(fullEvent)); err != nil {
				t.Fatal(err)
			}
		})
	}
	off := measure(nil)
	on := measure(&adapter.Options{Done: adapter.AccessLog(slog.New(slog.NewJSONHandler(io.Discard, nil)), nil)})
	t.Logf("%v allocations without AccessLog, %v with", off, on)
	if on > off+20 {
		t.Errorf("%v allocations with AccessLog, %v without", on, off)
	}
}

func TestErrorsOfFallbackAreNotLogged(t *testing.T) {
	line := logged(t, production(t), http.NotFoundHandler(), "{}", nil, adapter.Options{
		Fallback: func(context.Context, json.RawMessage) (any, error) { return nil, errors.New("secret") },
	})
	if !strings.Contains(line, "ERROR") || strings.Contains(line, "secret") {
		t.Errorf("logged %s", line)
	}
}
