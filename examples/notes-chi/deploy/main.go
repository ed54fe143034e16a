// Command deploy makes the gateway's half of the policy of the notes with chi's
// routing, and checks what is deployed against it. It is used as the one of the
// notes example is, in the repository's root:
//
//	go run ./examples/notes-chi/deploy -out examples/notes-chi/deploy
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	noteschi "github.com/gatehouse-go/gatehouse/examples/notes-chi"
)

func main() { apigateway.Main(routes(), options()) }

// routes have the policy. Which issuer the deployed function trusts differs between
// environments: the name says that this one is none.
func routes() *chiauthz.Routes {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
	_, routes := noteschi.New(who, &notes.Memory{})
	return routes
}

// options leave CORS to the API: no route takes OPTIONS.
func options() *apigateway.Options {
	return &apigateway.Options{Title: "notes", CORS: &cors.Config{Owner: cors.OwnerGateway}}
}
