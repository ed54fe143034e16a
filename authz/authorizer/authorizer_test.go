package authorizer_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authorizer"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/google/go-cmp/cmp"
)

const (
	issuer = "https://issuer.example"
	apiID  = "a1b2c3d4e5"
)

// callers are by their bearer tokens.
var callers = map[string]map[string]any{
	"reader": {"scope": "read"},
	"writer": {"scope": "read write", "token_use": "access", "cognito:groups": []string{"staff, all", "b"}},
	"admin":  {"scope": "read write admin", "client_id": "app", "aud": []string{"api", "other"}, "level": 7},
}

var (
	errBad  = errors.New("tokens: not one of ours: secret")
	errKeys = errors.New("tokens: keys unavailable: secret")
)

// identify verifies the tokens of callers, all valid until expiry.
func identify(expiry time.Time) func(*http.Request) (*claims.Identity, error) {
	return func(r *http.Request) (*claims.Identity, error) {
		token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		members, ok := callers[token]
		switch {
		case token == "":
			return nil, nil
		case token == "down":
			return nil, &authz.Error{Status: 503, Code: authz.CodeTemporarilyUnavailable, Err: errKeys}
		case token == "panic":
			panic("secret")
		case token == "opaque":
			return claims.NewIdentity(claims.Verified, map[string]any{"sub": "opaque"})
		case token == "huge":
			return claims.NewIdentity(claims.Verified, map[string]any{
				"iss": issuer, "sub": "huge", "exp": expiry.Unix(), "scope": "read", "cognito:groups": strings.Repeat("g", 5000),
			})
		case !ok:
			return nil, errBad
		}
		whole := map[string]any{"iss": issuer, "sub": token, "exp": expiry.Unix()}
		for name, value := range members {
			whole[name] = value
		}
		return claims.NewIdentity(claims.Verified, whole)
	}
}

var trust = claims.Trust{Sources: []claims.Source{claims.Verified}, Issuers: []string{issuer}, Reads: []string{"header Authorization"}}

func tokens(expiry time.Time) authz.Identifier {
	return authz.IdentifierFunc("test tokens", trust, identify(expiry))
}

// hourly are tokens that are valid for an hour.
var hourly = tokens(time.Now().Add(time.Hour))

// handedOn is how the function knows the authorizer's callers.
func handedOn() *claims.Extractor {
	return claims.MustNew(claims.Config{
		Sources:        []claims.Source{claims.LambdaAuthorizer},
		LambdaIdentity: authorizer.ContextKey,
		Issuers:        []string{issuer},
		APIs:           []string{apiID},
	})
}

// api is a policy of every kind of rule.
func api() *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: handedOn()})
	serve := func(w http.ResponseWriter, r *http.Request) {
		if id, ok := claims.FromContext(r.Context()); ok {
			w.Header().Set("X-Caller", id.Subject)
		}
	}
	for pattern, req := range map[string]authz.Requirement{
		"GET /hello":             authz.Public(),
		"GET /notes":             authz.Scope("read"),
		"POST /notes":            authz.Scope("write"),
		"GET /notes/{id}":        authz.Scope("read"),
		"DELETE /notes/{id}":     authz.Scope("admin"),
		"GET /notes/export":      authz.Scope("admin"),
		"GET /notes/{id}/secret": authz.Scope("admin"),
		"GET /staff":             authz.Groups("staff, all"),
		"GET /level":             authz.Claim("level", "7"),
		"GET /access":            authz.AccessToken(),
		"GET /$connect":          authz.Scope("read"),
	} {
		mux.HandleFunc(pattern, req, serve)
	}
	return mux
}

func newAuthorizer(t testing.TB, change func(*authorizer.Config)) (*authorizer.Authorizer, *authorizer.Answer) {
	t.Helper()
	last := new(authorizer.Answer)
	c := authorizer.Config{Routes: api(), Identifier: hourly, Adapter: &adapter.Options{Logger: slog.New(slog.DiscardHandler)}, OnAnswer: func(_ context.Context, a authorizer.Answer) { *last = a }}
	if change != nil {
		change(&c)
	}
	a, err := authorizer.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a, last
}

