// Command basepath is a program behind a custom domain with the base path
// mapping "orders".
package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() http.Handler { return notes.Mux() }
