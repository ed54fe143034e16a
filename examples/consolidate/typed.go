package consolidate

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-lambda-go/events"
)

// Typed has the functions as they were: each for one route of an HTTP API, whose JWT
// authorizer and scopes are all that protects it.
type Typed struct{ Notes *Notes }

// Read is the function of GET /notes/{id}.
func (f Typed) Read(_ context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	text, ok := f.Notes.Get(owner(event), event.PathParameters["id"])
	if !ok {
		return typed(http.StatusNotFound, "no such note"), nil
	}
	return typed(http.StatusOK, text), nil
}

// List is the function of GET /notes.
func (f Typed) List(_ context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	body, err := json.Marshal(f.Notes.List(owner(event)))
	return typed(http.StatusOK, string(body)), err
}

// Write is the function of POST /notes.
func (f Typed) Write(_ context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	text := event.Body
	if event.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return typed(http.StatusBadRequest, "the body cannot be read"), nil
		}
		text = string(decoded)
	}
	reply := typed(http.StatusCreated, text)
	reply.Headers["Location"] = "/notes/" + f.Notes.Add(owner(event), text)
	return reply, nil
}

// owner fails where the route has no authorizer, as such functions do.
func owner(event events.APIGatewayV2HTTPRequest) string {
	return event.RequestContext.Authorizer.JWT.Claims["sub"]
}

func typed(status int, body string) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: body, Headers: map[string]string{"Content-Type": "text/plain; charset=utf-8"}}
}
