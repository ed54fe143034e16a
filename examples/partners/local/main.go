// Command local runs the partners' API on a laptop behind a gateway with usage plans
// and a cache, with a token issuer beside it. The partners' API keys are
// basic-key-of-acme and premium-key-of-globex.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/partners"
	"github.com/gatehouse-go/gatehouse/examples/partners/restapi"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	flag.Parse()
	h, opts, err := setUp(*issuer)
	if err == nil {
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func setUp(issuerAddr string) (http.Handler, *local.Options, error) {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "acme", Secret: "acme-secret", Scopes: []string{partners.Scope}},
			{ID: "globex", Secret: "globex-secret", Scopes: []string{partners.Scope}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	mux := partners.Handler(who, partners.Partners{
		"acme":   {Tier: partners.Basic, KeyID: "acme-key"},
		"globex": {Tier: partners.Premium, KeyID: "globex-key"},
	})
	return mux, &local.Options{
		Format:    adapter.RESTAPI,
		Routes:    restapi.Routes(),
		Policy:    mux,
		Issuers:   []*local.Issuer{issuer},
		Configure: func(c *gateway.Config) { c.UsagePlans = restapi.Plans() },
		Try: []local.Try{
			{Path: "/rates", Want: http.StatusUnauthorized},
			{Path: "/rates", Client: "acme", Want: http.StatusForbidden}, // no API key
		},
	}, nil
}
