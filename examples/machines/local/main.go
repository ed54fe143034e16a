// Command local runs the machines' API on a laptop behind a JWT authorizer, with a
// token issuer beside it.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/machines"
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
			{ID: "robot", Secret: "robot-secret", Scopes: []string{machines.Scope}},
			{ID: "poor", Secret: "poor-secret", Scopes: []string{"other/read"}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	mux := machines.Handler(who, machines.Known{})
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Path: "/report", Want: http.StatusUnauthorized},
			{Path: "/report", Client: "robot", Want: http.StatusOK},
			{Path: "/report", Client: "poor", Want: http.StatusForbidden},
		},
	}, nil
}