const arn = "arn:aws:execute-api:us-east-1:123456789012:" + apiID + "/"

// The events are written out from AWS's documentation. What stands between
// percent signs is replaced.
var events = map[string]string{
	"HTTP API 2.0": `{"version":"2.0","type":"REQUEST","routeArn":"` + arn + `$default/%METHOD%%PATH%","identitySource":["%TOKEN%"],
		"routeKey":"$default","rawPath":"%PATH%","rawQueryString":"","headers":{"authorization":"%TOKEN%","host":"api.example.com"},
		"requestContext":{"accountId":"123456789012","apiId":"a1b2c3d4e5","domainName":"api.example.com","domainPrefix":"api",
		"http":{"method":"%METHOD%","path":"%PATH%","protocol":"HTTP/1.1","sourceIp":"192.0.2.1","userAgent":"test"},
		"requestId":"id","routeKey":"$default","stage":"$default","time":"12/Mar/2026:19:03:58 +0000","timeEpoch":1773342238000}}`,
	"HTTP API 1.0": `{"version":"1.0","type":"REQUEST","methodArn":"` + arn + `$default/%METHOD%%PATH%","identitySource":"%TOKEN%","authorizationToken":"%TOKEN%",
		"resource":"/{proxy+}","path":"%PATH%","httpMethod":"%METHOD%","headers":{"authorization":"%TOKEN%"},"queryStringParameters":null,"pathParameters":{},
		"stageVariables":null,"requestContext":{"path":"%PATH%","accountId":"123456789012","resourceId":"05c7jb","stage":"$default","requestId":"id",
		"identity":{"sourceIp":"192.0.2.1"},"resourcePath":"/{proxy+}","httpMethod":"%METHOD%","apiId":"a1b2c3d4e5"}}`,
	"REST REQUEST": `{"type":"REQUEST","methodArn":"` + arn + `prod/%METHOD%%PATH%","resource":"/{proxy+}","path":"%PATH%","httpMethod":"%METHOD%",
		"headers":{"Authorization":"%TOKEN%","Host":"api.example.com"},"multiValueHeaders":{"Authorization":["%TOKEN%"]},"queryStringParameters":null,
		"pathParameters":{"proxy":"x"},"stageVariables":null,"requestContext":{"path":"/prod%PATH%","accountId":"123456789012","resourceId":"05c7jb",
		"stage":"prod","requestId":"id","identity":{"sourceIp":"192.0.2.1"},"resourcePath":"/{proxy+}","httpMethod":"%METHOD%","apiId":"a1b2c3d4e5"}}`,
	"REST TOKEN": `{"type":"TOKEN","methodArn":"` + arn + `prod/%METHOD%%PATH%","authorizationToken":"%TOKEN%"}`,
	"WebSocket": `{"type":"REQUEST","methodArn":"` + arn + `prod/$connect","headers":{"Authorization":"%TOKEN%"},"multiValueHeaders":{"Authorization":["%TOKEN%"]},
		"queryStringParameters":null,"stageVariables":null,"requestContext":{"routeKey":"$connect","eventType":"CONNECT","connectionId":"c1","connectedAt":1,
		"requestId":"id","apiId":"a1b2c3d4e5","stage":"prod","domainName":"api.example.com","identity":{"sourceIp":"192.0.2.1"}}}`,
}

func event(kind, token, method, path string) []byte {
	return []byte(strings.NewReplacer("%METHOD%", method, "%PATH%", path, "%TOKEN%", token).Replace(events[kind]))
}

