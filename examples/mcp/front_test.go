package mcp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/mcp"
)

const (
	callback = "http://localhost:3000/callback"
	page     = "https://app.example.com" // the origin of pages that may call
)

// deployed is the server behind a front, with an issuer beside it.
type deployed struct {
	issuer   *local.Issuer
	resource string // the server's URL
	other    string // another server's, which the issuer knows too
}

// A front serves the server of config, which has no Identifier yet.
type front func(*testing.T, *local.Issuer, mcp.Config) http.Handler

// fronts are those that the documentation speaks of.
var fronts = map[string]front{
	"function URL": functionURL,
	"HTTP API":     httpAPI,
}

// functionURL streams, and leaves it to the function to verify tokens.
func functionURL(t *testing.T, issuer *local.Issuer, config mcp.Config) http.Handler {
	tokens, err := jwtverify.New(jwtverify.Config{
		Issuers: []jwtverify.Issuer{jwtverify.OIDC(issuer.URL(), config.Resource)},
		Binding: jwtverify.BindingNone,
	})
	if err != nil {
		t.Fatal(err)
	}
	config.Identifier = tokens
	h, _ := mcp.Handler(config)
	return gateway.MustNew(gateway.Config{
		Function:  adapter.New(h, nil),
		Format:    adapter.FunctionURL,
		Streaming: true,
	})
}

// httpAPI has the routes that are planned from the policy, and a JWT authorizer,
// which answers 401 itself: clients find the metadata without a challenge.
func httpAPI(t *testing.T, issuer *local.Issuer, config mcp.Config) http.Handler {
	who := issuer.Claims()
	who.Audiences = []string{config.Resource}
	config.Identifier = claims.MustNew(who)
	h, mux := mcp.Handler(config)
	plan, err := apigateway.New(mux, nil)
	if err != nil {
		t.Fatal(err)
	}
	return gateway.MustNew(gateway.Config{
		Function:   adapter.New(h, nil),
		Routes:     plan.Gateway(),
		Authorizer: &gateway.JWTAuthorizer{Issuer: issuer.URL(), Audience: who.Audiences, Verify: issuer.Verify},
	})
}

// deploy serves both until the test ends.
func deploy(t *testing.T, behind front, tasks mcp.Tasks) deployed {
	t.Helper()
	api, tokens := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	d := deployed{
		resource: "http://" + api.Listener.Addr().String() + "/mcp",
		other:    "http://" + api.Listener.Addr().String() + "/other",
	}
	read, both := []string{mcp.ReadScope}, []string{mcp.ReadScope, mcp.WriteScope}
	resources := []string{d.resource, d.other}
	var err error
	d.issuer, err = local.NewIssuer(local.IssuerConfig{
		URL: "http://" + tokens.Listener.Addr().String(),
		Clients: []local.Client{
			{ID: "agent", Scopes: both, RedirectURIs: []string{callback}, Resources: resources},
			{ID: "viewer", Scopes: read, RedirectURIs: []string{callback}, Resources: resources},
			{ID: "robot", Secret: "robot-secret", Scopes: both, Resources: resources},
		},
		Users: []local.User{{Username: "ada", Password: "pw"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tokens.Config.Handler = d.issuer
	api.Config.Handler = behind(t, d.issuer, mcp.Config{Resource: d.resource, Origins: []string{page}, Tasks: tasks})
	for _, server := range []*httptest.Server{tokens, api} {
		server.Start()
		t.Cleanup(server.Close)
	}
	return d
}

// tasks is a store of two functions.
type tasks struct {
	list func(ctx context.Context, owner string) ([]string, error)
	add  func(ctx context.Context, owner, title string) error
}

func (t tasks) List(ctx context.Context, owner string) ([]string, error) { return t.list(ctx, owner) }
func (t tasks) Add(ctx context.Context, owner, title string) error       { return t.add(ctx, owner, title) }
