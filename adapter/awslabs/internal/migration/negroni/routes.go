// Command negroni is a program with Negroni.
package main

import (
	"github.com/urfave/negroni"

	"github.com/gatehouse-go/gatehouse/adapter/awslabs/internal/migration/notes"
)

func routes() *negroni.Negroni {
	n := negroni.New(negroni.NewRecovery())
	n.UseHandler(notes.Mux())
	return n
}
