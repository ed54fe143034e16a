package apigateway_test

import (
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/authz/apigateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

func serve(http.ResponseWriter, *http.Request) {}

func policy() *authz.Mux {
	who := claims.MustNew(claims.Config{Issuers: []string{claims.CognitoUserPool("eu-west-1_AbCdEfGhI")}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /hello", authz.Public(), serve)
	mux.HandleFunc("POST /notes", authz.Scope("notes-api/write"), serve)
	mux.HandleFunc("POST /notes/{id}/tags", authz.All(authz.Groups("editors"), authz.Scope("notes-api/write")), serve)
	mux.HandleFunc("DELETE /notes/{id}", authz.Any(authz.Groups("editors"), authz.Scope("notes-api/delete")), serve)
	return mux
}

// The routes of a policy. What the gateway cannot ask for, such as a group, is left
// to the function.
func ExampleNew() {
	plan, err := apigateway.New(policy(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	// Output:
	// ANY     /                 any token
	// GET     /hello            open
	// HEAD    /hello            open
	// POST    /notes            scope notes-api/write
	// DELETE  /notes/{id}       any token
	// POST    /notes/{id}/tags  scope notes-api/write
	// ANY     /{proxy+}         any token
}

// What changes between two versions, for a pull request, and what to deploy first.
func ExampleCompare() {
	old, err := apigateway.ParseRoutes([]byte(`{"version":1,"routes":[
		{"key":"GET /hello","auth":"NONE"},
		{"key":"POST /notes","auth":"JWT","scopes":["notes-api/write"]},
		{"key":"ANY /{proxy+}","auth":"JWT"}
	]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	comparison, err := apigateway.Compare(old, []apigateway.Route{
		{Key: "GET /hello", Auth: apigateway.None},
		{Key: "POST /notes", Auth: apigateway.JWT, Scopes: []string{"notes-api/write", "notes-api/import"}},
		{Key: "ANY /{proxy+}", Auth: apigateway.JWT},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(comparison.Markdown())
	// Output:
	// ## Gateway routes
	//
	// ### Loosened
	//
	// | route | was | is |
	// |---|---|---|
	// | `POST /notes` | scope notes-api/write | scope notes-api/write or notes-api/import |
	//
	// Deploy the gateway first, then the function: the running function is the stricter one.
}

// A program of the user's around Main: go run ./deploy -out deploy/gateway.
func ExampleMain() {
	main := func() { apigateway.Main(policy(), &apigateway.Options{Title: "notes"}) }
	_ = main
}

// The commands of Main can be called with arguments of one's own, as here by a test.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "gateway")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	fmt.Println(apigateway.Run([]string{"-out", dir}, io.Discard, os.Stderr, policy(), nil))
	fmt.Println(apigateway.Run([]string{"-diff", dir}, os.Stdout, os.Stderr, policy(), nil))
	// Output:
	// 0
	// 0
}
