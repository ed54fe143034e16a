package authz_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// The examples' callers, by token. A program uses a claims.Extractor, or a
// verifier of tokens.
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
	mux := authz.NewMux(&authz.Guard{Identifier: callers})
	mux.HandleFunc("GET /hello", authz.Public(), hello)
	mux.HandleFunc("GET /notes", authz.Scope("notes/read"), hello)
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), hello)

	try(mux, "GET", "/hello", "")
	try(mux, "GET", "/notes", "")
	try(mux, "GET", "/notes", "forged")
	try(mux, "GET", "/notes", "reader")
	try(mux, "POST", "/notes", "reader")
	try(mux, "POST", "/notes", "writer")
	// Output:
	// GET /hello "": 200 hello stranger
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "forged": 401 Bearer realm="api", error="invalid_token"
	// GET /notes "reader": 200 hello ada
	// POST /notes "reader": 403 Bearer realm="api", error="insufficient_scope", scope="notes/write"
	// POST /notes "writer": 200 hello bob
}

// Wrong: with a router that knows nothing of requirements, a route is open until
// somebody remembers to close it. Nothing tells that the second one is.
func ExampleGuard_Require_forgotten() {
	guard := &authz.Guard{Identifier: callers}
	api := http.NewServeMux()
	api.Handle("GET /notes", guard.Require(authz.Scope("notes/read"))(http.HandlerFunc(hello)))
	api.HandleFunc("GET /notes/export", hello) // forgotten

	try(api, "GET", "/notes", "")
	try(api, "GET", "/notes/export", "")
	// Output:
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes/export "": 200 hello stranger
}

// Right: a Mux mounted in the same router. Its Handle cannot be called without
// a requirement, and what it does not know it refuses.
func ExampleMux_mounted() {
	notes := authz.NewMux(&authz.Guard{Identifier: callers})
	notes.HandleFunc("GET /notes", authz.Scope("notes/read"), hello)

	api := http.NewServeMux()
	api.Handle("/notes", notes)
	api.Handle("/notes/", notes)

	try(api, "GET", "/notes", "")
	try(api, "GET", "/notes/export", "")
	try(api, "GET", "/notes/export", "reader")
	// Output:
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes/export "": 401 Bearer realm="api"
	// GET /notes/export "reader": 404
}

// Require is for the handlers of routers that a Mux cannot replace.
func ExampleGuard_Require() {
	guard := &authz.Guard{Identifier: callers}
	api := guard.Require(authz.Scope("notes/read"))(http.HandlerFunc(hello))

	try(api, "GET", "/notes", "")
	try(api, "GET", "/notes", "reader")
	// Output:
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "reader": 200 hello ada
}

// Allow fits middleware of any shape; here one that takes the next step as a
// function.
func ExampleGuard_Allow() {
	guard := &authz.Guard{Identifier: callers}
	middleware := func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		r, ok := guard.Allow(w, r, authz.Scope("notes/read"))
		if !ok {
			return // answered
		}
		next(w, r) // r carries the identity
	}
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { middleware(w, r, hello) })

	try(api, "GET", "/notes", "")
	try(api, "GET", "/notes", "reader")
	// Output:
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "reader": 200 hello ada
}

// A policy in a golden file shows every change of it to a reviewer.
func ExampleMux_Policy() {
	mux := authz.NewMux(&authz.Guard{Identifier: callers, Every: authz.TokenUse("access")})
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), hello)
	mux.HandleFunc("GET /notes", authz.AnyScope("notes/read", "notes/write"), hello)
	mux.HandleFunc("GET /hello", authz.Public(), hello)

	fmt.Print(mux.Policy())
	// Output:
	// identity: example tokens; JWT authorizer
	// every:    token use "access"
	//
	// GET   /hello      public
	// GET   /notes      scope notes/read or scope notes/write
	// POST  /notes      scope notes/write
	// *     (no route)  refused
}

// An audit log: one line per request, with the reason the client never sees.
func ExampleGuard_onDecision() {
	mux := authz.NewMux(&authz.Guard{
		Identifier: callers,
		OnDecision: func(_ *http.Request, d authz.Decision) {
			fmt.Printf("%s: %s %s: %v\n", d.Result, d.Route, d.Code, d.Err)
		},
	})
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), hello)

	r := httptest.NewRequest("POST", "/notes", nil)
	r.Header.Set("Authorization", "Bearer reader")
	mux.ServeHTTP(httptest.NewRecorder(), r)
	// Output:
	// refused: POST /notes insufficient_scope: authz: 403 insufficient_scope: needs scope notes/write
}

// A requirement may look at the request, and may choose its own answer: here
// another's note does not exist.
func ExampleFunc() {
	ownNote := authz.Func("owns the note", func(r *http.Request, id *claims.Identity) error {
		if r.PathValue("owner") != id.Subject {
			return &authz.Error{Status: http.StatusNotFound, Err: errors.New("another's note")}
		}
		return nil
	})
	mux := authz.NewMux(&authz.Guard{Identifier: callers})
	mux.HandleFunc("GET /notes/{owner}", authz.All(authz.Scope("notes/read"), ownNote), hello)

	try(mux, "GET", "/notes/ada", "reader")
	try(mux, "GET", "/notes/bob", "reader")
	// Output:
	// GET /notes/ada "reader": 200 hello ada
	// GET /notes/bob "reader": 404
}
