package claims_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/claims"
)

func whoami(w http.ResponseWriter, r *http.Request) {
	caller, ok := claims.FromContext(r.Context())
	if !ok {
		http.Error(w, "nobody", http.StatusUnauthorized)
		return
	}
	fmt.Fprintf(w, "%s may write: %v", caller.Username, caller.HasScope("notes-api/write"))
}

// A handler is tested with an Identity in the request's context, and needs no
// event.
func ExampleNewIdentity() {
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{
		"sub":      "f2a4c6d8",
		"username": "ada",
		"scope":    "notes-api/read notes-api/write",
	})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	whoami(w, r.WithContext(claims.NewContext(r.Context(), caller)))
	fmt.Println(w.Code, w.Body)
	// Output: 200 ada may write: true
}

// In production the front's authorizer says who is calling. The pins keep out
// tokens of other issuers and events of other APIs.
func ExampleExtractor_Wrap() {
	who := claims.MustNew(claims.Config{
		Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI"},
		APIs:    []string{"a1b2c3"},
	})
	h := adapter.New(who.Wrap(http.HandlerFunc(whoami)), nil) // lambda.Start(h)

	reply, err := h.Invoke(context.Background(), []byte(`{
		"version": "2.0", "rawPath": "/", "rawQueryString": "", "headers": {},
		"requestContext": {
			"apiId": "a1b2c3", "stage": "$default", "http": {"method": "GET", "path": "/"},
			"authorizer": {"jwt": {"scopes": null, "claims": {
				"sub": "f2a4c6d8", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
				"username": "ada", "scope": "notes-api/read", "exp": "4102444800"
			}}}
		}
	}`))
	if err != nil {
		panic(err)
	}
	var answer struct{ Body string }
	if err := json.Unmarshal(reply, &answer); err != nil {
		panic(err)
	}
	fmt.Println(answer.Body)
	// Output: ada may write: false
}

// Claims that an HTTP API rendered as text fill the types they had in the token.
func ExampleIdentity_Decode() {
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{
		"sub":            "f2a4c6d8",
		"email_verified": "true", // as the event has it
		"level":          "7",
	})
	if err != nil {
		panic(err)
	}
	var user struct {
		Verified bool `json:"email_verified"`
		Level    int  `json:"level"`
	}
	err = caller.Decode(&user)
	fmt.Println(user.Verified, user.Level, err)
	// Output: true 7 <nil>
}

// Groups decide access only where their text can mean nothing else.
func ExampleIdentity_List() {
	caller, err := claims.NewIdentity(claims.JWT, map[string]any{
		"sub":            "f2a4c6d8",
		"iss":            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI",
		"cognito:groups": "[admin poweruser]", // names of Cognito groups hold no blanks
		"roles":          "[admin poweruser]", // one role, or two? Config.Lists can say
	})
	if err != nil {
		panic(err)
	}
	groups, err := caller.List("cognito:groups")
	fmt.Printf("%q %v\n", groups, err)
	roles, err := caller.List("roles")
	fmt.Printf("%q %v\n", roles, err)
	// Output:
	// ["admin" "poweruser"] <nil>
	// [] claims: text of a list is ambiguous: claim "roles"
}
