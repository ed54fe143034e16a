package migrate

import (
	"fmt"
	"io"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// After is the same API for callers that who knows. It needs one route of the
// gateway, and runs behind every front.
func After(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes/{id}", authz.Scope("notes-api/read"), func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, caller.Subject, " reads ", r.PathValue("id"), " as ", r.URL.Query().Get("as"))
	})
	mux.HandleFunc("POST /notes", authz.Scope("notes-api/write"), func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
			return
		}
		caller, _ := claims.FromContext(r.Context())
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, caller.Subject, " writes ", string(body), " in ", r.Header.Get("Content-Language"))
	})
	return mux
}
