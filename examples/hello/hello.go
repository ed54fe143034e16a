// Package hello is the smallest gatehouse program: an ordinary handler, which
// lambda/main.go deploys and local/main.go runs on a laptop.
package hello

import (
	"encoding/json"
	"io"
	"net/http"
)

type greeting struct {
	Message string `json:"message"`
	Path    string `json:"path"`
	Method  string `json:"method"`
}

// Handler returns the program's routes. Nothing in it depends on Lambda.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		greet(w, r, "Hello from Lambda")
	})
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		greet(w, r, "Hello, "+r.PathValue("name"))
	})
	mux.HandleFunc("POST /echo", echo)
	return mux
}

func greet(w http.ResponseWriter, r *http.Request, message string) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(greeting{message, r.URL.Path, r.Method})
}

// echo always answers plain text: with a type of the client's choice, the body
// could run scripts on this origin.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	io.Copy(w, r.Body)
}