// outcome is 200, 401, 403 or 500: what the API makes of an answer.
func outcome(t *testing.T, kind string, simple bool, reply []byte, err error) (status int, context map[string]string) {
	t.Helper()
	if err != nil {
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("error %q quotes the Identifier", err)
		}
		if err.Error() == "Unauthorized" && !strings.HasPrefix(kind, "HTTP API") {
			return 401, nil
		}
		return 500, nil
	}
	var said struct {
		IsAuthorized   *bool
		PrincipalID    string
		PolicyDocument *struct {
			Version   string
			Statement []struct{ Action, Effect, Resource string }
		}
		Context map[string]string
	}
	if err := json.Unmarshal(reply, &said); err != nil {
		t.Fatal(err)
	}
	if simple {
		if said.IsAuthorized == nil || said.PolicyDocument != nil || said.PrincipalID != "" {
			t.Fatalf("reply %s is not a simple response", reply)
		}
		if *said.IsAuthorized {
			return 200, said.Context
		}
		return 403, said.Context
	}
	if said.IsAuthorized != nil || said.PolicyDocument == nil || said.PrincipalID == "" || said.PolicyDocument.Version != "2012-10-17" {
		t.Fatalf("reply %s is not a policy", reply)
	}
	statement := said.PolicyDocument.Statement[0]
	if len(said.PolicyDocument.Statement) != 1 || statement.Action != "execute-api:Invoke" {
		t.Fatalf("policy %+v", said.PolicyDocument)
	}
	if statement.Effect == "Allow" {
		if strings.ContainsAny(statement.Resource, "*?") || !strings.HasPrefix(statement.Resource, arn) {
			t.Fatalf("resource %q", statement.Resource)
		}
		return 200, said.Context
	}
	return 403, said.Context
}

func TestEveryKindOfEvent(t *testing.T) {
	for _, row := range []struct {
		name, token, method, path string
		status                    int // 401 is 403 on an HTTP API
		reason                    authorizer.Reason
	}{
		{"public", "", "GET", "/hello", 200, ""},
		{"public, with a token", "Bearer reader", "GET", "/hello", 200, ""},
		{"public, with a bad token", "Bearer nobody", "GET", "/hello", 200, ""},
		{"no token", "", "GET", "/notes", 401, authorizer.ReasonNoToken},
		{"another scheme", "Basic x", "GET", "/notes", 401, authorizer.ReasonNoToken},
		{"a bad token", "Bearer nobody", "GET", "/notes", 401, authorizer.ReasonToken},
		{"two tokens", "Bearer reader, Bearer admin", "GET", "/notes", 401, authorizer.ReasonSeveral},
		{"granted", "Bearer reader", "GET", "/notes", 200, ""},
		{"granted, HEAD", "Bearer reader", "HEAD", "/notes", 200, ""},
		{"without the scope", "Bearer reader", "POST", "/notes", 403, authorizer.ReasonForbidden},
		{"a path parameter", "Bearer reader", "GET", "/notes/1", 200, ""},
		{"a more specific rule", "Bearer reader", "GET", "/notes/export", 403, authorizer.ReasonForbidden},
		{"a more specific rule, granted", "Bearer admin", "GET", "/notes/export", 200, ""},
		{"groups", "Bearer writer", "GET", "/staff", 200, ""},
		{"unknown route, known caller", "Bearer reader", "GET", "/nothing", 200, ""}, // the function's 404
		{"unknown route, nobody", "", "GET", "/nothing", 401, authorizer.ReasonNoToken},
		{"another method", "Bearer reader", "PUT", "/notes", 200, ""}, // the function's 405
		{"keys unavailable", "Bearer down", "GET", "/notes", 500, authorizer.ReasonUnavailable},
		{"a panic", "Bearer panic", "GET", "/notes", 500, authorizer.ReasonUndecided},
		{"no issuer, no expiry", "Bearer opaque", "GET", "/access", 403, authorizer.ReasonForbidden},
		{"no issuer, no expiry, granted", "Bearer opaque", "GET", "/nothing", 500, authorizer.ReasonContext},
		{"claims that take too much", "Bearer huge", "GET", "/notes", 500, authorizer.ReasonContext},
		{"a star", "Bearer admin", "GET", "/notes/*", 403, authorizer.ReasonWildcard},
		{"a question mark", "Bearer admin", "GET", "/notes/a?", 403, authorizer.ReasonWildcard},
		{"a variable", "Bearer admin", "GET", "/notes/${aws:username}", 403, authorizer.ReasonWildcard},
		{"an escaped star", "Bearer admin", "GET", "/notes/%2A", 403, authorizer.ReasonWildcard},
		{"an escaped star, escaped", "Bearer admin", "GET", "/notes/%252a", 403, authorizer.ReasonWildcard},
		{"an escaped variable", "Bearer admin", "GET", "/notes/$%7Bx%7D", 403, authorizer.ReasonWildcard},
		{"a dollar sign", "Bearer admin", "GET", "/notes/$x", 200, ""},
		{"a percent sign", "Bearer reader", "GET", "/notes/100%25", 200, ""},
	} {
		for kind := range events {
			if kind == "WebSocket" {
				continue
			}
			for _, policies := range []bool{false, true} {
				a, last := newAuthorizer(t, func(c *authorizer.Config) { c.Policies = policies })
				reply, err := a.Invoke(t.Context(), event(kind, row.token, row.method, row.path))
				status, _ := outcome(t, kind, kind == "HTTP API 2.0" && !policies, reply, err)
				want := row.status
				if want == 401 && strings.HasPrefix(kind, "HTTP API") {
					want = 403
				}
				if status != want || last.Reason != row.reason || last.Allow != (want == 200) || last.Failed != (want == 500) {
					t.Errorf("%s, %s: status %d, %+v; want %d %q", row.name, kind, status, *last, want, row.reason)
				}
			}
		}
	}
}

