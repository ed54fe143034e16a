package consolidate

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Scopes that the routes ask for.
const (
	Reading = "notes-api/read"
	Writing = "notes-api/write"
)

// API is the one function: it answers as the functions of Typed do, and checks by
// itself what only the gateway checked for them.
func API(who authz.Identifier, notes *Notes) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes/{id}", authz.Scope(Reading), func(w http.ResponseWriter, r *http.Request) {
		text, ok := notes.Get(subject(r), r.PathValue("id"))
		if !ok {
			answer(w, http.StatusNotFound, "no such note")
			return
		}
		answer(w, http.StatusOK, text)
	})
	mux.HandleFunc("GET /notes", authz.Scope(Reading), func(w http.ResponseWriter, r *http.Request) {
		body, err := json.Marshal(notes.List(subject(r)))
		if err != nil {
			answer(w, http.StatusInternalServerError, "the notes cannot be written")
			return
		}
		answer(w, http.StatusOK, string(body))
	})
	mux.HandleFunc("POST /notes", authz.Scope(Writing), func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			answer(w, http.StatusBadRequest, "the body cannot be read")
			return
		}
		w.Header().Set("Location", "/notes/"+notes.Add(subject(r), string(text)))
		answer(w, http.StatusCreated, string(text))
	})
	return mux
}

// subject is the key that the functions of Typed have written notes under. A new API
// would take Identity.Key, which tells two issuers' subjects apart.
func subject(r *http.Request) string {
	caller, _ := claims.FromContext(r.Context()) // the Mux has refused everybody else
	return caller.Subject
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, text)
}
