package mistakes_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/internal/mistakes"
)

const issuer = "https://issuer.example.org"

// planted hands out texts that no line and no error reply may hold. Each is
// distinct, so that a leak tells its place.
type planted struct{ where []string }

func (p *planted) secret(where string) string {
	p.where = append(p.where, where)
	return fmt.Sprintf("s3cr3t%04dx", len(p.where)-1)
}

// in returns the places whose texts are in s, in any of the spellings that JSON,
// URLs and base64 give them.
func (p *planted) in(s string) (found []string) {
	for i, where := range p.where {
		if strings.Contains(strings.ToLower(s), fmt.Sprintf("s3cr3t%04dx", i)) {
			found = append(found, where)
		}
	}
	return found
}

// event is an HTTP API's, with a secret in every place that a client, its token or
// whoever invokes the function fills.
func (p *planted) event(path string) map[string]any {
	token := func() string {
		segment := func(members map[string]any) string {
			text, _ := json.Marshal(members)
			return base64.RawURLEncoding.EncodeToString(text)
		}
		return segment(map[string]any{"alg": "ES256", "kid": p.secret("kid"), "typ": p.secret("typ")}) + "." +
			segment(map[string]any{"iss": issuer, "sub": p.secret("the token's sub")}) + "." + p.secret("signature")
	}
	return map[string]any{
		"version": "2.0", "rawPath": strings.ReplaceAll(path, "ID", p.secret("path")),
		"rawQueryString": p.secret("query name") + "=" + p.secret("query value"),
		"cookies":        []string{p.secret("cookie name") + "=" + p.secret("cookie value")},
		"headers": map[string]any{
			"authorization": "Bearer " + token(), "host": p.secret("host") + ".example", "origin": "https://" + p.secret("origin") + ".example",
			"user-agent": p.secret("user agent"), "referer": "https://a.example/" + p.secret("referer"), "x-api-key": p.secret("API key"),
			"x-forwarded-for": p.secret("forwarded for"), "x-amzn-trace-id": "Root=" + p.secret("trace"), "content-type": "text/" + p.secret("media type"),
			"x-" + p.secret("header name"): p.secret("header value"), "access-control-request-headers": p.secret("requested header"),
		},
		"pathParameters": map[string]any{"proxy": p.secret("path parameter")},
		"stageVariables": map[string]any{"v": p.secret("stage variable")},
		"requestContext": map[string]any{
			"apiId": "a1b2c3d4e5", "stage": "$default", "requestId": p.secret("request ID") + " ", "routeKey": p.secret("route key"),
			"domainName": p.secret("domain") + ".example", "accountId": "123456789012",
			"http": map[string]any{"method": "GET", "path": p.secret("context's path"), "sourceIp": "198.51.100.24", "userAgent": p.secret("context's user agent")},
			"authorizer": map[string]any{"jwt": map[string]any{"scopes": nil, "claims": map[string]any{
				"iss": issuer, "sub": p.secret("sub"), "client_id": p.secret("client_id"), "aud": p.secret("aud"), "scope": p.secret("scope"),
				"jti": p.secret("jti"), "email": p.secret("email"), "token_use": "access", "cognito:groups": "[" + p.secret("group") + " b]",
			}}},
		},
		"body": p.secret("body"), "isBase64Encoded": false,
	}
}

// member returns a member of an event to change.
func member(event map[string]any, names ...string) map[string]any {
	for _, name := range names {
		event = event[name].(map[string]any)
	}
	return event
}

// errorPath is a way to an error: a handler, and what is changed of the event.
type errorPath struct {
	name    string
	handler func(p *planted) http.Handler
	path    string
	change  func(p *planted, event map[string]any)
	options func(p *planted, o *adapter.Options)
	status  int  // 0: the invocation fails
	theirs  bool // the error of the invocation is the program's own
}

