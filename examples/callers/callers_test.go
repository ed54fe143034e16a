package callers_test

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/callers"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

var settings = callers.Settings{
	Issuer: "http://localhost:8081", Backend: "website", Guests: "http://localhost:8082", API: "a1b2c3d4e5", Account: "123456789012",
}

// credentials are a service's of ours, and another account's.
var credentials = map[string]gateway.SigningKey{
	"AKIAOURS":   {Secret: "secret", Caller: gateway.IAMCaller{AccountID: "123456789012", UserID: "AROAOURS:run", UserARN: "arn:aws:sts::123456789012:assumed-role/nightly/run"}},
	"AKIATHEIRS": {Secret: "secret", Caller: gateway.IAMCaller{AccountID: "210987654321", UserID: "AROATHEIRS:run", UserARN: "arn:aws:sts::210987654321:assumed-role/nightly/run"}},
}

// want is the table of docs/callers.md: the status of each caller in each pattern.
var want = map[string]map[string]int{
	"public":  {"nobody": 200, "a key and headers": 200, "a user": 200, "the backend": 200, "our service": 200, "another account": 200, "a guest": 200, "a guest for a day": 200},
	"backend": {"nobody": 401, "a key and headers": 401, "a user": 403, "the backend": 200, "our service": 401, "another account": 401, "a guest": 401, "a guest for a day": 401},
	"service": {"nobody": 403, "a key and headers": 403, "a user": 403, "the backend": 403, "our service": 200, "another account": 403, "a guest": 403, "a guest for a day": 403},
	"network": {"nobody": 403, "a key and headers": 403, "a user": 403, "the backend": 403, "our service": 200, "another account": 403, "a guest": 403, "a guest for a day": 403},
	"guest":   {"nobody": 401, "a key and headers": 401, "a user": 401, "the backend": 401, "our service": 401, "another account": 401, "a guest": 200, "a guest for a day": 403},
}

// fronts are those that each pattern is deployed behind, with what stands before the
// function there.
func fronts(t *testing.T, pattern string, users, guests *local.Issuer) map[string]gateway.Config {
	t.Helper()
	iam := &gateway.IAMAuthorizer{Verify: (&gateway.SigV4{Keys: credentials}).Verify}
	jwt := func(i *local.Issuer, audience ...string) gateway.Authorizer {
		return &gateway.JWTAuthorizer{Issuer: i.URL(), Audience: audience, Verify: i.Verify}
	}
	switch pattern {
	case "public":
		open := []gateway.Route{{Key: "ANY /{proxy+}", Open: true}}
		return map[string]gateway.Config{
			"HTTP API": {Format: adapter.HTTPAPIV2, Routes: open}, "REST API": {Format: adapter.RESTAPI, Routes: open},
			"function URL": {Format: adapter.FunctionURL}, "load balancer": {Format: adapter.ALB},
		}
	case "backend":
		return map[string]gateway.Config{
			"HTTP API": {Format: adapter.HTTPAPIV2, Authorizer: jwt(users, "website", "app")},
		}
	case "service":
		return map[string]gateway.Config{
			"HTTP API": {Format: adapter.HTTPAPIV2, Authorizer: iam}, "REST API": {Format: adapter.RESTAPI, Authorizer: iam},
			"function URL": {Format: adapter.FunctionURL, Authorizer: iam},
		}
	case "network":
		return map[string]gateway.Config{"private REST API": {Format: adapter.RESTAPI, Authorizer: iam}}
	}
	return map[string]gateway.Config{"HTTP API": {Format: adapter.HTTPAPIV2, Authorizer: jwt(guests, "prices")}}
}

