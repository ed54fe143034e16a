package authz_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A deployed function is a handler behind the adapter, with its log.
type deployed struct {
	h *adapter.Handler

	mu  sync.Mutex
	log bytes.Buffer
}

func deploy(h http.Handler) *deployed {
	d := &deployed{}
	d.h = adapter.New(h, &adapter.Options{Logger: slog.New(slog.NewJSONHandler(d, nil))})
	return d
}

func (d *deployed) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.log.Write(p)
}

// lines returns the warnings that were logged since the last call, without times.
func (d *deployed) lines(t *testing.T) []map[string]any {
	t.Helper()
	return slices.DeleteFunc(d.all(t), func(line map[string]any) bool { return line["level"] == "INFO" })
}

func (d *deployed) all(t *testing.T) []map[string]any {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	var lines []map[string]any
	decoder := json.NewDecoder(&d.log)
	for {
		var line map[string]any
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			return lines
		} else if err != nil {
			t.Fatal(err)
		}
		delete(line, slog.TimeKey)
		lines = append(lines, line)
	}
}

// event is an HTTP API's, of a request with these headers.
func event(t testing.TB, method, path, authorizer string, headers map[string]string) []byte {
	t.Helper()
	text := strings.Replace(httpAPIEvent, "AUTHORIZER", authorizer, 1)
	var whole map[string]any
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	whole["rawPath"], whole["headers"] = path, headers
	whole["requestContext"].(map[string]any)["http"].(map[string]any)["method"] = method
	out, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (d *deployed) invoke(t testing.TB, event []byte) int {
	t.Helper()
	out, err := d.h.Invoke(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	var reply struct{ StatusCode int }
	if err := json.Unmarshal(out, &reply); err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode
}

func ours(claims string) string {
	return `{"jwt":{"claims":{"iss":"https://issuer.example","sub":"secret-subject"` + claims + `},"scopes":null}}`
}

// Without any setting a refusal is explained in one line, and what a newcomer
// gets wrong is named in it, with the setting to change.
func TestRefusalsAreExplained(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	pinned := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}, APIs: []string{"zzz999"}})
	audience := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}, Audiences: []string{"app"}})
	bearer := map[string]string{"authorization": "Bearer secret-token"}
	preflight := map[string]string{"origin": "https://secret.example", "access-control-request-method": "GET"}
	guard := func() *authz.Guard { return &authz.Guard{Identifier: who} }
	read := authz.Scope("api/read")
	tests := []struct {
		name       string
		guard      *authz.Guard
		req        authz.Requirement // of GET /notes/{id}
		method     string
		path       string
		authorizer string
		headers    map[string]string
		status     int
		want       map[string]any // the group authz; nil: no line
	}{
		{"granted", guard(), read, "GET", "/notes/secret", ours(`,"scope":"api/read"`), bearer, 200, nil},
		{"nobody, and no token", guard(), read, "GET", "/notes/secret", `null`, nil, 401, nil},
		{"no route, nobody", guard(), read, "GET", "/secret", `null`, nil, 401, nil},
		{"a scope is missing", guard(), read, "GET", "/notes/secret", ours(`,"scope":"secret"`), bearer, 403, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "insufficient_scope", "cause": "needs scope api/read"}},
		{"an ID token", guard(), read, "GET", "/notes/secret", ours(`,"token_use":"id"`), bearer, 403, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "insufficient_scope",
			"cause": "needs scope api/read; the caller sent an ID token, and needs an access token"}},
		{"an ID token where Every wants an access token", &authz.Guard{Identifier: who, Every: authz.AccessToken()}, authz.Authenticated(),
			"GET", "/notes/secret", ours(`,"token_use":"id"`), bearer, 403, map[string]any{
				"requirement": "authenticated", "result": "refused", "code": "insufficient_scope",
				"cause": "needs an access token; the caller sent an ID token, and needs an access token"}},
		{"a group is missing", guard(), authz.Groups("admin"), "GET", "/notes/secret", ours(``), bearer, 403, map[string]any{
			"requirement": `group "admin"`, "result": "refused", "code": "insufficient_scope", "cause": `needs group "admin"`}},
		{"a list that cannot be read", guard(), authz.Groups("admin"), "GET", "/notes/secret", ours(`,"cognito:groups":"[admin]"`), bearer, 403, map[string]any{
			"requirement": `group "admin"`, "result": "refused", "code": "insufficient_scope",
			"cause": "the claim cognito:groups cannot be read as a list: name it in Lists or CommaLists of claims.Config; text of a list is ambiguous"}},
		{"a token, and a route without an authorizer", guard(), read, "GET", "/notes/secret", `null`, bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
			"cause": "a token was sent, but the event names no caller: does this route of the gateway have an authorizer?"}},
		{"a token, and no Identifier", &authz.Guard{}, read, "GET", "/notes/secret", ours(``), bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
			"cause": "a token was sent, but the Guard has no Identifier: set Guard.Identifier"}},
		{"an API key", guard(), read, "GET", "/notes/secret", `null`, map[string]string{"x-api-key": "secret"}, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused",
			"cause": "an API key was sent: it identifies a client, it does not authenticate a caller"}},
		{"a preflight", guard(), read, "OPTIONS", "/notes/secret", `null`, preflight, 401, map[string]any{
			"requirement": "no route", "result": "refused",
			"cause": "a CORS preflight arrived, which never carries a token: give the gateway an open route OPTIONS /{proxy+}, and put cors.Wrap around the Mux"}},
		{"no route", guard(), read, "GET", "/secret", ours(``), bearer, 404, map[string]any{
			"requirement": "no route", "result": "no route"}},
		{"a Func", guard(), authz.Func("owner", func(*http.Request, *claims.Identity) error { return errors.New("secret") }),
			"GET", "/notes/secret", ours(``), bearer, 403, map[string]any{
				"requirement": "owner", "result": "refused", "code": "insufficient_scope", "cause": "owner: *errors.errorString"}},
		{"an Identifier of somebody's own", &authz.Guard{Identifier: failing(errors.New("secret"))}, read, "GET", "/notes/secret", `null`, bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token", "cause": "Identifier: *errors.errorString", "identity": "test"}},
		{"an issuer that is not the configured one", guard(), read, "GET", "/notes/secret",
			`{"jwt":{"claims":{"iss":"https://secret.example","sub":"secret"},"scopes":null}}`, bearer, 401, map[string]any{
				"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
				"cause": "the issuer is not among Config.Issuers", "identity": who.String()}},
		{"an API that is not the pinned one", &authz.Guard{Identifier: pinned}, read, "GET", "/notes/secret", ours(``), bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
			"cause": "the event's API is not among Config.APIs", "identity": pinned.String()}},
		{"an audience that is not the configured one", &authz.Guard{Identifier: audience}, read, "GET", "/notes/secret", ours(`,"aud":"secret"`), bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
			"cause": "the token is for another audience than Config.Audiences", "identity": audience.String()}},
		{"an authorizer that is not expected", guard(), read, "GET", "/notes/secret", `{"lambda":{"sub":"secret"}}`, bearer, 401, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_token",
			"cause": "the authorizer's kind is not among the accepted Sources", "identity": who.String()}},
		{"two tokens", guard(), read, "GET", "/notes/secret", `null`, map[string]string{"authorization": "Bearer secret, Bearer secret"}, 400, map[string]any{
			"requirement": "scope api/read", "result": "refused", "code": "invalid_request", "cause": "more than one credential in Authorization"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			mux := authz.NewMux(test.guard)
			mux.Handle("GET /notes/{id}", test.req, named("note"))
			d := deploy(mux)
			if got := d.invoke(t, event(t, test.method, test.path, test.authorizer, test.headers)); got != test.status {
				t.Errorf("status %d, want %d", got, test.status)
			}
			if strings.Contains(d.log.String(), "secret") {
				t.Errorf("the log holds what it must not: %s", &d.log)
			}
			lines := d.lines(t)
			if test.want == nil {
				if len(lines) != 0 {
					t.Errorf("lines %v, want none", lines)
				}
				return
			}
			want := map[string]any{
				"level": "WARN", "msg": "authz: refused", "gatehouse.answered_by": "policy", "gatehouse.front": "HTTP API payload 2.0",
				"http.response.status_code": float64(test.status), "http.request.method": test.method,
				"gatehouse.request_id": "JKJaXmPLvHcESHA=", "gatehouse.api_id": "a1b2c3", "authz": test.want,
			}
			if strings.HasPrefix(test.path, "/notes/") && test.method == "GET" {
				want["http.route"] = "/notes/{id}"
			}
			if diff := cmp.Diff([]map[string]any{want}, lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

// 100,000 bad tokens in two minutes: a flood makes few lines and a count, and does not hide that a
// known caller was refused.
func TestAFloodOfRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
		mux := authz.NewMux(&authz.Guard{Identifier: who})
		for i := range 100 {
			mux.Handle(fmt.Sprintf("GET /route%d", i), authz.Scope("read"), named("x"))
		}
		d := deploy(mux)
		bad := make([][]byte, 100)
		for i := range bad {
			bad[i] = event(t, "GET", fmt.Sprintf("/route%d", i), `null`, map[string]string{"authorization": "Bearer bad"})
		}
		known := event(t, "GET", "/route7", ours(``), map[string]string{"authorization": "Bearer good"})
		const n = 100_000
		for i := range n {
			d.invoke(t, bad[i%len(bad)])
			if i == n/2 {
				d.invoke(t, known)
			}
			time.Sleep(2 * time.Minute / n)
		}
		d.invoke(t, bad[0])

		lines, ofKnown, left := d.lines(t), 0, 0.0
		for _, line := range lines {
			if group, _ := line["authz"].(map[string]any); group["cause"] == "needs scope read" {
				ofKnown++
			}
			if n, ok := line["left_out"].(float64); ok {
				left += n
			}
		}
		if len(lines) > 120 || ofKnown != 1 || int(left)+len(lines) < n {
			t.Errorf("%d lines, %d of the known caller, %v counted as left out of %d", len(lines), ofKnown, left, n)
		}
		t.Logf("%d refusals in two minutes: %d lines", n, len(lines))
	})
}

