// Package crossorigin is an API for pages of another origin: what docs/cors.md
// explains. Its test asks every front, as a browser would, what such a page sees.
package crossorigin

import (
	"fmt"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/cors"
)

// Settings say which pages may do what. owner says who answers preflights.
func Settings(owner cors.Owner) cors.Config {
	return cors.Config{
		AllowOrigins:  []string{"https://app.example.com"},
		AllowMethods:  []string{"GET", "POST", "DELETE"},
		AllowHeaders:  []string{"Authorization", "Content-Type"},
		ExposeHeaders: []string{"Location"},
		MaxAge:        600,
		Owner:         owner,
	}
}

// Handler returns the API for callers that who knows. CORS is outside of the Guard: a
// preflight has no token, and pages shall be able to read refusals.
func Handler(who authz.Identifier, owner cors.Owner) http.Handler {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), list)
	return cors.MustNew(Settings(owner)).Wrap(mux)
}

func list(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "[]") }
