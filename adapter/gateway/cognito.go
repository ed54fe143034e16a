package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// CognitoAuthorizer is a REST API's Cognito user pool authorizer ("Control
// access to REST APIs using Amazon Cognito user pools as an authorizer"). New
// refuses it on other fronts. It is safe for concurrent use. The zero
// CognitoAuthorizer refuses every token.
//
// On a route with Scopes an access token with one of them is needed, on a
// route without Scopes an ID token; any client of the pool will do.
type CognitoAuthorizer struct {
	// Issuers are the user pools, as their tokens' iss names them:
	// "https://cognito-idp.REGION.amazonaws.com/POOL". Empty: none.
	Issuers []string
	// Header holds the token; "": "Authorization".
	Header string
	// Verify checks a token's signature and returns its claims as JSON; nil
	// refuses every token. It need not look at the claims.
	Verify func(ctx context.Context, token string) (json.RawMessage, error)
}

// cognitoData is what a Cognito authorizer tells the function; there is no
// member for scopes.
type cognitoData struct {
	Claims map[string]string `json:"claims"`
}

func (d cognitoData) shape(f adapter.Format) (any, map[string]any, error) {
	if f != adapter.RESTAPI {
		return nil, nil, fmt.Errorf("gateway: %v: has no Cognito authorizer", f)
	}
	return d, nil, nil
}

// Authorize is an Authorizer.
func (a *CognitoAuthorizer) Authorize(r *http.Request, route Route) (*Authorization, error) {
	name := a.Header
	if name == "" {
		name = "Authorization"
	}
	claims, reason := verify(a.Verify).claims(r.Context(), bearer(headerValue(r, name)))
	if reason == "" {
		reason = a.judge(claims, route.Scopes, time.Now())
	}
	if reason != "" {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: reason}
	}
	// Documented as ACCESS_DENIED ("Gateway response types for API Gateway").
	if len(route.Scopes) > 0 && !anyOf(claims.scopes(), route.Scopes) {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: reasonScope}
	}
	return &Authorization{Authorizer: cognitoData{authorizer.RenderCognito(claims)}}, nil
}

// check reports a front without such authorizers.
func (a *CognitoAuthorizer) check(c *Config) error {
	if c.Format != adapter.RESTAPI {
		return fmt.Errorf("gateway: CognitoAuthorizer: Format %v has no such authorizer", c.Format)
	}
	return nil
}

// judge returns the reason why the claims do not pass, "" if they do.
func (a *CognitoAuthorizer) judge(claims tokenClaims, scopes []string, now time.Time) adapter.Reason {
	issuer, _ := claims["iss"].(string)
	switch {
	case issuer == "" || !slices.Contains(a.Issuers, issuer):
		return reasonIssuer
	case len(scopes) > 0 && claims["token_use"] != any("access"):
		return reasonAccessNeeded
	case len(scopes) == 0 && claims["token_use"] != any("id"):
		return reasonIDNeeded
	}
	return claims.untimely(now)
}
