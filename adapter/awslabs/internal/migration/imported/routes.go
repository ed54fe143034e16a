// Command imported is a program that stays with the library and gets its
// operations guarded.
package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() http.Handler { return notes.Mux() }
