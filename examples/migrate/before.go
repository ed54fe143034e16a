package migrate

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Before is an API as a typed handler, with a route of the gateway for each
// operation.
func Before(_ context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	caller := event.RequestContext.Authorizer
	if caller == nil || caller.JWT == nil {
		return reply(http.StatusUnauthorized, ""), nil
	}
	subject := caller.JWT.Claims["sub"]
	scopes := " " + caller.JWT.Claims["scope"] + " "
	switch event.RouteKey {
	case "GET /notes/{id}":
		if !strings.Contains(scopes, " notes-api/read ") {
			return reply(http.StatusForbidden, ""), nil
		}
		return reply(http.StatusOK, subject+" reads "+event.PathParameters["id"]+" as "+event.QueryStringParameters["as"]), nil
	case "POST /notes":
		if !strings.Contains(scopes, " notes-api/write ") {
			return reply(http.StatusForbidden, ""), nil
		}
		body := event.Body
		if event.IsBase64Encoded {
			decoded, err := base64.StdEncoding.DecodeString(event.Body)
			if err != nil {
				return reply(http.StatusBadRequest, ""), nil
			}
			body = string(decoded)
		}
		return reply(http.StatusCreated, subject+" writes "+body+" in "+event.Headers["content-language"]), nil
	}
	return reply(http.StatusNotFound, ""), nil
}

func reply(status int, body string) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Body: body, Headers: map[string]string{"Content-Type": "text/plain"}}
}
