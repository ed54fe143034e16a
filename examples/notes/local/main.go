// Command local runs the notes API on a laptop, behind something that behaves
// like API Gateway, with a token issuer beside it. It prints curl lines to paste,
// fresh tokens in them, with the status that each should give.
package main

import (
	"errors"
	"flag"
	"log"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	"github.com/gatehouse-go/gatehouse/examples/notes/boltstore"
)

// flags are the command line's.
type flags struct {
	addr, issuer, data, state string
	rest, coarse, expose      bool
	timeout                   time.Duration
}

func main() {
	var f flags
	flag.StringVar(&f.addr, "addr", "localhost:8080", "`address` of the API")
	flag.StringVar(&f.issuer, "issuer", "localhost:8081", "`address` of the token issuer")
	flag.StringVar(&f.data, "data", "", "`file` to keep the notes in; without it they end with the program")
	flag.StringVar(&f.state, "state", "", "`folder` to keep the issuer's keys and sessions in; without it they end with the program")
	flag.BoolVar(&f.rest, "rest", false, "be a REST API with a Cognito authorizer instead of an HTTP API")
	flag.BoolVar(&f.coarse, "coarse", false, "give the gateway one catch-all route, so that the function refuses what the gateway could")
	flag.BoolVar(&f.expose, "expose", false, "allow addresses beyond loopback")
	flag.DurationVar(&f.timeout, "timeout", 0, "how long a request may take; 0: what the gateway allows; -1s: as long as it likes, for a debugger")
	flag.Parse()
	if err := f.run(); err != nil {
		log.Fatal(err)
	}
}

func (f flags) run() (err error) {
	if f.data == "" {
		return f.serve(&notes.Memory{})
	}
	store, err := boltstore.Open(f.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return f.serve(store)
}

func (f flags) serve(store notes.Store) error {
	h, opts, err := f.setUp(store)
	if err != nil {
		return err
	}
	return local.ListenAndServe(f.addr, h, opts)
}
