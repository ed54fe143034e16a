package ginauthz_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gin-gonic/gin"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/ginauthz"
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

func hello(c *gin.Context) {
	caller, ok := claims.FromContext(c.Request.Context())
	if !ok {
		c.String(http.StatusOK, "hello stranger")
		return
	}
	c.String(http.StatusOK, "hello %s", caller.Subject)
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
	engine := gin.New()
	engine.SetTrustedProxies(nil) // c.ClientIP is the front's word, not the client's
	engine.Use(gin.Recovery())    // before New: refused requests, too
	r := ginauthz.New(engine, &authz.Guard{Identifier: callers}, nil)
	r.GET("/hello", authz.Public(), hello)
	notes := r.Group("/notes", authz.Scope("notes/read"))
	notes.GET("", authz.Authenticated(), hello)
	notes.POST("", authz.Scope("notes/write"), hello) // needs both

	try(r, "GET", "/hello", "") // r is the handler to serve
	try(r, "GET", "/notes", "")
	try(r, "GET", "/notes", "reader")
	try(r, "POST", "/notes", "reader")
	try(r, "POST", "/notes", "writer")
	try(r, "GET", "/nowhere", "")
	try(r, "GET", "/nowhere", "reader")
	// Output:
	// GET /hello "": 200 hello stranger
	// GET /notes "": 401 Bearer realm="api"
	// GET /notes "reader": 200 hello ada
	// POST /notes "reader": 403 Bearer realm="api", error="insufficient_scope", scope="notes/read notes/write"
	// POST /notes "writer": 200 hello bob
	// GET /nowhere "": 401 Bearer realm="api"
	// GET /nowhere "reader": 404
}

// A route that was registered without a requirement stops the whole API, and not
// only in production: the first request of any test finds it.
func Example_forgotten() {
	engine := gin.New()
	r := ginauthz.New(engine, &authz.Guard{Identifier: callers}, nil)
	r.GET("/hello", authz.Public(), hello)
	engine.GET("/notes/export", hello) // wrong

	defer func() { fmt.Println(recover()) }()
	try(r, "GET", "/hello", "")
	// Output:
	// ginauthz: these routes were registered without a requirement, so nothing is served: GET /notes/export
}

// Handlers that check something themselves must abort: in gin, the handlers after
// one that only returns still run.
func Example_abort() {
	engine := gin.New()
	r := ginauthz.New(engine, &authz.Guard{Identifier: callers}, nil)
	open := func(c *gin.Context) {
		if c.Query("confirm") != "yes" {
			c.AbortWithStatus(http.StatusBadRequest) // return alone would not be enough
			return
		}
	}
	r.GET("/notes", authz.Scope("notes/read"), open, hello)

	try(r, "GET", "/notes?confirm=yes", "") // refused and aborted: neither handler runs
	try(r, "GET", "/notes?confirm=yes", "reader")
	try(r, "GET", "/notes", "reader")
	// Output:
	// GET /notes?confirm=yes "": 401 Bearer realm="api"
	// GET /notes?confirm=yes "reader": 200 hello ada
	// GET /notes "reader": 400
}

// A policy in a golden file shows every change of it to a reviewer.
func ExampleRoutes_Policy() {
	r := ginauthz.New(gin.New(), &authz.Guard{Identifier: callers}, nil)
	r.GET("/hello", authz.Public(), hello)
	notes := r.Group("/notes", authz.Scope("notes/read"))
	notes.GET("/:id", authz.Authenticated(), hello)
	notes.PUT("/:id", authz.Scope("notes/write"), hello)

	fmt.Print(r.Policy())
	// Output:
	// identity: example tokens; JWT authorizer
	//
	// GET  /hello      public
	// GET  /notes/:id  scope notes/read and authenticated
	// PUT  /notes/:id  scope notes/read and scope notes/write
	// *    (no route)  refused
}
