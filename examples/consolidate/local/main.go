// Command local runs the API on a laptop in the middle of its way: behind one gateway,
// as many routes as -moved says lead to the one function, the others to the typed
// functions as they were.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/consolidate"
	"github.com/gatehouse-go/gatehouse/examples/consolidate/rollout"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	moved := flag.Int("moved", 1, "how `many` of the three routes lead to the one function")
	flag.Parse()
	h, opts, err := setUp(*issuer, *moved)
	if err == nil {
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func setUp(issuerAddr string, moved int) (http.Handler, *local.Options, error) {
	if moved < 0 || moved > len(rollout.Order) {
		return nil, nil, fmt.Errorf("consolidate: -moved is %d, and there are %d routes", moved, len(rollout.Order))
	}
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "reader", Secret: "reader-secret", Scopes: []string{consolidate.Reading}},
			{ID: "writer", Secret: "writer-secret", Scopes: []string{consolidate.Reading, consolidate.Writing}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	notes := new(consolidate.Notes)
	mux := consolidate.API(who, notes)
	plan, err := apigateway.New(mux, nil)
	if err != nil {
		return nil, nil, err
	}
	functions := rollout.At(moved, consolidate.Typed{Notes: notes}, adapter.New(mux, nil))
	return mux, &local.Options{
		Routes:    plan.Gateway(),
		Policy:    mux,
		Issuers:   []*local.Issuer{issuer},
		Configure: func(c *gateway.Config) { c.Function = functions },
		Try: []local.Try{
			{Path: "/notes", Want: http.StatusUnauthorized},
			{Method: "POST", Path: "/notes", Client: "writer", Body: "milk", Want: http.StatusCreated},
			{Path: "/notes/1", Client: "writer", Want: http.StatusOK},
			{Path: "/notes", Client: "reader", Want: http.StatusOK},
		},
	}, nil
}
