// Command gorillamux is a program with gorilla/mux.
package main

import (
	"net/http"

	"github.com/gorilla/mux"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *mux.Router {
	router := mux.NewRouter()
	router.HandleFunc("/notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		notes.Show(w, r, mux.Vars(r)["id"])
	}).Methods(http.MethodGet)
	router.HandleFunc("/notes", notes.Create).Methods(http.MethodPost)
	return router
}
