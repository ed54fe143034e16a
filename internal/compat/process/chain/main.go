// Command chain is the whole chain: cors, a Mux, claims and a scope.
package main

import (
	"io"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
)

func main() {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Gh2026Abc"}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"message":"hello"}`)
	})
	api := cors.MustNew(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	lambda.Start(adapter.New(api.Wrap(mux), nil))
}
