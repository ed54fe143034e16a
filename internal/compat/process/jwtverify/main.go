// Command jwtverify is the whole chain with the token's signature verified again,
// by keys that come with the program.
package main

import (
	"io"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/cors"
)

func main() {
	who := jwtverify.MustNew(jwtverify.Config{Issuers: []jwtverify.Issuer{{
		URL:     "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Gh2026Abc",
		Clients: []string{"5kq0t2v8h1n3m7r9s4d6f8g0j2"},
		JWKS:    []byte(os.Getenv("JWKS")),
	}}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"message":"hello"}`)
	})
	api := cors.MustNew(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	lambda.Start(adapter.New(api.Wrap(mux), nil))
}
