package authztest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
)

// newAPI is what production deploys, pins included.
func newAPI() *authz.Mux {
	who := claims.MustNew(claims.Config{
		Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"},
		APIs:    []string{"n0tes4p1id"},
	})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes/read"), func(w http.ResponseWriter, r *http.Request) {
		id, _ := claims.FromContext(r.Context())
		fmt.Fprintln(w, "the notes of", id.Subject)
	})
	mux.HandleFunc("POST /notes", authz.Scope("notes/write"), func(http.ResponseWriter, *http.Request) {})
	return mux
}

// A handler under test is given its caller by As, and judges the caller as in
// production.
func ExampleFront_As() {
	api := newAPI()
	front := authztest.FrontOf(api)
	ada := map[string]any{"sub": "ada", "scope": "notes/read"}
	for _, method := range []string{"GET", "POST"} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, front.As(httptest.NewRequest(method, "/notes", nil), ada))
		fmt.Println(method, w.Code)
	}
	// Another API's authorizer may vouch for anybody: the pins refuse it.
	front.APIID = "f0reign"
	w := httptest.NewRecorder()
	api.ServeHTTP(w, front.As(httptest.NewRequest("GET", "/notes", nil), ada))
	fmt.Println("from another API:", w.Code)
	// Output:
	// GET 200
	// POST 403
	// from another API: 401
}

// The audit of who may do what, for a golden file.
func ExampleMatrix() {
	fmt.Print(authztest.Matrix(newAPI(),
		authztest.Caller{Name: "nobody"},
		authztest.Caller{Name: "reader", Claims: map[string]any{"sub": "ada", "scope": "notes/read"}},
		authztest.Caller{Name: "writer", Claims: map[string]any{"sub": "bob", "scope": "notes/read notes/write"}},
	))
	// Output:
	//                                   nobody  reader  writer
	// GET   /notes      scope notes/read   401     yes     yes
	// POST  /notes      scope notes/write  401     403     yes
	// *     (no route)  refused            401     404     404
}
