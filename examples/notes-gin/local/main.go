// Command local runs the notes-gin example on a laptop, behind something that
// behaves like API Gateway, with a token issuer beside it.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesgin "github.com/gatehouse-go/gatehouse/examples/notes-gin"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	expose := flag.Bool("expose", false, "allow addresses beyond loopback")
	state := flag.String("state", "", "`folder` to keep the issuer's keys and sessions in; without it they end with the program")
	timeout := flag.Duration("timeout", 0, "how long a request may take; 0: what the gateway allows; -1s: as long as it likes, for a debugger")
	coarse := flag.Bool("coarse", false, "a gateway with a catch-all instead of the routes made from the policy")
	flag.Parse()
	opts := &local.Options{State: *state, Timeout: *timeout, Expose: *expose}
	if *coarse {
		opts.Routes = []gateway.Route{{Key: "GET /hello", Open: true}, {Key: "ANY /{proxy+}"}, {Key: "ANY /"}}
	}
	if err := run(*addr, *issuer, opts); err != nil {
		log.Fatal(err)
	}
}

func run(addr, issuerAddr string, opts *local.Options) error {
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "reader", Secret: "reader-secret", Scopes: []string{notes.ReadScope}},
			{ID: "writer", Secret: "writer-secret", Scopes: []string{notes.ReadScope, notes.WriteScope}},
		},
	})
	if err != nil {
		return err
	}
	who, err := claims.New(issuer.Claims())
	if err != nil {
		return err
	}
	api := notesgin.New(who, &notes.Memory{})
	opts.Policy = api
	opts.Issuers = []*local.Issuer{issuer}
	opts.Try = []local.Try{
		{Path: "/hello", Want: http.StatusOK},
		{Path: "/profile", Want: http.StatusUnauthorized},
		{Path: "/profile", Client: "reader", Want: http.StatusOK},
		{Method: "POST", Path: "/notes", Client: "reader", Body: `{"title":"Groceries"}`, Want: http.StatusForbidden},
		{Method: "POST", Path: "/notes", Client: "writer", Body: `{"title":"Groceries"}`, Want: http.StatusCreated},
		{Path: "/notes", Client: "writer", Want: http.StatusOK},
	}
	return local.ListenAndServe(addr, api, opts)
}