// TestCallers: every caller before every front of every pattern.
func TestCallers(t *testing.T) {
	users, guests := issuer(t, settings.Issuer), issuer(t, settings.Guests)
	now := time.Now()
	token := func(i *local.Issuer, claims map[string]any) func(*http.Request) {
		claims["iss"], claims["iat"] = i.URL(), now.Unix()
		text, err := i.Token(claims)
		if err != nil {
			t.Fatal(err)
		}
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+text) }
	}
	service := "execute-api" // as the front's signatures name it
	signature := func(key string) func(*http.Request) {
		return func(r *http.Request) {
			empty := sha256.Sum256(nil)
			if err := v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: key, SecretAccessKey: "secret"}, r, hex.EncodeToString(empty[:]), service, "eu-central-1", now); err != nil {
				t.Fatal(err)
			}
		}
	}
	guest := func(life time.Duration) map[string]any {
		return map[string]any{"sub": "install-1", "aud": "prices", "scope": callers.Scope, "exp": now.Add(life).Unix()}
	}
	hour := now.Add(time.Hour).Unix()
	who := map[string]func(*http.Request){
		"nobody": func(*http.Request) {},
		"a key and headers": func(r *http.Request) { // none of which proves anything
			for name, value := range map[string]string{
				"X-Api-Key": "key-of-the-front-end", "Origin": "https://app.example.com", "Referer": "https://app.example.com/",
				"User-Agent": "our-app/1.0", "X-App-Secret": "secret", "X-Forwarded-For": "10.0.0.1", "X-Amzn-Request-Context": `{"authorizer":{}}`,
			} {
				r.Header.Set(name, value)
			}
		},
		"a user":            token(users, map[string]any{"sub": "ada", "client_id": "app", "token_use": "access", "scope": callers.Scope, "exp": hour}),
		"the backend":       token(users, map[string]any{"sub": "website", "client_id": "website", "token_use": "access", "scope": callers.Scope, "exp": hour}),
		"our service":       signature("AKIAOURS"),
		"another account":   signature("AKIATHEIRS"),
		"a guest":           token(guests, guest(10*time.Minute)),
		"a guest for a day": token(guests, guest(24*time.Hour)),
	}
	cells, path := 0, ""
	for pattern := range callers.Patterns {
		mux, err := callers.Handler(pattern, settings)
		if err != nil {
			t.Fatal(err)
		}
		for front, config := range fronts(t, pattern, users, guests) {
			config.Function, config.APIID = adapter.New(mux, nil), settings.API
			g, err := gateway.New(config)
			if err != nil {
				t.Fatalf("%s, %s: %v", pattern, front, err)
			}
			path, service = "/price", "execute-api"
			if config.Format == adapter.FunctionURL {
				service = "lambda"
			}
			if config.Format == adapter.RESTAPI {
				path = "/prod/price"
			}
			for name, authorize := range who {
				cells++
				r := httptest.NewRequest("GET", "http://example.com"+path, nil)
				authorize(r)
				w := httptest.NewRecorder()
				g.ServeHTTP(w, r)
				if w.Code != want[pattern][name] {
					t.Errorf("%s, %s: %s gets %d, want %d; %s", pattern, front, name, w.Code, want[pattern][name], w.Body)
				}
			}
		}
	}
	t.Logf("%d callers before fronts", cells)
}

// TestWrongTokens: what the front's authorizer lets in, and the function does not.
func TestWrongTokens(t *testing.T) {
	users, guests := issuer(t, settings.Issuer), issuer(t, settings.Guests)
	now := time.Now()
	for _, test := range []struct {
		what, pattern string
		by            *local.Issuer
		claims        map[string]any // beside those of a caller who is let in
		want          int
	}{
		{"the backend", "backend", users, nil, 200},
		{"the backend's ID token", "backend", users, map[string]any{"token_use": "id"}, 403},
		{"the backend without the scope", "backend", users, map[string]any{"scope": "other"}, 403},
		{"a guest", "guest", guests, nil, 200},
		{"a guest's ID token", "guest", guests, map[string]any{"token_use": "id"}, 403},
		{"a guest without the scope", "guest", guests, map[string]any{"scope": "other"}, 403},
		{"a guest of another API", "guest", guests, map[string]any{"aud": "other"}, 401},
		{"a guest for 16 minutes", "guest", guests, map[string]any{"exp": now.Add(16 * time.Minute).Unix()}, 403},
	} {
		caller := map[string]any{
			"iss": test.by.URL(), "iat": now.Unix(), "exp": now.Add(10 * time.Minute).Unix(), "scope": callers.Scope, "sub": "caller",
		}
		if test.pattern == "backend" {
			caller["client_id"], caller["token_use"] = settings.Backend, "access"
		} else {
			caller["aud"] = "prices"
		}
		maps.Copy(caller, test.claims)
		token, err := test.by.Token(caller)
		if err != nil {
			t.Fatal(err)
		}
		front := gateway.MustNew(gateway.Config{
			Function:   function(t, test.pattern),
			Authorizer: &gateway.JWTAuthorizer{Issuer: test.by.URL(), Audience: []string{settings.Backend, "prices", "other"}, Verify: test.by.Verify},
		})
		r := httptest.NewRequest("GET", "/price", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		front.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%s: status %d, want %d; %s", test.what, w.Code, test.want, w.Body)
		}
	}
}