func TestLongPaths(t *testing.T) {
	path := "/notes/" + strings.Repeat("a", 600)
	for kind, want := range map[string]int{"HTTP API 2.0": 200, "HTTP API 1.0": 403, "REST REQUEST": 403, "REST TOKEN": 403} {
		a, last := newAuthorizer(t, nil)
		reply, err := a.Invoke(t.Context(), event(kind, "Bearer reader", "GET", path))
		if status, _ := outcome(t, kind, kind == "HTTP API 2.0", reply, err); status != want || want != 200 && last.Reason != authorizer.ReasonLongARN {
			t.Errorf("%s: status %d, %+v, want %d", kind, status, *last, want)
		}
	}
	a, last := newAuthorizer(t, nil)
	reply, err := a.Invoke(t.Context(), event("REST REQUEST", "Bearer reader", "GET", "/notes/\u20ac"))
	if status, _ := outcome(t, "REST REQUEST", false, reply, err); status != 403 || last.Reason != authorizer.ReasonARN {
		t.Errorf("a character that no policy holds: status %d, %+v", status, *last)
	}
}

func TestConnect(t *testing.T) {
	for token, want := range map[string]int{"Bearer reader": 200, "": 401, "Bearer nobody": 401, "Bearer down": 500} {
		a, _ := newAuthorizer(t, nil)
		reply, err := a.Invoke(t.Context(), event("WebSocket", token, "", ""))
		if status, _ := outcome(t, "WebSocket", false, reply, err); status != want {
			t.Errorf("%q: status %d (%v), want %d", token, status, err, want)
		}
	}
}

// The stage and the base path are taken off as the function takes them off.
func TestPathsAreTheFunctions(t *testing.T) {
	for name, row := range map[string]struct {
		options adapter.Options
		path    string
	}{
		"stage":               {adapter.Options{StripStage: true}, "/prod/notes/export"},
		"base path":           {adapter.Options{BasePaths: []string{"/v1"}}, "/v1/notes/export"},
		"stage and base path": {adapter.Options{StripStage: true, BasePaths: []string{"/v1"}}, "/prod/v1/notes/export"},
	} {
		text := string(event("HTTP API 2.0", "Bearer reader", "GET", row.path))
		text = strings.Replace(text, `"stage":"$default"`, `"stage":"prod"`, 1)
		a, last := newAuthorizer(t, func(c *authorizer.Config) { c.Adapter = &row.options })
		if _, err := a.Invoke(t.Context(), []byte(text)); err != nil || last.Allow || last.Rule.Pattern != "/notes/export" {
			t.Errorf("%s: %+v, %v", name, *last, err)
		}
	}
}

