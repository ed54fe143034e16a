// Command local runs the profile on a laptop, with a token issuer beside it that
// answers at /oauth2/userInfo as Cognito does.
package main

import (
	"flag"
	"log"
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/gateway/local"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/profile"
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
			{ID: "web", Scopes: []string{profile.Scope, "email"}, RedirectURIs: []string{"http://localhost:3000/callback"}},
		},
		Users: []local.User{{Username: "demo", Password: "demo", Email: "demo@example.com"}},
	})
	if err != nil {
		return nil, nil, err
	}
	who, err := claims.New(claims.Config{Issuers: []string{issuer.URL()}})
	if err != nil {
		return nil, nil, err
	}
	info, err := profile.NewUserInfo(issuer.URL() + "/oauth2/userInfo")
	if err != nil {
		return nil, nil, err
	}
	mux := profile.Handler(who, info)
	return mux, &local.Options{
		Policy:  mux,
		Issuers: []*local.Issuer{issuer},
		Try: []local.Try{
			{Path: "/profile", Want: http.StatusUnauthorized},
			{Path: "/profile", Client: "web", User: "demo", Want: http.StatusOK},
		},
	}, nil
}