func errorPaths(t *testing.T) []errorPath {
	mistake := func(name string) func(*planted) http.Handler {
		return func(*planted) http.Handler {
			h, _, err := mistakes.New(name, issuer, mistakes.Page)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
	}
	claim := func(name string, value any) func(*planted, map[string]any) {
		return func(_ *planted, event map[string]any) {
			member(event, "requestContext", "authorizer", "jwt", "claims")[name] = value
		}
	}
	nobody := func(_ *planted, event map[string]any) { delete(member(event, "requestContext"), "authorizer") }
	preflight := func(p *planted, event map[string]any) {
		nobody(p, event)
		member(event, "requestContext", "http")["method"] = "OPTIONS"
		member(event, "headers")["access-control-request-method"] = p.secret("requested method")
	}
	guarded := func(req func(p *planted) authz.Requirement, change func(p *planted, g *authz.Guard)) func(*planted) http.Handler {
		return func(p *planted) http.Handler {
			g := &authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{issuer}})}
			if change != nil {
				change(p, g)
			}
			return g.Require(req(p))(http.NotFoundHandler())
		}
	}
	scope := func(*planted) authz.Requirement { return authz.Scope("notes-api/read") }
	plain := func(serve func(p *planted, w http.ResponseWriter, r *http.Request)) func(*planted) http.Handler {
		return func(p *planted) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serve(p, w, r) })
		}
	}
	fails := func(p *planted, where string, wrap func(error) error) authz.Requirement {
		return authz.Func("owner", func(*http.Request, *claims.Identity) error { return wrap(errors.New(p.secret(where))) })
	}
	return []errorPath{
		{name: "another issuer", handler: mistake("issuer"), path: "/notes/ID", status: 401},
		{name: "another audience", handler: mistake("audiences"), path: "/notes/ID", status: 401},
		{name: "another API", handler: mistake("APIs"), path: "/notes/ID", status: 401},
		{name: "no authorizer", handler: mistake(""), path: "/notes/ID", change: nobody, status: 401},
		{name: "an ID token", handler: mistake("access tokens only"), path: "/notes/ID", change: claim("token_use", "id"), status: 403},
		{name: "a missing scope", handler: mistake(""), path: "/notes/ID", status: 403},
		{name: "an ambiguous list", handler: mistake(""), path: "/admin", status: 403},
		{name: "an expired identity", handler: mistake(""), path: "/notes/ID", change: claim("exp", "1"), status: 401},
		{name: "a malformed claim", handler: mistake(""), path: "/notes/ID", change: func(p *planted, e map[string]any) { claim("exp", p.secret("exp"))(p, e) }, status: 401},
		{name: "no route", handler: mistake(""), path: "/ID", status: 404},
		{name: "no route, and nobody", handler: mistake(""), path: "/ID", change: nobody, status: 401},
		{name: "behind echoauthz", handler: mistake("behind echoauthz"), path: "/notes/ID", status: 403},
		{name: "no route of Echo's", handler: mistake("behind echoauthz"), path: "/ID", status: 404},
		{name: "a preflight", handler: mistake("no cors"), path: "/notes/ID", change: preflight, status: 401},
		{name: "a preflight of another origin", handler: mistake(""), path: "/notes/ID", change: preflight, status: 403},
		{name: "a method of the client's own", handler: mistake(""), path: "/notes/ID", status: 405,
			change: func(p *planted, e map[string]any) {
				member(e, "requestContext", "http")["method"] = strings.ToUpper(p.secret("method"))
			}},
		{name: "two tokens", handler: mistake(""), path: "/notes/ID", status: 400, change: func(p *planted, e map[string]any) {
			member(e, "headers")["authorization"] = "Bearer " + p.secret("first token") + ", Bearer " + p.secret("second token")
		}},
		{name: "a slow handler", handler: mistake(""), path: "/slow", status: 503},
		{name: "a large reply", status: 500, handler: plain(func(p *planted, w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, strings.Repeat(p.secret("reply"), 1<<20))
		})},
		{name: "a panic with a text", status: 500, handler: plain(func(p *planted, _ http.ResponseWriter, _ *http.Request) { panic(p.secret("panic")) })},
		{name: "a panic with an error", status: 500, handler: plain(func(p *planted, _ http.ResponseWriter, _ *http.Request) { panic(errors.New(p.secret("panic"))) })},
		{name: "an exit", status: 500, handler: plain(func(*planted, http.ResponseWriter, *http.Request) { runtime.Goexit() })},
		{name: "a status that cannot be sent", status: 500, handler: plain(func(p *planted, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Own", p.secret("reply header"))
			w.WriteHeader(101)
		})},
		{name: "a body that is not base64", status: 400, handler: plain(func(_ *planted, _ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }),
			change: func(p *planted, e map[string]any) { e["isBase64Encoded"], e["body"] = true, p.secret("bad base64")+"*" }},
		{name: "a header that HTTP does not allow", handler: mistake(""), path: "/hello", status: 400,
			change: func(p *planted, e map[string]any) {
				member(e, "headers")["x-a"] = p.secret("bad header") + "\r\n" + p.secret("second line")
			}},
		{name: "a Func's error", handler: guarded(func(p *planted) authz.Requirement {
			return fails(p, "Func", func(err error) error { return err })
		}, nil), status: 403},
		{name: "a Func's *Error", handler: guarded(func(p *planted) authz.Requirement {
			return fails(p, "Func", func(err error) error { return &authz.Error{Status: 404, Err: err} })
		}, nil), status: 404},
		{name: "an Identifier's error", status: 401, handler: guarded(scope, func(p *planted, g *authz.Guard) {
			text := p.secret("Identifier")
			g.Identifier = authz.IdentifierFunc("own", claims.Trust{}, func(*http.Request) (*claims.Identity, error) { return nil, errors.New(text) })
		})},
		{name: "a token that jwtverify refuses", status: 401, handler: guarded(scope, func(_ *planted, g *authz.Guard) {
			g.Identifier = jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{{URL: issuer, Audiences: []string{"notes"}, Algorithms: []string{"ES256"}, JWKS: []byte(keys)}}})
		})},
		{name: "Enclose's own answer", status: 500, handler: func(p *planted) http.Handler {
			g := &authz.Guard{Identifier: claims.MustNew(claims.Config{Issuers: []string{issuer}})}
			return g.Enclose(plain(func(p *planted, w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, p.secret("undecided"))
			})(p))
		}},
		{name: "attributes that forge the line", status: 500, handler: plain(func(p *planted, w http.ResponseWriter, r *http.Request) {
			for _, name := range []string{"_aws", "level", "time", "msg", "http.route", "http.request.method", "gatehouse.reason", "authz"} {
				adapter.AddAttrs(r.Context(), slog.String(name, p.secret("AddAttrs "+name)))
			}
			w.WriteHeader(500)
		})},
		{name: "an event that is no request", handler: mistake(""), change: func(p *planted, e map[string]any) {
			clear(e)
			e[p.secret("member name")] = p.secret("member value")
		}},
		{name: "an event of two minds", handler: mistake(""), change: func(p *planted, e map[string]any) {
			e["version"], e["rawPath"] = p.secret("version"), 7
			e["requestContext"] = p.secret("requestContext")
		}},
		{name: "Fail's error", handler: mistake(""), path: "/hello", theirs: true, options: func(p *planted, o *adapter.Options) {
			text := p.secret("Fail")
			o.Fail = func(context.Context, *adapter.Outcome) error { return errors.New(text) }
		}},
		{name: "Fallback's error", handler: mistake(""), theirs: true, change: func(p *planted, e map[string]any) { clear(e); e["x"] = p.secret("event") },
			options: func(p *planted, o *adapter.Options) {
				text := p.secret("Fallback")
				o.Fallback = func(context.Context, json.RawMessage) (any, error) { return nil, errors.New(text) }
			}},
	}
}

