// Command nethttp is a program with the standard library's router.
package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() http.Handler { return notes.Mux() }
