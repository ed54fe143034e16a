package claims_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/claims"
)

// eventFrom is the event that a front writes for a request which this authorizer
// let pass.
func eventFrom(format adapter.Format, authorizer gateway.Authorizer, r *http.Request) *http.Request {
	g := gateway.MustNew(gateway.Config{Format: format, Authorizer: authorizer})
	text, err := g.Event(r)
	if err != nil {
		panic(err)
	}
	event, err := adapter.ParseEvent(text)
	if err != nil {
		panic(err)
	}
	return r.WithContext(adapter.NewContext(r.Context(), event))
}

// A Lambda authorizer's context says what its author likes. LambdaClaims give
// keys of it the meaning that a token's claims have.
func ExampleConfig_lambdaClaims() {
	who := claims.MustNew(claims.Config{
		Sources:      []claims.Source{claims.LambdaAuthorizer},
		Accounts:     []string{"123456789012"},
		LambdaClaims: map[string]string{"sub": "userId", "scope": "permissions"},
	})
	authorizer := &gateway.LambdaAuthorizer{SimpleResponses: true, Function: gateway.FunctionFunc(func(context.Context, []byte) ([]byte, error) {
		// sub means nothing: LambdaClaims do not name the key.
		return []byte(`{"isAuthorized":true,"context":{"userId":"ada","permissions":"notes/read","sub":"root"}}`), nil
	})}
	r := eventFrom(adapter.HTTPAPIV2, authorizer, httptest.NewRequest("GET", "/notes", nil))

	id, err := who.Identify(r)
	if err != nil {
		panic(err)
	}
	fmt.Println(id.Source, id.Subject, id.Scopes)
	// Output: Lambda authorizer ada [notes/read]
}

// Whoever signed with credentials of an identity pool shares the pool's role with
// all its users: the Subject is the user.
func ExampleIdentity_iam() {
	who := claims.MustNew(claims.Config{
		Sources: []claims.Source{claims.SigV4},
		APIs:    []string{"a1b2c3d4e5"},
		Issuers: []string{"eu-west-1:0b1c2d3e"}, // the identity pool
	})
	authorizer := &gateway.IAMAuthorizer{Verify: func(*http.Request) (*gateway.IAMCaller, error) {
		return &gateway.IAMCaller{
			UserID: "AROAEXAMPLE:CognitoIdentityCredentials",
			Pool:   &gateway.PoolIdentity{IdentityID: "eu-west-1:ada", PoolID: "eu-west-1:0b1c2d3e", AMR: []string{"authenticated"}},
		}, nil
	}}
	r := httptest.NewRequest("GET", "/notes", nil)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/…")

	id, err := who.Identify(eventFrom(adapter.HTTPAPIV2, authorizer, r))
	if err != nil {
		panic(err)
	}
	fmt.Println(id.Source, id.Subject, id.IAM.UserID)
	// Output: AWS signature eu-west-1:ada AROAEXAMPLE:CognitoIdentityCredentials
}

// A queue's messages reach the function's other half. Whatever a user of a
// Cognito identity pool sends in their shape does not.
func ExampleFallback() {
	events := claims.Fallback{
		Sources: []string{"arn:aws:sqs:eu-west-1:123456789012:notes"},
		Events: func(_ context.Context, event json.RawMessage) (any, error) {
			return "indexed", nil
		},
	}
	h := adapter.New(http.NotFoundHandler(), &adapter.Options{Fallback: events.Handle}) // lambda.Start(h)

	batch := []byte(`{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:notes","body":"{}"}]}`)
	reply, err := h.Invoke(context.Background(), batch)
	fmt.Println(string(reply), err)

	user := lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{
		Identity: lambdacontext.CognitoIdentity{CognitoIdentityID: "eu-west-1:ada", CognitoIdentityPoolID: "eu-west-1:0b1c2d3e"},
	})
	_, err = h.Invoke(user, batch)
	fmt.Println(err)
	// Output:
	// "indexed" <nil>
	// claims: a client invoked the function itself and wrote its event
}
