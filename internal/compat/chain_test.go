package compat

import (
	"bytes"
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdaurl"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/cors"
	"github.com/gatehouse-go/gatehouse/internal/scenario"
)

// chain is the whole chain as users deploy it: cors, a Mux, claims of a JWT
// authorizer and a scope before a trivial handler.
func chain() http.Handler {
	who := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Gh2026Abc"}})
	mux := authz.NewMux(&authz.Guard{Identifier: who})
	mux.HandleFunc("GET /notes", authz.Scope("notes-api/read"), scenario.SayHello)
	api := cors.MustNew(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowHeaders: []string{"Authorization"}})
	return api.Wrap(mux)
}

// get is the small GET of an HTTP API, with 14 claims that have not expired.
func get(tb testing.TB) scenario.Scenario {
	event := scenario.EventFile(tb, eventFolder, "httpapi_v2_get.json")
	event = bytes.Replace(event, []byte(`"exp":"1794913200"`), []byte(`"exp":"4102444800"`), 1)
	return scenario.Scenario{Name: "GET", Event: event, Handler: scenario.SayHello}
}

// TestPeers: what is compared answers alike.
func TestPeers(t *testing.T) {
	s := get(t)
	for _, peer := range peers {
		reply, err := peer.make().Invoke(t.Context(), s.Event)
		if err != nil || !bytes.Contains(reply, []byte("hello")) {
			t.Errorf("%s: %s, %v", peer.name, reply, err)
		}
	}
}

// peers are what a program can be made of that answers a small GET.
var peers = []struct {
	name string
	make func() lambda.Handler
}{
	{"adapter", func() lambda.Handler { return adapter.New(http.HandlerFunc(scenario.SayHello), nil) }},
	{"chain", func() lambda.Handler { return adapter.New(chain(), nil) }},
	{"archived", func() lambda.Handler { return archived(scenario.Scenario{Handler: scenario.SayHello}) }},
	{"typed", func() lambda.Handler { return lambda.NewHandler(typed) }},
	{"lambdaurl", func() lambda.Handler { return lambda.NewHandler(lambdaurl.Wrap(http.HandlerFunc(scenario.SayHello))) }},
}

// typed is a plain handler of aws-lambda-go's, without net/http.
func typed(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return events.APIGatewayV2HTTPResponse{
		StatusCode: http.StatusOK,
		Headers:    map[string]string{"Content-Type": "application/json"},
		Body:       `{"message":"hello"}`,
	}, nil
}