func TestForeignEvents(t *testing.T) {
	request := strings.NewReplacer(`"type":"REQUEST",`, "", `"routeArn"`, `"x"`).Replace(events["HTTP API 2.0"])
	for name, row := range map[string]struct{ event, want string }{
		"no JSON":              {`<html>`, "not a JSON object"},
		"null":                 {`null`, "not a JSON object"},
		"a request":            {request, "the API's authorizer, not the integration"},
		"a queue's":            {`{"Records":[]}`, "not one of a Lambda authorizer"},
		"a type of its own":    {`{"type":"OTHER","methodArn":"` + arn + `prod/GET/"}`, "not one of a Lambda authorizer"},
		"no ARN":               {`{"type":"TOKEN","authorizationToken":"Bearer reader"}`, "no ARN"},
		"an ARN of a function": {`{"type":"TOKEN","methodArn":"arn:aws:lambda:us-east-1:123456789012:function:f/a/b"}`, "no ARN"},
		"an ARN of an API":     {`{"type":"TOKEN","methodArn":"arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5"}`, "no ARN"},
		"another method": {strings.Replace(string(event("REST REQUEST", "Bearer reader", "GET", "/notes")), "prod/GET", "prod/DELETE", 1),
			"another method"},
	} {
		a, last := newAuthorizer(t, nil)
		reply, err := a.Invoke(t.Context(), []byte(row.event))
		if reply != nil || err == nil || !strings.Contains(err.Error(), row.want) || last.Reason != authorizer.ReasonEvent || !last.Failed {
			t.Errorf("%s: %s, %v, want an error that says %q", name, reply, err, row.want)
		}
	}
}

// What is handed on is the caller as the authorizer knew it.
func TestContextReadsBack(t *testing.T) {
	a, _ := newAuthorizer(t, func(c *authorizer.Config) { c.Claims = []string{"email"} })
	for token := range callers {
		reply, err := a.Invoke(t.Context(), event("HTTP API 2.0", "Bearer "+token, "GET", "/notes"))
		_, context := outcome(t, "HTTP API 2.0", true, reply, err)
		if len(context) != 1 {
			t.Fatalf("context %v", context)
		}
		authorizerData, err := json.Marshal(map[string]any{"lambda": context})
		if err != nil {
			t.Fatal(err)
		}
		request := strings.NewReplacer(`"type":"REQUEST",`, "", `"routeArn"`, `"x"`,
			`"requestId"`, `"authorizer":`+string(authorizerData)+`,"requestId"`).Replace(string(event("HTTP API 2.0", "", "GET", "/notes")))
		parsed, err := adapter.ParseEvent([]byte(request))
		if err != nil {
			t.Fatal(err)
		}
		got, err := handedOn().IdentifyContext(adapter.NewContext(t.Context(), parsed))
		if err != nil {
			t.Fatal(err)
		}
		r, _ := http.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		want, err := hourly.Identify(r)
		if err != nil {
			t.Fatal(err)
		}
		type view struct {
			Key, Client, Use string
			Scopes, Audience []string
			Expiry           time.Time
			Access           bool
			Groups           []string
		}
		see := func(id *claims.Identity) view {
			groups, err := id.List("cognito:groups")
			if err != nil {
				t.Error(err)
			}
			return view{id.Key(), id.ClientID, id.TokenUse, id.Scopes, id.Audience, id.Expiry, id.IsAccessToken(), groups}
		}
		if diff := cmp.Diff(see(want), see(got)); diff != "" {
			t.Errorf("%s: -known to the authorizer +known to the function:\n%s", token, diff)
		}
	}
}
