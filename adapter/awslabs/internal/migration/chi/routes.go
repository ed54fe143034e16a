// Command chi is a program with chi.
package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *chi.Mux {
	router := chi.NewRouter()
	router.Get("/notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		notes.Show(w, r, chi.URLParam(r, "id"))
	})
	router.Post("/notes", notes.Create)
	return router
}
