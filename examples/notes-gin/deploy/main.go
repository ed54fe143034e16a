// Command deploy makes the gateway's half of the policy of the notes with gin's
// routing, and checks what is deployed against it. It is used as the one of the
// notes example is, in the repository's root:
//
//	go run ./examples/notes-gin/deploy -out examples/notes-gin/deploy
package main

import (
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/examples/notes"
	notesgin "github.com/gatehouse-go/gatehouse/examples/notes-gin"
)

func main() { apigateway.Main(routes(), options()) }

// routes have the policy. Which issuer the deployed function trusts differs between
// environments: the name says that this one is none.
func routes() *ginauthz.Routes {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://issuer.invalid"}})
	return notesgin.New(who, &notes.Memory{})
}

// options leave CORS to the API: no route takes OPTIONS.
func options() *apigateway.Options {
	return &apigateway.Options{Title: "notes", CORS: &cors.Config{Owner: cors.OwnerGateway}}
}