// Callers without a token make no line: the next one that counts has them.
func TestNoTokenIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mux := authz.NewMux(&authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})})
		mux.Handle("GET /notes", authz.Scope("read"), named("x"))
		d := deploy(mux)
		bad := event(t, "GET", "/notes", `null`, map[string]string{"authorization": "Bearer bad"})
		for range 7 {
			d.invoke(t, event(t, "GET", "/notes", `null`, nil))
		}
		if lines := d.lines(t); len(lines) != 0 {
			t.Errorf("lines %v, want none", lines)
		}
		d.invoke(t, bad)
		d.invoke(t, bad)
		time.Sleep(time.Minute)
		d.invoke(t, bad)
		lines := d.lines(t)
		if len(lines) != 3 || lines[1]["left_out"] != 1.0 || lines[1]["without_token"] != 7.0 || lines[1]["known_callers"] != false {
			t.Errorf("lines %v, want one that counts 1 and 7", lines)
		}
	})
}

// A Check aside is not why a request was answered, and neither is a refusal that
// was only recorded.
func TestNoLineWhereNothingWasRefused(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	g := &authz.Guard{Identifier: who}
	aside := authz.NewMux(g)
	aside.HandleFunc("GET /notes/{id}", authz.Authenticated(), func(w http.ResponseWriter, r *http.Request) {
		if _, err := g.Check(r, authz.Scope("admin")); err == nil {
			t.Error("the caller is an admin")
		}
		io.WriteString(w, "note")
	})
	told := func(*http.Request, authz.Decision) {}
	reporting := authz.NewMux(&authz.Guard{Identifier: who, OnDecision: told, ReportUntil: time.Now().Add(time.Hour)})
	reporting.Handle("GET /notes/{id}", authz.Scope("admin"), named("note"))
	for name, h := range map[string]http.Handler{"a Check aside": aside, "a refusal that is only recorded": reporting} {
		d := deploy(h)
		if got := d.invoke(t, event(t, "GET", "/notes/1", ours(``), nil)); got != 200 {
			t.Errorf("%s: status %d", name, got)
		}
		if lines := d.lines(t); len(lines) != 0 {
			t.Errorf("%s: lines %v", name, lines)
		}
	}
}

