// Command local runs the API on a laptop for the backend of a website, with a token
// issuer beside it: the one configuration in which a laptop has all that there is.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/callers"
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
			{ID: "website", Secret: "website-secret", Scopes: []string{callers.Scope}},
			{ID: "app", Secret: "app-secret", Scopes: []string{callers.Scope}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	mux, err := callers.Handler("backend", callers.Settings{Issuer: issuer.URL(), Backend: "website"})
	if err != nil {
		return nil, nil, err
	}
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Path: "/price", Want: http.StatusUnauthorized},
			{Path: "/price", Client: "website", Want: http.StatusOK},
			{Path: "/price", Client: "app", Want: http.StatusForbidden},
		},
	}, nil
}
