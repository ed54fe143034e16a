package notes_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/authz/authztest"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// A test of the API as production has it, pins included, needs neither a gateway nor
// a token.
func ExampleHandler() {
	who := claims.MustNew(claims.Config{
		Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"},
		APIs:    []string{"n0tes4p1id"},
	})
	api := notes.Handler(who, &notes.Memory{})
	front := authztest.FrontOf(api)
	reader := map[string]any{"sub": "ada", "scope": "notes-api/read"}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		w := httptest.NewRecorder()
		api.ServeHTTP(w, front.As(httptest.NewRequest(method, "/notes", nil), reader))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 {"notes":[]}
	// 403 {"title":"Forbidden","status":403,"detail":"The caller may not perform this operation.","code":"insufficient_scope","scopes":["notes-api/write"]}
}
