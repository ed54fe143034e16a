// Package providers has the settings for the tokens of five issuers, as
// docs/providers.md shows them. Its test sends tokens of each provider's shape
// through a gateway, and to a function that verifies them itself.
package providers

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/jwtverify"
	"github.com/gatehouse-go/gatehouse/claims"
)

// A Provider is one issuer's tokens, and what the operations of a small notes API
// ask of them.
type Provider struct {
	// Claims is for a function behind a gateway whose authorizer checks tokens.
	Claims claims.Config
	// Tokens is for a function that verifies tokens itself.
	Tokens jwtverify.Issuer
	// Read, Write and Delete are the requirements of the three operations.
	Read, Write, Delete authz.Requirement
}

// Handler returns the API for callers that who knows.
func (p Provider) Handler(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", p.Read, done)
	mux.HandleFunc("POST /notes", p.Write, done)
	mux.HandleFunc("DELETE /notes/{id}", p.Delete, done)
	return mux
}

func done(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
