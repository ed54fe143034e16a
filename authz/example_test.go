package authz_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

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

// ginContext is as much of a *gin.Context as these examples need. As in gin, the
// chain goes on when a handler returns, unless that called Abort.
type ginContext struct {
	Writer  http.ResponseWriter
	Request *http.Request
	aborted bool
}

func (c *ginContext) Abort() { c.aborted = true }

// chain serves requests as a gin.Engine does.
func chain(handlers ...func(*ginContext)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &ginContext{Writer: w, Request: r}
		for _, h := range handlers {
			if h(c); c.aborted {
				return
			}
		}
	})
}

func ginHello(c *ginContext) { hello(c.Writer, c.Request) }

// Allow fits middleware of any shape, such as gin's, where a refusal must end the
// chain: returning is not enough.
func ExampleGuard_Allow() {
	guard := &authz.Guard{Identifier: callers}
	require := func(req authz.Requirement) func(*ginContext) {
		return func(c *ginContext) {
			r, ok := guard.Allow(c.Writer, c.Request, req)
			if !ok {
				c.Abort() // the refusal is written; nothing else may run
				return
			}
			c.Request = r // carries the identity
		}
	}
	api := chain(require(authz.Scope("notes/read")), ginHello)

	try(api, "GET", "/notes", "")
	try(api, "GET", "/notes", "reader")
	// Output:
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "reader": 200 hello ada
}

// Wrong: without Abort the chain goes on, and the handler's work is done and its
// answer sent after the refusal.
func ExampleGuard_Allow_withoutAbort() {
	guard := &authz.Guard{Identifier: callers}
	require := func(c *ginContext) {
		r, ok := guard.Allow(c.Writer, c.Request, authz.Scope("notes/read"))
		if !ok {
			return
		}
		c.Request = r
	}
	w := httptest.NewRecorder()
	chain(require, ginHello).ServeHTTP(w, httptest.NewRequest("GET", "/notes", nil))

	_, after, _ := strings.Cut(w.Body.String(), "\n")
	fmt.Println(w.Code, after)
	// Output:
	// 401 hello stranger
}

// Enclose stands around a router in which a requirement can be forgotten: what
// nobody decided about does not get out.
func ExampleGuard_Enclose() {
	guard := &authz.Guard{Identifier: callers}
	api := http.NewServeMux() // or any other router
	api.Handle("GET /notes", guard.Require(authz.Scope("notes/read"))(http.HandlerFunc(hello)))
	api.HandleFunc("GET /notes/export", hello) // forgotten

	enclosed := guard.Enclose(api)
	try(enclosed, "GET", "/notes", "reader")
	try(enclosed, "GET", "/nowhere", "")
	try(enclosed, "GET", "/notes/export", "reader")
	// Output:
	// GET /notes "reader": 200 hello ada
	// GET /nowhere "": 401 Bearer realm="api"
	// GET /notes/export "reader": 500
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
