package authorizer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/authorizer"
	"github.com/gatehouse-go/gatehouse/claims"
)

// routes are the function's, for whoever it is told is calling.
func routes(who authz.Identifier) *authz.Mux {
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes/read"), func(w http.ResponseWriter, r *http.Request) {
		caller, _ := claims.FromContext(r.Context())
		fmt.Fprintf(w, "notes of %s, by %s", caller.Subject, caller.Source)
	})
	mux.HandleFunc("DELETE /notes", authz.Scope("notes/admin"), func(http.ResponseWriter, *http.Request) {})
	return mux
}

// sessions are tokens of the API's own.
var sessions = authz.IdentifierFunc("session tokens", claims.Trust{
	Sources: []claims.Source{claims.Verified},
	Issuers: []string{"https://sessions.example.com"},
	Reads:   []string{"header Authorization"},
}, func(r *http.Request) (*claims.Identity, error) {
	switch r.Header.Get("Authorization") {
	case "":
		return nil, nil // nobody
	case "Bearer s3cret": // a program looks the session up, and answers in constant time
		return claims.NewIdentity(claims.Verified, map[string]any{
			"iss": "https://sessions.example.com", "sub": "ada", "exp": time.Now().Add(time.Hour).Unix(), "scope": "notes/read",
		})
	}
	return nil, errors.New("no such session")
})

// A REST API asks the authorizer, and the function decides once more by what it is
// told.
func Example() {
	asked := authorizer.MustNew(authorizer.Config{Routes: routes(nil), Identifier: sessions})
	who := claims.MustNew(claims.Config{
		Sources:        []claims.Source{claims.LambdaAuthorizer},
		LambdaIdentity: authorizer.ContextKey,
		Issuers:        []string{"https://sessions.example.com"},
		APIs:           []string{"a1b2c3d4e5"},
	})
	api := gateway.MustNew(gateway.Config{ // plays the API
		Function:   adapter.New(routes(who), nil),
		Format:     adapter.RESTAPI,
		Authorizer: &gateway.LambdaAuthorizer{Function: asked},
	})

	for _, request := range []struct{ method, authorization string }{{"GET", "Bearer s3cret"}, {"DELETE", "Bearer s3cret"}, {"GET", "Bearer guess"}} {
		r := httptest.NewRequest(request.method, "/prod/notes", nil)
		r.Header.Set("Authorization", request.authorization)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		fmt.Println(request.method, w.Code, w.Body)
	}
	// Output:
	// GET 200 notes of ada, by Lambda authorizer
	// DELETE 403 {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}
	// GET 401 {"message":"Unauthorized"}
}

// One function can be both, the API's authorizer and the integration of its routes.
func ExampleAuthorizer_Invoke_fallback() {
	asked := authorizer.MustNew(authorizer.Config{Routes: routes(nil), Identifier: sessions})
	function := adapter.New(routes(nil), &adapter.Options{
		Fallback: func(ctx context.Context, event json.RawMessage) (any, error) {
			reply, err := asked.Invoke(ctx, event)
			return json.RawMessage(reply), err
		},
	})
	reply, err := function.Invoke(context.Background(), []byte(`{"type":"TOKEN","authorizationToken":"Bearer s3cret",
		"methodArn":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/DELETE/notes"}`))
	fmt.Printf("%s %v\n", reply, err)
	// Output: {"principalId":"nobody","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":"arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/DELETE/notes"}]}} <nil>
}