// The subject is in the line as a hash, and only with a key.
func TestSubjectInTheLine(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	key := bytes.Repeat([]byte("k"), 32)
	var want string
	g := &authz.Guard{Identifier: who, SubjectKey: key, OnDecision: func(_ *http.Request, d authz.Decision) { want = d.SubjectHash(key) }}
	mux := authz.NewMux(g)
	mux.Handle("GET /notes/{id}", authz.Scope("read"), named("note"))
	d := deploy(mux)
	d.invoke(t, event(t, "GET", "/notes/1", ours(``), nil))
	lines := d.lines(t)
	if len(lines) != 1 || want == "" || lines[0]["authz"].(map[string]any)["subject"] != want {
		t.Errorf("lines %v, want the subject %q", lines, want)
	}
}

// A program says once which policy is in force, and in Lambda what is dangerous.
func TestThePolicyInForceIsLoggedOnce(t *testing.T) {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.example"}})
	anybody := claims.MustNew(claims.Config{
		Sources: []claims.Source{claims.JWT, claims.LambdaAuthorizer}, InsecureAnyIssuer: true, InsecureAnyAPI: true,
	})
	told := func(*http.Request, authz.Decision) {}
	inDays := func(n int) time.Time { return time.Now().Add(time.Duration(n)*24*time.Hour + time.Minute) }
	tests := []struct {
		name   string
		guard  *authz.Guard
		info   map[string]any
		danger []string // parts of warnings, in Lambda
	}{
		{"pinned", &authz.Guard{Identifier: who, Every: authz.AccessToken()},
			map[string]any{"identity": who.String(), "rules": 2.0, "every": "access token"}, nil},
		{"no Identifier", &authz.Guard{}, map[string]any{
			"identity": "none; claims.FromContext: nobody unless something outside the Guard put a caller there", "rules": 2.0},
			[]string{"no Identifier"}},
		{"insecure", &authz.Guard{Identifier: anybody}, map[string]any{"identity": anybody.String(), "rules": 2.0},
			[]string{"InsecureAnyIssuer", "InsecureAnyAPI"}},
		{"a report date far off", &authz.Guard{Identifier: who, OnDecision: told, ReportUntil: inDays(15)},
			map[string]any{"identity": who.String(), "rules": 2.0}, nil},
		{"a report date near", &authz.Guard{Identifier: who, OnDecision: told, ReportUntil: inDays(3)},
			map[string]any{"identity": who.String(), "rules": 2.0}, []string{"which is 3 days off"}},
		{"a report date gone by", &authz.Guard{Identifier: who, OnDecision: told, ReportUntil: time.Unix(1, 0)},
			map[string]any{"identity": who.String(), "rules": 2.0}, nil},
	}
	for _, test := range tests {
		for _, api := range []string{"", "127.0.0.1:1"} {
			for name, handler := range map[string]func() http.Handler{"Mux": func() http.Handler {
				mux := authz.NewMux(test.guard)
				mux.Handle("GET /a", authz.Authenticated(), named("a"))
				mux.Handle("GET /b", authz.Public(), named("b"))
				return mux
			}, "Require": func() http.Handler { return test.guard.Require(authz.Public())(named("b")) }} {
				t.Run(test.name+" "+name+" "+api, func(t *testing.T) {
					t.Setenv("AWS_LAMBDA_RUNTIME_API", api)
					d := deploy(handler())
					for range 3 {
						d.invoke(t, event(t, "GET", "/b", `null`, nil))
					}
					info, danger := maps.Clone(test.info), test.danger
					if name == "Require" { // whose routes nobody counts
						delete(info, "rules")
					}
					if api == "" {
						danger = nil
					}
					isAboutThePolicy(t, d.all(t), info, danger)
				})
			}
		}
	}
}

