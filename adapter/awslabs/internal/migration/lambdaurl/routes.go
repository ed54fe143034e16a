// Command lambdaurl is a program that streams its answers through a function
// URL.
package main

import (
	"net/http"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() http.Handler { return notes.Mux() }
