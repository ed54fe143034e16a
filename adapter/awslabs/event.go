package awslabs

import (
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// The types of package events write some events otherwise than AWS does. These
// write the same members as AWS.

// eventV1 has the member that tells payload format 1.0 from a REST API's event.
type eventV1 struct {
	Version string `json:"version,omitempty"`
	events.APIGatewayProxyRequest
}

// writableV1 gives the event its version back. An HTTP API's resourceId is the
// route key, "GET /notes/{id}" or "$default" (the latter is unconfirmed); a REST
// API's is made of letters and digits. Taken for the wrong one, an event's
// authorizer data is refused by package claims rather than misread: the two
// write a token's exp differently.
func writableV1(event events.APIGatewayProxyRequest) eventV1 {
	e := eventV1{APIGatewayProxyRequest: event}
	if strings.ContainsAny(event.RequestContext.ResourceID, " $") {
		e.Version = "1.0"
	}
	return e
}

// eventV2 leaves out what the event did not have: an empty client certificate
// and an empty Cognito identity are not the same as none.
type eventV2 struct {
	events.APIGatewayV2HTTPRequest
	RequestContext contextV2 `json:"requestContext"`
}

type contextV2 struct {
	events.APIGatewayV2HTTPRequestContext
	Authorizer     *authorizerV2                                       `json:"authorizer,omitempty"`
	Authentication events.APIGatewayV2HTTPRequestContextAuthentication `json:"authentication,omitzero"`
}

type authorizerV2 struct {
	events.APIGatewayV2HTTPRequestContextAuthorizerDescription
	IAM *iamV2 `json:"iam,omitempty"`
}

type iamV2 struct {
	events.APIGatewayV2HTTPRequestContextAuthorizerIAMDescription
	CognitoIdentity events.APIGatewayV2HTTPRequestContextAuthorizerCognitoIdentity `json:"cognitoIdentity,omitzero"`
}

// writableV2 also fills in what the library finds elsewhere in the events that
// tests write: the path and the query.
func writableV2(event events.APIGatewayV2HTTPRequest) eventV2 {
	rc := event.RequestContext
	e := eventV2{event, contextV2{rc, authorizerOf(rc.Authorizer), rc.Authentication}}
	if e.RawPath == "" {
		e.RawPath = rc.HTTP.Path
	}
	if e.RawQueryString == "" && len(e.QueryStringParameters) > 0 {
		query := make(url.Values, len(e.QueryStringParameters))
		for name, value := range e.QueryStringParameters {
			query.Set(name, value)
		}
		e.RawQueryString = query.Encode()
	}
	return e
}

func authorizerOf(typed *events.APIGatewayV2HTTPRequestContextAuthorizerDescription) *authorizerV2 {
	if typed == nil {
		return nil
	}
	a := &authorizerV2{*typed, nil}
	if typed.IAM != nil {
		a.IAM = &iamV2{*typed.IAM, typed.IAM.CognitoIdentity}
	}
	return a
}