func isAboutThePolicy(t *testing.T, lines []map[string]any, info map[string]any, danger []string) {
	t.Helper()
	if len(lines) != 1+len(danger) {
		t.Fatalf("lines %v, want %d", lines, 1+len(danger))
	}
	if lines[0]["gatehouse.formats"] != "every HTTP front" || lines[0]["gatehouse.cors_owner"] != "none: the request passed no cors.Middleware" {
		t.Errorf("line %v, want formats and the owner of CORS", lines[0])
	}
	group, _ := lines[0]["authz"].(map[string]any)
	delete(group, "report_until")
	if diff := cmp.Diff(info, group); diff != "" || lines[0]["level"] != "INFO" {
		t.Errorf("level %v, group (-want +got):\n%s", lines[0]["level"], diff)
	}
	for i, line := range lines[1:] {
		if line["level"] != "WARN" || !strings.Contains(fmt.Sprint(line["msg"]), danger[i]) {
			t.Errorf("line %v, want a warning about %s", line, danger[i])
		}
	}
}

// A Mux that begins after another Guard has decided, or whose first request ends after
// one, has its line all the same.
func TestThePolicyOfALaterMux(t *testing.T) {
	guard := &authz.Guard{}
	mux := authz.NewMux(guard)
	mux.Handle("GET /b", authz.Public(), named("b"))
	outer := http.NewServeMux()
	outer.Handle("GET /a", guard.Require(authz.Public())(named("a")))
	outer.Handle("/", mux)
	d := deploy(outer)
	for _, path := range []string{"/a", "/a", "/b", "/a", "/b"} {
		d.invoke(t, event(t, "GET", path, `null`, nil))
	}
	lines := d.all(t)
	if len(lines) != 2 {
		t.Fatalf("lines %v, want 2", lines)
	}
	for i, want := range []any{nil, 1.0} {
		if group, _ := lines[i]["authz"].(map[string]any); group["rules"] != want {
			t.Errorf("line %v, want %v rules", lines[i], want)
		}
	}
}

// A client that sent an ID token is told so; anything else about a 403 it is not.
func TestClientsLearnThatTheySentAnIDToken(t *testing.T) {
	for use, want := range map[string]string{
		"id":     "The operation needs an access token, and this is an ID token.",
		"access": "The caller may not perform this operation.",
	} {
		for _, req := range []authz.Requirement{authz.Scope("read"), authz.All(authz.AccessToken(), authz.Scope("read"))} {
			g := &authz.Guard{Identifier: always(identity(t, map[string]any{"token_use": use}))}
			res := serve(g.Require(req)(named("x")), request("GET", "/", "Bearer a"))
			var problem struct{ Detail string }
			if err := json.NewDecoder(res.Body).Decode(&problem); err != nil || problem.Detail != want {
				t.Errorf("token use %s, %s: detail %q (%v), want %q", use, req, problem.Detail, err, want)
			}
		}
	}
}