// keys is a set with one key, whose private half nobody has.
const keys = `{"keys":[{"kty":"EC","crv":"P-256","kid":"a","alg":"ES256","use":"sig","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`

// TestNoSecretIsLogged plants secrets wherever a client, its token, the invoker or
// the program's own code can put a text, and goes every way to an error: none is in
// a line of the log, in a metric, or in an error reply.
func TestNoSecretIsLogged(t *testing.T) {
	total := 0
	for _, way := range errorPaths(t) {
		for _, observed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, AccessLog %t", way.name, observed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { total += way.serve(t, observed) })
			})
		}
	}
	if total < 400 {
		t.Errorf("%d secrets were planted, want 400", total)
	}
	t.Logf("%d secrets", total)
}

func (way *errorPath) serve(t *testing.T, observed bool) (secrets int) {
	p := &planted{}
	event := p.event(way.path)
	if way.path == "" {
		event["rawPath"] = "/" + p.secret("path")
	}
	if way.change != nil {
		way.change(p, event)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	options := &adapter.Options{Logger: logger, Timeout: time.Second}
	if observed {
		options.Done = adapter.AccessLog(logger, &adapter.AccessLogOptions{Metrics: "test", MetricsOutput: &log})
	}
	if way.options != nil {
		way.options(p, options)
	}
	out, err := adapter.New(way.handler(p), options).Invoke(t.Context(), payload)
	var reply struct {
		StatusCode      int
		Body            string
		IsBase64Encoded bool
	}
	if err == nil {
		if err := json.Unmarshal(out, &reply); err != nil {
			t.Fatal(err)
		}
	}
	if reply.StatusCode != way.status {
		t.Errorf("status %d (%v), want %d", reply.StatusCode, err, way.status)
	}
	if reply.IsBase64Encoded {
		body, _ := base64.StdEncoding.DecodeString(reply.Body)
		out = append(out, body...)
	}
	said := log.String() + string(out)
	if err != nil && !way.theirs {
		said += err.Error()
	}
	if found := p.in(said); len(found) > 0 {
		t.Errorf("%q in\n%.3000s", found, said)
	}
	if observed && log.Len() == 0 {
		t.Error("nothing was logged, so that nothing is proved")
	}
	return len(p.where)
}

// A leak would be seen.
func TestPlantedSecretsAreFound(t *testing.T) {
	p := &planted{}
	text := p.secret("a") + strings.ToUpper(p.secret("b"))
	if found := p.in(text); len(found) != 2 {
		t.Errorf("found %q", found)
	}
}
