package notes_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/examples/notes"
)

// A test of one's own API needs no event and no gateway: NewIdentity makes the
// caller, NewContext puts it where the authorizer's would be.
func ExampleHandler() {
	reader, err := claims.NewIdentity(claims.JWT, map[string]any{
		"iss": "https://issuer.example", "sub": "ada", "scope": "notes-api/read",
	})
	if err != nil {
		log.Fatal(err)
	}
	api := notes.Handler(nil, &notes.Memory{})
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := httptest.NewRequest(method, "/notes", nil)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r.WithContext(claims.NewContext(r.Context(), reader)))
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 {"notes":[]}
	// 403 {"title":"Forbidden","status":403,"detail":"The caller may not perform this operation.","code":"insufficient_scope","scopes":["notes-api/write"]}
}
