// Package notes is what all programs have in common: handlers that ask the
// library's package core where a request came from.
package notes

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/awslabs/aws-lambda-go-api-proxy/core"
)

// A Note says where it was asked for.
type Note struct {
	ID    string
	API   string
	Table string // a stage variable
	RunBy string // the function's ARN
}

// Get returns the note with this ID.
func Get(ctx context.Context, id string) Note {
	n := Note{ID: id}
	if rc, ok := core.GetAPIGatewayV2ContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContextV2(ctx)
		lc, _ := core.GetRuntimeContextFromContextV2(ctx)
		n.API, n.Table, n.RunBy = rc.APIID, variables["table"], lc.InvokedFunctionArn
	}
	if rc, ok := core.GetAPIGatewayContextFromContext(ctx); ok {
		variables, _ := core.GetStageVarsFromContext(ctx)
		lc, _ := core.GetRuntimeContextFromContext(ctx)
		n.API, n.Table, n.RunBy = rc.APIID, variables["table"], lc.InvokedFunctionArn
	}
	return n
}

// Show answers with the note with this ID.
func Show(w http.ResponseWriter, r *http.Request, id string) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(Get(r.Context(), id))
}

// Create answers with what it was sent.
func Create(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
	w.WriteHeader(http.StatusCreated)
	io.Copy(w, r.Body)
}

// Mux returns both as a program.
func Mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		Show(w, r, r.PathValue("id"))
	})
	mux.HandleFunc("POST /notes", Create)
	return mux
}
