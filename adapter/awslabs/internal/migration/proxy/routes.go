// Command proxy is a program whose Lambda handler is its own.
package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() http.Handler { return notes.Mux() }
