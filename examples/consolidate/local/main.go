// Command local runs the API on a laptop in the middle of its way, at the step of
// docs/one-function.md that -step names.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"

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
	step := flag.Int("step", 2, "`step` of docs/one-function.md, from 0, as it was, to 4")
	flag.Parse()
	h, opts, err := setUp(*issuer, *step)
	if err == nil {
		printRoutes(os.Stdout, opts.Routes, *step)
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// printRoutes prints which function each of the gateway's routes leads to.
func printRoutes(w io.Writer, routes []gateway.Route, step int) {
	for _, r := range routes {
		function := "the one function"
		if slices.Contains(rollout.Left(step), r.Key) {
			function = "its typed function"
		}
		fmt.Fprintf(w, "%-17s leads to %s\n", r.Key, function)
	}
}

func setUp(issuerAddr string, step int) (http.Handler, *local.Options, error) {
	if step < 0 || step > rollout.Last {
		return nil, nil, fmt.Errorf("consolidate: -step is %d, and there are steps 0 to %d", step, rollout.Last)
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
	functions := rollout.At(step, consolidate.Typed{Notes: notes}, adapter.New(mux, nil))
	return mux, &local.Options{
		Routes:    rollout.Deployed(plan, step).Gateway(),
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
