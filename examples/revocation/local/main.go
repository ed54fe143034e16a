// Command local runs the report API on a laptop, with a token issuer beside it and
// the list of what is revoked in a file:
//
//	go run ./examples/revocation/local -list revoked.json
//
// It makes the file if there is none. Change it while it runs.
package main

import (
	"errors"
	"flag"
	"io/fs"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/revocation"
)

func main() {
	addr := flag.String("addr", "localhost:8080", "`address` of the API")
	issuer := flag.String("issuer", "localhost:8081", "`address` of the token issuer")
	list := flag.String("list", "revoked.json", "`file` with the list")
	flag.Parse()
	h, opts, err := setUp(*issuer, *list)
	if err == nil {
		err = local.ListenAndServe(*addr, h, opts)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func setUp(issuerAddr, list string) (http.Handler, *local.Options, error) {
	if err := begin(list); err != nil {
		return nil, nil, err
	}
	issuer, err := local.NewIssuer(local.IssuerConfig{
		URL: "http://" + issuerAddr,
		Clients: []local.Client{
			{ID: "robot", Secret: "robot-secret", Scopes: []string{revocation.ReadScope}},
			{ID: "crawler", Secret: "crawler-secret", Scopes: []string{revocation.ReadScope}},
		},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	checker, err := revocation.NewChecker(revocation.Config{Source: revocation.File(list), MaxAge: time.Second})
	if err != nil {
		return nil, nil, err
	}
	mux := revocation.Handler(who, checker)
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Path: "/hello", Want: http.StatusOK},
			{Path: "/report", Want: http.StatusUnauthorized},
			{Path: "/report", Client: "robot", Want: http.StatusOK},
			{Path: "/report", Client: "crawler", Want: http.StatusOK},
		},
	}, nil
}

// begin makes the list if there is none.
func begin(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString("{\"revoked\": []}\n")
	return errors.Join(err, f.Close())
}
