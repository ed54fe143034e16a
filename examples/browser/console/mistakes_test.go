package console_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/internal/mistakes"
)

// mistake is one of package mistakes, for console.mjs to make.
type mistake struct {
	site
	Name   string            `json:"name"`
	By     string            `json:"by"` // page (Try), origin (Try as another site's page) or client (another program)
	Method string            `json:"method"`
	Path   string            `json:"path"`
	Token  *minted           `json:"token"` // nil: none is sent
	Header map[string]string `json:"header"`
	Upload int               `json:"upload"` // bytes that are no text
	Body   string            `json:"body"`
	Status int               `json:"status"`
	Says   string            `json:"says"`
	Cure   string            `json:"cure"` // a part of what to change
}

// cures are parts of what the page says is to be changed.
var cures = map[string]string{
	"an issuer that is another":     "pins of claims.Config",
	"pinned Audiences":              "pins of claims.Config",
	"pinned APIs":                   "pins of claims.Config",
	"pinned Stages":                 "pins of claims.Config",
	"no Identifier":                 "Set Guard.Identifier",
	"a route without an authorizer": "Has this route an authorizer? The route ANY /{proxy+} is open",
	"an ID token where an access token is required":     "Send the access token",
	"an ID token where a scope is required":             "Send the access token",
	"a missing scope":                                   "Send a token that has it: scope notes-api/read",
	"a missing group":                                   `Send a token that has it: group "admin"`,
	"an ambiguous list":                                 "Lists or CommaLists of claims.Config",
	"a route behind echoauthz's back":                   "Register the route by echoauthz",
	"a Mux without the route":                           "Register the route with its requirement",
	"the handler's own 404":                             "the application's own answer",
	"a preflight on default routes":                     "OPTIONS /{proxy+}",
	"a preflight without cors":                          "Put cors.Wrap around the handler",
	"an origin that is not allowed":                     "cors.Config",
	"an origin of another scheme":                       "cors.Config",
	"a preflight of an origin that is not allowed":      "cors.Config",
	"Authorization is not allowed":                      "cors.Config",
	"a header that is not allowed":                      "cors.Config",
	"a preflight that the gateway should have answered": "give the gateway CORS settings",
	"a preflight at an HTTP API without CORS settings":  "give the gateway CORS settings",
	"a slow handler":                                    "Answer 202 and work on",
	"a reply of 7 MB":                                   "presigned URL",
	"an upload of 5 MB":                                 "presigned URL",
	"server-sent events on a buffered front":            "Handler.Stream",
	"server-sent events on a buffered REST API":         "Handler.Stream",
	"an API key on a scope route":                       "Send Authorization: Bearer with a token as well",
	"no token":                                          "the page Tokens makes one",
	"a scope is missing at the gateway":                 "the client has to ask for it",
	"a wrong audience at the gateway":                   "Options.Audience",
	"an expired token at the gateway":                   "Get a new token",
}

// minted is how the form makes a token.
type minted struct {
	Client  string `json:"client"`
	User    string `json:"user"`
	Use     string `json:"use"`
	Expires string `json:"expires"`
	Scopes  string `json:"scopes"`
	Groups  string `json:"groups"`
	Wrong   string `json:"wrong"`
}

// withMistakes serves each of them, with a console of its own.
func withMistakes(t *testing.T) (all []mistake) {
	t.Helper()
	for _, row := range mistakes.Rows() {
		all = append(all, newMistake(t, row))
	}
	return all
}

func newMistake(t *testing.T, row mistakes.Row) mistake {
	t.Helper()
	m := mistake{
		Name: row.Name, By: "page", Method: row.Method, Path: strings.TrimPrefix(row.Path, "/prod"),
		Token: mintedFor(t, row.Token), Header: row.Header, Upload: row.Body, Status: row.Status,
	}
	if m.Method == "" {
		m.Method = http.MethodGet
	}
	_, m.Says, _ = strings.Cut(row.Line, ": ")
	switch {
	case strings.HasPrefix(m.Says, "no token: "): // the page has the cure elsewhere
		m.Says = "no token"
	case row.Line == "404": // the handler's own
		m.Says = "the handler answered Not Found"
	case row.Line == "200":
		_, m.Says, _ = strings.Cut(row.Logged[1], ": ")
		m.Says, _, _ = strings.Cut(m.Says, ":")
	}
	var page func(other string) string // the origin that may use the API
	switch origin := row.Header["Origin"]; {
	case m.Upload > 0 || row.Header["X-Api-Key"] != "":
		m.By = "client"
	case origin == "":
	case origin == mistakes.Page:
		m.By, page = "origin", func(other string) string { return other }
	case strings.HasPrefix(origin, "http:"):
		m.By, page = "origin", func(other string) string { return strings.Replace(other, "http:", "https:", 1) }
	default:
		m.By, page = "origin", func(string) string { return mistakes.Page }
	}
	if m.By == "origin" && m.Method == http.MethodOptions { // a browser sends it before a request that needs it
		m.Method, m.Token = http.MethodGet, mintedFor(t, map[string]any{"scope": "notes-api/read"})
		if row.Header["Access-Control-Request-Headers"] == "x-secret" {
			m.Method, m.Token, m.Body = http.MethodPost, nil, "{}"
			m.Says = "the preflight asks for Content-Type, which is not in AllowHeaders" // and not for one that nobody knows
		}
	}
	cure, ok := cures[row.Name]
	if !ok {
		t.Fatalf("%s: what does the page say is to be changed?", row.Name)
	}
	m.Cure = cure
	m.site = serveMistake(t, row, page)
	return m
}

// mintedFor says how the form makes a token with these claims.
func mintedFor(t *testing.T, claims map[string]any) *minted {
	t.Helper()
	if claims == nil {
		return nil
	}
	m := &minted{Client: "page", User: "ada", Use: "access", Expires: "3600"}
	for name, value := range claims {
		switch name {
		case "scope":
			m.Scopes = value.(string)
		case "token_use":
			m.Use = value.(string)
		case "cognito:groups":
			m.Groups = strings.Join(value.([]string), ", ")
		case "client_id":
			m.Wrong = "audience"
		case "exp":
			m.Expires = "-3600"
		default:
			t.Fatalf("the form makes no token with a claim %s", name)
		}
	}
	return m
}

// serveMistake serves an API with a mistake. page tells the origin that it lets use the
// API, by that of the console's other page; nil: none that matters.
func serveMistake(t *testing.T, row mistakes.Row, page func(other string) string) site {
	t.Helper()
	api, beside := listen(t, "0"), listen(t, "0")
	_, port, err := net.SplitHostPort(beside.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL:     "http://localhost:" + port,
		Clients: []local.Client{{ID: "page", Scopes: []string{"notes-api/read"}, RedirectURIs: []string{"http://localhost/callback"}}},
		Users:   []local.User{{Username: "ada", Password: "ada-password"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	origin := mistakes.Page
	if page != nil {
		origin = page("http://127.0.0.1:" + port)
	}
	h, options, err := mistakes.New(row.Mistake, issuer.URL(), origin)
	if err != nil {
		t.Fatal(err)
	}
	opts := &local.Options{Routes: row.Routes, Issuers: []*local.Issuer{issuer}, Adapter: options, Output: io.Discard}
	if row.REST {
		opts.Format = adapter.RESTAPI
	}
	return run(t, api, beside, h, opts)
}
