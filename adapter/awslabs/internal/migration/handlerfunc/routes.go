// Command handlerfunc is a program that is one function.
package main

import (
	"net/http"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func serve(w http.ResponseWriter, r *http.Request) {
	id, one := strings.CutPrefix(r.URL.Path, "/notes/")
	switch {
	case one && r.Method == http.MethodGet:
		notes.Show(w, r, id)
	case r.URL.Path == "/notes" && r.Method == http.MethodPost:
		notes.Create(w, r)
	default:
		http.NotFound(w, r)
	}
}
