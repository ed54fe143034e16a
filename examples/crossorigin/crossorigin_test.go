package crossorigin_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/crossorigin"
)

const page = "https://app.example.com"

// settings are the gateway's own, in the rows that have them.
var settings = func() *cors.Config {
	c := crossorigin.Settings(cors.OwnerGateway)
	return &c
}()

// open lets preflights through to the function.
var open = []gateway.Route{{Key: "OPTIONS /{proxy+}", Open: true}, {Key: "ANY /{proxy+}"}}

// responses are a REST API's gateway responses, for refusals of its own.
var responses = gateway.Responses{
	Default4XX: http.Header{"Access-Control-Allow-Origin": {page}},
	Default5XX: http.Header{"Access-Control-Allow-Origin": {page}},
}

var rows = []struct {
	front  string
	text   string
	owner  cors.Owner
	config gateway.Config
}{
	{"HTTP API", "`OwnerApp`, and an open `OPTIONS /{proxy+}`", cors.OwnerApp, gateway.Config{Routes: open}},
	{"HTTP API", "`OwnerApp`, one catch-all route", cors.OwnerApp, gateway.Config{}},
	{"HTTP API", "`OwnerGateway`, a route for each method", cors.OwnerGateway, gateway.Config{CORS: settings, Routes: []gateway.Route{{Key: "GET /notes"}}}},
	{"HTTP API", "`OwnerGateway`, one catch-all route", cors.OwnerGateway, gateway.Config{CORS: settings}},
	{"REST API", "`OwnerApp`, and an open `OPTIONS`", cors.OwnerApp, gateway.Config{Format: adapter.RESTAPI, Routes: open}},
	{"REST API", "the same, and gateway responses", cors.OwnerApp, gateway.Config{Format: adapter.RESTAPI, Routes: open, Responses: responses}},
	{"function URL", "`OwnerApp`", cors.OwnerApp, gateway.Config{Format: adapter.FunctionURL}},
	{"function URL", "`OwnerGateway`, and the URL's settings", cors.OwnerGateway, gateway.Config{Format: adapter.FunctionURL, CORS: settings}},
	{"function URL", "`OwnerApp`, and the URL's settings", cors.OwnerApp, gateway.Config{Format: adapter.FunctionURL, CORS: settings}},
	{"load balancer", "`OwnerApp`", cors.OwnerApp, gateway.Config{Format: adapter.ALB}},
}

// TestTable: each row of the page is what a browser finds.
func TestTable(t *testing.T) {
	content, err := os.ReadFile("../../docs/cors.md")
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := local.NewIssuer(local.IssuerConfig{URL: "http://localhost:8081", Clients: []local.Client{{ID: "web", Secret: "secret"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		h := newAPI(t, tokens, row.owner, row.config)
		cells := []string{
			preflight(h, target(row.config)),
			answer(h, target(row.config), signed(t, tokens, "notes-api/read")),
			answer(h, target(row.config), signed(t, tokens, "openid")),
			"–",
		}
		if !standsAlone(row.config.Format) {
			cells[3] = answer(h, target(row.config), "")
		}
		line := fmt.Sprintf("| %s | %s | %s |\n", row.front, row.text, strings.Join(cells, " | "))
		if !strings.Contains(string(content), line) {
			t.Errorf("not on the page:\n%s", line)
		}
	}
}

// standsAlone reports whether no authorizer stands before the function.
func standsAlone(f adapter.Format) bool { return f == adapter.FunctionURL || f == adapter.ALB }

func target(c gateway.Config) string {
	if c.Format == adapter.RESTAPI {
		return "https://api.example.com/prod/notes"
	}
	return "https://api.example.com/notes"
}

// newAPI puts the function behind a gateway, with an authorizer if the front has one.
func newAPI(t *testing.T, tokens *local.Issuer, owner cors.Owner, config gateway.Config) http.Handler {
	t.Helper()
	var who authz.Identifier = claims.MustNew(tokens.Claims())
	switch {
	case standsAlone(config.Format):
		keys := httptest.NewRecorder()
		tokens.ServeHTTP(keys, httptest.NewRequest("GET", tokens.URL()+"/.well-known/jwks.json", nil))
		issuer := jwtverify.Issuer{URL: tokens.URL(), Audiences: []string{"notes"}, JWKS: keys.Body.Bytes()}
		who = jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{issuer}, Binding: jwtverify.BindingNone})
	case config.Format == adapter.RESTAPI:
		config.Authorizer = &gateway.NativeJWTAuthorizer{
			Issuers:    []gateway.JWTIssuer{{Issuer: tokens.URL(), Audiences: []string{"notes"}}},
			Algorithms: []string{"RS256"},
			Verify:     tokens.Verify,
		}
	default:
		config.Authorizer = &gateway.JWTAuthorizer{Issuer: tokens.URL(), Audience: []string{"notes"}, Verify: tokens.Verify}
	}
	config.Function = adapter.New(crossorigin.Handler(who, owner), nil)
	return gateway.MustNew(config)
}

func signed(t *testing.T, tokens *local.Issuer, scope string) string {
	t.Helper()
	token, err := tokens.Token(map[string]any{"sub": "ada", "client_id": "web", "aud": "notes", "scope": scope})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// preflight asks whether a page may send GET with a token.
func preflight(h http.Handler, target string) string {
	r := httptest.NewRequest(http.MethodOptions, target, nil)
	r.Header.Set("Origin", page)
	r.Header.Set("Access-Control-Request-Method", "GET")
	r.Header.Set("Access-Control-Request-Headers", "authorization")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code/100 != 2 || !readable(w.Header()) || !strings.Contains(strings.ToLower(w.Header().Get("Access-Control-Allow-Headers")), "authorization") {
		return fmt.Sprintf("**%d**", w.Code)
	}
	return fmt.Sprint(w.Code)
}

// answer is the status of a GET, bold if the page cannot read it.
func answer(h http.Handler, target, token string) string {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Header.Set("Origin", page)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if !readable(w.Header()) {
		return fmt.Sprintf("**%d**", w.Code)
	}
	return fmt.Sprint(w.Code)
}

// readable reports whether a browser gives an answer to the page: Fetch standard,
// "CORS check".
func readable(h http.Header) bool {
	origins := h.Values("Access-Control-Allow-Origin")
	return len(origins) == 1 && (origins[0] == page || origins[0] == "*")
}

// The template's settings allow what the program allows, and a difference is named.
func TestSameSettings(t *testing.T) {
	deployed, err := os.ReadFile("testdata/get-api.json")
	if err != nil {
		t.Fatal(err)
	}
	var api struct{ CorsConfiguration cors.Config }
	if err := json.Unmarshal(deployed, &api); err != nil {
		t.Fatal(err)
	}
	for _, difference := range cors.Mismatch(crossorigin.Settings(cors.OwnerGateway), api.CorsConfiguration) {
		t.Error(difference)
	}
	api.CorsConfiguration.AllowMethods = []string{"GET"}
	if len(cors.Mismatch(crossorigin.Settings(cors.OwnerGateway), api.CorsConfiguration)) == 0 {
		t.Error("a missing method goes unnoticed")
	}
}
