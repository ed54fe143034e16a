package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// setUp makes the API as lambda/main.go does, pinned to the local issuer, and
// the front that it is served behind.
func (f flags) setUp(store notes.Store) (http.Handler, *local.Options, error) {
	issuer, err := newIssuer("http://" + f.issuer)
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(issuer.Claims())
	if err != nil {
		return nil, nil, err
	}
	note, err := welcomeNote(store, issuer.URL())
	if err != nil {
		return nil, nil, err
	}
	api := notes.Handler(who, store)
	opts := &local.Options{
		Policy:  api,
		Issuers: []*local.Issuer{issuer},
		Try:     tries(note),
		State:   f.state,
		Timeout: f.timeout,
		Expose:  f.expose,
	}
	if f.rest {
		opts.Format = adapter.RESTAPI
	}
	if f.coarse {
		opts.Routes = coarse(notes.ReadScope, notes.WriteScope)
	}
	return api, opts, nil
}

// coarse is what many teams deploy instead of the routes that are made from the
// policy: the gateway looks for a token everywhere but at the one operation that
// is public, and for any of the scopes. A REST API's Cognito authorizer takes access tokens
// only on routes with scopes, of which any one is enough: which of them an
// operation needs is the function's to decide in any case.
func coarse(scopes ...string) []gateway.Route {
	return []gateway.Route{
		{Key: "GET /hello", Open: true},
		{Key: "ANY /{proxy+}", Scopes: scopes},
		{Key: "ANY /", Scopes: scopes},
	}
}

// newIssuer knows two clients that speak for themselves, and one that signs in
// users: http://…/oauth2/authorize shows the page.
func newIssuer(url string) (*local.Issuer, error) {
	return local.NewIssuer(local.IssuerConfig{
		URL: url,
		Clients: []local.Client{
			{ID: "reader", Secret: "reader-secret", Scopes: []string{notes.ReadScope}},
			{ID: "writer", Secret: "writer-secret", Scopes: []string{notes.ReadScope, notes.WriteScope}},
			{ID: "page", Scopes: []string{notes.ReadScope, notes.WriteScope}, RedirectURIs: []string{"http://localhost:3000/callback"}},
		},
		Users: []local.User{{Username: "demo", Password: "demo", Email: "demo@example.com"}},
	})
}
