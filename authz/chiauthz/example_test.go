package chiauthz_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/chiauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// callers knows the examples' callers by their tokens. A program uses a
// claims.Extractor, or a verifier of tokens.
var callers = authz.IdentifierFunc("example tokens", claims.Trust{Sources: []claims.Source{claims.JWT}}, identify)

func identify(r *http.Request) (*claims.Identity, error) {
	switch r.Header.Get("Authorization") {
	case "Bearer reader":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "ada", "scope": "notes/read"})
	case "Bearer writer":
		return claims.NewIdentity(claims.JWT, map[string]any{"sub": "bob", "scope": "notes/read notes/write"})
	}
	return nil, nil
}

func hello(w http.ResponseWriter, r *http.Request) {
	caller, ok := claims.FromContext(r.Context())
	if !ok {
		fmt.Fprint(w, "hello stranger")
		return
	}
	fmt.Fprint(w, "hello ", caller.Subject)
}

// try prints the answer to one request.
func try(h http.Handler, method, path, token string) {
	r := httptest.NewRequest(method, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	answer := w.Header().Get("WWW-Authenticate")
	if w.Code == http.StatusOK {
		answer = w.Body.String()
	}
	fmt.Printf("%s %s %q: %d %s\n", method, path, token, w.Code, answer)
}

func Example() {
	router := chi.NewRouter()
	router.Use(middleware.Recoverer) // all of Use comes before New
	r := chiauthz.New(router, &authz.Guard{Identifier: callers}, nil)
	r.Get("/hello", authz.Public(), hello)
	notes := r.Group("/notes", authz.Scope("notes/read"))
	notes.Get("", authz.Authenticated(), hello)
	notes.Post("", authz.Scope("notes/write"), hello) // needs both
	router.Get("/notes/export", hello)                // forgotten, so refused

	try(router, "GET", "/hello", "")
	try(router, "GET", "/notes", "")
	try(router, "GET", "/notes", "reader")
	try(router, "POST", "/notes", "reader")
	try(router, "POST", "/notes", "writer")
	try(router, "GET", "/notes/export", "writer")
	try(router, "GET", "/nowhere", "")
	try(router, "GET", "/nowhere", "reader")
	// Output:
	// GET /hello "": 200 hello stranger
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "reader": 200 hello ada
	// POST /notes "reader": 403 Bearer realm="api", error="insufficient_scope", scope="notes/read notes/write"
	// POST /notes "writer": 200 hello bob
	// GET /notes/export "writer": 403 Bearer realm="api", error="insufficient_scope"
	// GET /nowhere "": 401 Bearer realm="api"
	// GET /nowhere "reader": 404
}

// A policy in a golden file shows every change of it to a reviewer.
func ExampleRoutes_Policy() {
	r := chiauthz.New(chi.NewRouter(), &authz.Guard{Identifier: callers}, nil)
	r.Get("/hello", authz.Public(), hello)
	notes := r.Group("/notes", authz.Scope("notes/read"))
	notes.Get("/{id}", authz.Authenticated(), hello)
	notes.Put("/{id}", authz.Scope("notes/write"), hello)

	fmt.Print(r.Policy())
	// Output:
	// identity: example tokens; JWT authorizer
	//
	// GET  /hello       public
	// GET  /notes/{id}  scope notes/read and authenticated
	// PUT  /notes/{id}  scope notes/read and scope notes/write
	// *    (no route)   refused
}

// A router that somebody else wrote has one requirement for all its routes.
func ExampleRoutes_Mount() {
	pprof := chi.NewRouter()
	pprof.Get("/heap", hello)

	router := chi.NewRouter()
	r := chiauthz.New(router, &authz.Guard{Identifier: callers}, nil)
	r.Mount("/debug", authz.Scope("notes/write"), pprof)

	try(router, "GET", "/debug/heap", "reader")
	try(router, "GET", "/debug/heap", "writer")
	// Output:
	// GET /debug/heap "reader": 403 Bearer realm="api", error="insufficient_scope", scope="notes/write"
	// GET /debug/heap "writer": 200 hello bob
}
