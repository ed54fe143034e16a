package echoauthz_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/echoauthz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// identify knows the examples' callers by their tokens. A program uses a
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

func hello(c echo.Context) error {
	caller, ok := claims.FromContext(c.Request().Context())
	if !ok {
		return c.String(http.StatusOK, "hello stranger")
	}
	return c.String(http.StatusOK, "hello "+caller.Subject)
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
	e := echo.New()
	r := echoauthz.New(e, &authz.Guard{Identifier: callers}, nil)
	r.GET("/hello", authz.Public(), hello)
	notes := r.Group("/notes", authz.Scope("notes/read"))
	notes.GET("", authz.Authenticated(), hello)
	notes.POST("", authz.Scope("notes/write"), hello) // needs both
	e.GET("/notes/export", hello)                     // forgotten, so refused

	try(e, "GET", "/hello", "")
	try(e, "GET", "/notes", "")
	try(e, "GET", "/notes", "reader")
	try(e, "POST", "/notes", "reader")
	try(e, "POST", "/notes", "writer")
	try(e, "GET", "/notes/export", "writer")
	try(e, "GET", "/nowhere", "")
	try(e, "GET", "/nowhere", "reader")
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
	r := echoauthz.New(echo.New(), &authz.Guard{Identifier: callers}, nil)
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

// An API whose errors all look alike has Echo's error handler write the
// refusals, too. The challenge is already set.
func ExampleNew() {
	e := echo.New()
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		status := http.StatusInternalServerError
		var known *echo.HTTPError
		if errors.As(err, &known) {
			status = known.Code
		}
		c.JSON(status, echo.Map{"error": http.StatusText(status)})
	}
	r := echoauthz.New(e, &authz.Guard{Identifier: callers}, &echoauthz.Options{ErrorHandler: true})
	r.GET("/notes", authz.Scope("notes/read"), hello)

	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/notes", nil))
	fmt.Print(w.Code, " ", w.Header().Get("WWW-Authenticate"), " ", w.Body)
	// Output:
	// 401 Bearer realm="api" {"error":"Unauthorized"}
}
