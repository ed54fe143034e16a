package jwtverify_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// newLocalIssuer serves tokens, discovery document and keys over HTTP.
func newLocalIssuer(t *testing.T) *local.Issuer {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	issuer, err := local.NewIssuer(local.IssuerConfig{URL: server.URL, Clients: []local.Client{{ID: "app", Secret: "x"}}})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/", issuer)
	return issuer
}

// The whole chain: the gateway checks a token and renders its claims into an
// event, the adapter makes a request of that, and the token in it is verified
// again and compared with what the gateway said.
func TestThroughTheGateway(t *testing.T) {
	issuer := newLocalIssuer(t)
	jwt := &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: []string{"app"}, Verify: issuer.Verify}
	cognito := &gateway.CognitoAuthorizer{Issuers: []string{issuer.URL()}, Verify: issuer.Verify}
	for _, front := range []struct {
		format     adapter.Format
		path       string
		authorizer gateway.Authorizer
		scopes     []string
	}{
		{adapter.HTTPAPIV2, "/notes", jwt, nil},
		{adapter.HTTPAPIV2, "/notes", jwt, []string{"notes/read"}},
		{adapter.HTTPAPIV1, "/notes", jwt, nil},
		{adapter.RESTAPI, "/prod/notes", cognito, []string{"notes/read"}},
	} {
		t.Run(front.format.String(), func(t *testing.T) {
			v := newVerifier(t, jwtverify.Config{
				Issuers:   []jwtverify.Issuer{jwtverify.OIDC(issuer.URL(), "app")},
				OnFinding: func(_ *http.Request, f jwtverify.Finding) { t.Logf("finding %+v", f) },
			})
			mux := authz.NewMux(&authz.Guard{Identifier: v})
			mux.HandleFunc("GET /notes", authz.Scope("notes/read"), func(w http.ResponseWriter, r *http.Request) {
				if id, ok := claims.FromContext(r.Context()); !ok || id.Source != claims.Verified || id.Subject != "ada" {
					t.Errorf("the handler sees %+v", id)
				}
			})
			get := func(authorizer gateway.Authorizer) int {
				token, err := issuer.Token(map[string]any{
					"sub": "ada", "client_id": "app", "scope": "notes/read", "cognito:groups": []string{"a", "b"},
				})
				if err != nil {
					t.Fatal(err)
				}
				w := httptest.NewRecorder()
				route := gateway.Route{Key: "ANY /{proxy+}", Open: true}
				if authorizer != nil {
					route.Open, route.Scopes = false, front.scopes
				}
				g := gateway.MustNew(gateway.Config{
					Function:   adapter.New(mux, nil),
					Format:     front.format,
					Routes:     []gateway.Route{route},
					Authorizer: authorizer,
				})
				r := httptest.NewRequest("GET", front.path, nil)
				r.Header.Set("Authorization", "Bearer "+token)
				g.ServeHTTP(w, r)
				return w.Code
			}
			if got := get(front.authorizer); got != 200 {
				t.Errorf("status %d, want 200", got)
			}
			if got := get(nil); got != 401 {
				t.Errorf("without the gateway's authorizer: status %d, want 401", got)
			}
			forged := func(r *http.Request, route gateway.Route) (*gateway.Authorization, error) {
				other, err := issuer.Token(map[string]any{"sub": "bob", "client_id": "app", "scope": "notes/read"})
				if err != nil {
					return nil, err
				}
				r = r.Clone(r.Context())
				r.Header.Set("Authorization", "Bearer "+other)
				return front.authorizer.Authorize(r, route)
			}
			if got := get(gateway.AuthorizerFunc(forged)); got != 401 {
				t.Errorf("with another caller's claims: status %d, want 401", got)
			}
		})
	}
}