// TestFrontWithoutAuthorizer: if a front's authorizer was forgotten, the function lets in
// nobody, whatever is sent.
func TestFrontWithoutAuthorizer(t *testing.T) {
	users := issuer(t, settings.Issuer)
	token, err := users.Token(map[string]any{"iss": users.URL(), "sub": "website", "client_id": "website", "token_use": "access", "scope": callers.Scope})
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for pattern := range callers.Patterns {
		if pattern == "public" {
			continue
		}
		for _, format := range []adapter.Format{adapter.HTTPAPIV2, adapter.RESTAPI, adapter.FunctionURL, adapter.ALB} {
			config, path := gateway.Config{Format: format, Function: function(t, pattern), APIID: settings.API}, "/price"
			if format == adapter.HTTPAPIV2 || format == adapter.RESTAPI {
				config.Routes = []gateway.Route{{Key: "ANY /{proxy+}", Open: true}}
			}
			if format == adapter.RESTAPI {
				path = "/prod/price"
			}
			for _, authorization := range []string{"", "Bearer " + token, "AWS4-HMAC-SHA256 Credential=AKIAOURS/20260101/eu-central-1/execute-api/aws4_request"} {
				cells++
				r := httptest.NewRequest("GET", path, nil)
				r.Header.Set("Authorization", authorization)
				r.Header.Set("X-Amzn-Request-Context", `{"authorizer":{"iam":{"accountId":"123456789012"}}}`)
				w := httptest.NewRecorder()
				gateway.MustNew(config).ServeHTTP(w, r)
				if w.Code != http.StatusUnauthorized {
					t.Errorf("%s, %s, %.10q: status %d, want 401", pattern, format, authorization, w.Code)
				}
			}
		}
	}
	t.Logf("%d requests", cells)
}

func function(t *testing.T, pattern string) *adapter.Handler {
	t.Helper()
	mux, err := callers.Handler(pattern, settings)
	if err != nil {
		t.Fatal(err)
	}
	return adapter.New(mux, nil)
}

func issuer(t *testing.T, url string) *local.Issuer {
	t.Helper()
	i, err := local.NewIssuer(local.IssuerConfig{URL: url, Clients: []local.Client{{ID: "app", Secret: "secret", Scopes: []string{callers.Scope}}}})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestPage: docs/callers.md has the table of want.
func TestPage(t *testing.T) {
	content, err := os.ReadFile("../../docs/callers.md")
	if err != nil {
		t.Fatal(err)
	}
	columns := []string{"nobody", "a key and headers", "a user", "the backend", "our service", "another account", "a guest", "a guest for a day"}
	for _, pattern := range slices.Sorted(maps.Keys(want)) {
		row := "| " + pattern
		for _, column := range columns {
			row += " | " + map[int]string{200: "200", 401: "401", 403: "403"}[want[pattern][column]]
		}
		if !strings.Contains(string(content), row+" |\n") {
			t.Errorf("the page lacks the row\n%s |", row)
		}
	}
}

func TestSettings(t *testing.T) {
	for pattern, p := range callers.Patterns {
		_, err := callers.Handler(pattern, callers.Settings{})
		for _, name := range p.Needs {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: error %v does not name %s", pattern, err, name)
			}
		}
	}
	if _, err := callers.Handler("none", settings); err == nil {
		t.Error("a pattern that is none was accepted")
	}
}
