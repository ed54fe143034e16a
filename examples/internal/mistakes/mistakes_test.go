package mistakes_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/internal/laptop"
	"github.com/gatehouse-go/gatehouse/examples/internal/mistakes"
	"github.com/gatehouse-go/gatehouse/internal/runtimeapi"
)

// row is a mistake that is made here.
type row struct{ mistakes.Row }

// seen is what a run shows.
type seen struct {
	status int
	body   string
	line   string // of the local gateway
	log    string // of the function
}

// run sends the row's request through a local gateway. configure may put another
// function behind it.
func (r *row) run(t *testing.T, h func(issuer string) http.Handler, options func() *adapter.Options, configure func(issuer string, c *gateway.Config)) seen {
	t.Helper()
	api, beside := laptop.Listen(t), laptop.Listen(t)
	url := "http://" + beside.Addr().String()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: url, Clients: []local.Client{{ID: "app", Secret: "x", Scopes: []string{"notes-api/read"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	var output laptop.Output
	handler := h(url)
	opts := &local.Options{
		Routes: r.Routes, Issuers: []*local.Issuer{issuer}, Output: &output, Adapter: options(),
		Configure: func(c *gateway.Config) { configure(url, c) },
	}
	if r.REST {
		opts.Format = adapter.RESTAPI
	}
	laptop.Serve(t, api, beside, handler, opts, func(address string) {
		if r.REST {
			address = strings.TrimSuffix(address, "/prod")
		}
		s.status, s.body = r.send(t, address, issuer)
	})
	s.line = lineOf(output.String())
	return s
}

func (r *row) send(t *testing.T, address string, issuer *local.Issuer) (int, string) {
	method, body := "GET", io.Reader(nil)
	if r.Method != "" {
		method = r.Method
	}
	if r.Body > 0 {
		body = bytes.NewReader(bytes.Repeat([]byte{0xff}, r.Body))
	}
	request, err := http.NewRequestWithContext(t.Context(), method, address+r.Path, body)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	if r.Token != nil {
		all := map[string]any{"sub": "secret-sub", "client_id": "app"}
		for name, value := range r.Token {
			all[name] = value
		}
		token, err := issuer.Token(all)
		if err != nil {
			t.Error(err)
			return 0, ""
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return response.StatusCode, string(answer)
}

// lineOf is the request's line in what the local gateway printed, from the status
// on and without the time.
func lineOf(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	line := lines[len(lines)-1]
	_, line, _ = strings.Cut(line, `" `) // the path's end
	for _, route := range []string{"ANY /{proxy+} ", "GET /notes/{id} "} {
		line = strings.TrimPrefix(line, route)
	}
	return line[:strings.LastIndexByte(line, ' ')]
}

// explained are the warnings and errors of a log, each as its level, its message
// and what it says of the cause and the cure.
func explained(t *testing.T, log, issuer string) (said []string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var members struct {
			Level, Msg, Message string
			Authz               struct{ Cause, Result, Identity string }
			Cors                struct{ Cause string }
			Reason              string `json:"gatehouse.reason"`
			Advice              string `json:"gatehouse.advice"`
			Bytes               int    `json:"gatehouse.event_bytes"`
		}
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if members.Level == "INFO" {
			continue
		}
		text := members.Level + " " + members.Msg + members.Message
		for _, part := range []string{members.Authz.Cause, members.Cors.Cause, members.Reason, members.Advice} {
			if part != "" {
				text += ": " + part
			}
		}
		if members.Authz.Result == "no route" {
			text += ": no route"
		}
		if members.Authz.Identity != "" {
			text += " (" + members.Authz.Identity + ")"
		}
		if members.Level == "ERROR" && members.Bytes == 0 {
			t.Errorf("no size in %s", line)
		}
		if len(line) > 900 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
		said = append(said, strings.ReplaceAll(text, issuer, "ISSUER"))
	}
	return said
}

// TestMistakes: each mistake that newcomers make is named in the log, with the
// setting to change, on the local gateway and in the deployed function alike. No
// line and no answer holds anything that the client sent.
func TestMistakes(t *testing.T) {
	binary, err := runtimeapi.Build(t.Context(), t.TempDir(), "./lambda")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mistakes.Rows() {
		row := row{r}
		t.Run(row.Name, func(t *testing.T) {
			t.Run("local", func(t *testing.T) { row.inProcess(t) })
			t.Run("binary", func(t *testing.T) { row.asFunction(t, binary) })
		})
		if reason := strings.TrimPrefix(row.Line, strconv.Itoa(row.Status)+" "); strings.HasPrefix(reason, "gateway: ") && !quotes(string(guide), reason) {
			t.Errorf("docs/troubleshooting.md does not quote %q", reason)
		}
		for _, line := range row.Logged {
			_, cause, _ := strings.Cut(line, ": ")
			_, cause, _ = strings.Cut(cause, ": ")
			cause, _, _ = strings.Cut(cause, " (")
			if !quotes(string(guide), cause) {
				t.Errorf("docs/troubleshooting.md does not quote %q", cause)
			}
		}
	}
}

func (r *row) inProcess(t *testing.T) {
	var log laptop.Output
	var options *adapter.Options
	var issuerURL string
	s := r.run(t,
		func(issuer string) (h http.Handler) {
			var err error
			if h, options, err = mistakes.New(r.Mistake, issuer, mistakes.Page); err != nil {
				t.Fatal(err)
			}
			issuerURL, options.Logger = issuer, slog.New(slog.NewJSONHandler(&log, nil))
			return h
		},
		func() *adapter.Options { return options },
		func(string, *gateway.Config) {})
	s.log = log.String()
	r.check(t, s, issuerURL)
	if s.line != r.Line {
		t.Errorf("the local line is %q, want %q", s.line, r.Line)
	}
}

func (r *row) asFunction(t *testing.T, binary string) {
	var output laptop.Output
	var process *runtimeapi.Process
	var issuerURL string
	s := r.run(t,
		func(string) http.Handler { return http.NotFoundHandler() },
		func() *adapter.Options { return nil },
		func(issuer string, c *gateway.Config) {
			if process == nil { // it is asked twice where there is a console
				var err error
				process, err = runtimeapi.Start(t.Context(), binary, &runtimeapi.Options{
					Env:    []string{"MISTAKE=" + r.Mistake, "ISSUER=" + issuer, "AWS_LAMBDA_LOG_FORMAT=JSON"},
					Output: &output,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			issuerURL, c.Function = issuer, runtimeapi.Function{Process: process}
		})
	process.Close()
	_ = process.Wait()
	s.log = output.String()
	if r.Mistake == "no Identifier" { // which is dangerous once it is deployed
		const danger = "the Guard has no Identifier, so that it knows nobody"
		lines := strings.SplitAfter(s.log, "\n")
		for i, line := range lines {
			if strings.Contains(line, danger) {
				lines[i] = ""
			}
		}
		if s.log = strings.Join(lines, ""); s.log == output.String() {
			t.Errorf("no warning in %s", s.log)
		}
	}
	r.check(t, s, issuerURL)
	if strings.Contains(r.Line, " gateway: ") && s.line != r.Line {
		t.Errorf("the gateway's line is %q, want %q", s.line, r.Line)
	}
}

func (r *row) check(t *testing.T, s seen, issuer string) {
	t.Helper()
	if s.status != r.Status || !strings.Contains(s.body, r.Client) {
		t.Errorf("status %d, body %.300q; want %d and %q", s.status, s.body, r.Status, r.Client)
	}
	if diff := cmp.Diff(r.Logged, explained(t, s.log, issuer)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if strings.Contains(s.log, "authz: refused") && (strings.Count(s.log, "authz: policy in force") != 1 ||
		!strings.Contains(s.log, `"gatehouse.formats":"every HTTP front"`) || !strings.Contains(s.log, `"gatehouse.cors_owner":`)) {
		t.Errorf("no line, or more than one, about the policy in force:\n%s", s.log)
	}
	for _, planted := range []string{"secret", "eyJ"} {
		if strings.Contains(s.log, planted) || strings.Contains(s.body, planted) {
			t.Errorf("%q is in the log or the answer:\n%s\n%.300s", planted, s.log, s.body)
		}
	}
}

// quotes reports whether a page has a text, other than as the beginning of a longer one.
func quotes(page, text string) bool {
	return regexp.MustCompile(regexp.QuoteMeta(text) + "( \\||[`.,:;\n])").MatchString(page)
}
