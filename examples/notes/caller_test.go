package notes_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

const (
	issuerURL = "http://localhost:8081"
	apiID     = "n0tes4p1id"
)

// A caller is the claims of an access token; nil is nobody.
type caller map[string]any

func newCaller(sub, scope string) caller {
	return caller{
		"iss": issuerURL, "sub": sub, "client_id": "tests", "username": sub + "-name", "token_use": "access",
		"scope": scope, "exp": time.Now().Add(time.Hour).Unix(),
	}
}

// with returns the same token with some claims changed; a nil value removes one.
func (c caller) with(changes caller) caller {
	changed := maps.Clone(c)
	maps.Copy(changed, changes)
	return changed
}

var (
	nobody caller
	reader = newCaller("reader", notes.ReadScope)
	writer = newCaller("writer", notes.ReadScope+" "+notes.WriteScope)
)

func newIssuer(t *testing.T, url string) *local.Issuer {
	t.Helper()
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: url, Clients: []local.Client{
		{ID: "tests", Secret: "tests-secret", Scopes: []string{notes.ReadScope, notes.WriteScope}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return issuer
}

func (c caller) token(t *testing.T, issuer *local.Issuer) string {
	t.Helper()
	token, err := issuer.Token(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// header is what the caller's client sends, empty for nobody.
func (c caller) header(t *testing.T, issuer *local.Issuer) http.Header {
	t.Helper()
	if c == nil {
		return http.Header{}
	}
	return http.Header{"Authorization": {"Bearer " + c.token(t, issuer)}}
}

// A front is one that checks tokens, with what its URLs have before the path.
type front struct {
	format adapter.Format
	prefix string
}

var fronts = []front{
	{adapter.HTTPAPIV2, ""},
	{adapter.HTTPAPIV1, ""},
	{adapter.RESTAPI, "/prod"},
}

// gateway puts h behind the front, with an authorizer that admits the issuer's
// tokens; nil: no authorizer.
func (f front) gateway(h http.Handler, issuer *local.Issuer) *gateway.Gateway {
	config := gateway.Config{Function: adapter.New(h, nil), Format: f.format, APIID: apiID}
	if issuer == nil {
		return gateway.MustNew(config)
	}
	scopes := []string(nil)
	if f.format == adapter.RESTAPI {
		config.Authorizer = &gateway.CognitoAuthorizer{Issuers: []string{issuer.URL()}, Verify: issuer.Verify}
		scopes = []string{notes.ReadScope, notes.WriteScope}
	} else {
		config.Authorizer = &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: []string{"tests"}, Verify: issuer.Verify}
	}
	config.Routes = []gateway.Route{
		{Key: "GET /hello", Open: true},
		{Key: "ANY /{proxy+}", Scopes: scopes},
		{Key: "ANY /", Scopes: scopes},
	}
	return gateway.MustNew(config)
}

// pinned knows the callers of this API with tokens of these issuers.
func pinned(t *testing.T, issuers ...string) *claims.Extractor {
	t.Helper()
	who, err := claims.New(claims.Config{Issuers: issuers, APIs: []string{apiID}, Stages: []string{"$default", "prod"}})
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// requestAs returns a caller's request to the API that pinned trusts, as the adapter
// hands it to the handler.
func requestAs(c caller, method, path, body string) *http.Request {
	front := authztest.Front{APIID: apiID}
	return front.As(httptest.NewRequest(method, path, strings.NewReader(body)), c)
}

// serve is what a client of h gets.
func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
