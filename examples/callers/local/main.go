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
	i, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + *issuer,
		Clients: []local.Client{
			{ID: "website", Secret: "website-secret", Scopes: []string{callers.Scope}},
			{ID: "app", Secret: "app-secret", Scopes: []string{callers.Scope}},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux, err := callers.Handler("backend", callers.Settings{Issuer: i.URL(), Backend: "website"})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(local.ListenAndServe(*addr, mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{i},
		Try: []local.Try{
			{Path: "/price", Want: http.StatusUnauthorized},
			{Path: "/price", Client: "website", Want: http.StatusOK},
			{Path: "/price", Client: "app", Want: http.StatusForbidden},
		},
	}))
}
