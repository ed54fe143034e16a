package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// JWTAuthorizer is an HTTP API's JWT authorizer ("Control access to HTTP APIs
// with JWT authorizers"). It is an Authorizer for payloads 1.0 and 2.0; New refuses
// it on other fronts. It accepts RSA signatures alone. It is safe for concurrent use
// if Verify is. The zero JWTAuthorizer refuses every token.
type JWTAuthorizer struct {
	// Issuer must equal the token's iss; "": every token is refused.
	Issuer string
	// Audience lists the accepted audiences: a token's aud must hold one of them,
	// or its client_id if it has no aud. Empty: every token is refused.
	Audience []string
	// IdentitySource says where the token is: "$request.header.NAME" or
	// "$request.querystring.NAME"; "": "$request.header.Authorization".
	IdentitySource string
	// Verify checks a token's signature and returns its claims as JSON; nil
	// refuses every token. It need not look at the claims.
	Verify func(ctx context.Context, token string) (json.RawMessage, error)
}

// jwtData is what a JWT authorizer tells the function. Scopes is null unless
// the route has scopes, then it holds all of the token's.
type jwtData struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"`
}

func (d jwtData) shape(f adapter.Format) (any, map[string]any, error) {
	switch f {
	case adapter.HTTPAPIV1:
		return d, nil, nil
	case adapter.HTTPAPIV2:
		return map[string]any{"jwt": d}, nil, nil
	}
	return nil, nil, fmt.Errorf("gateway: %v: has no JWT authorizer of an HTTP API", f)
}

// Authorize is an Authorizer.
func (a *JWTAuthorizer) Authorize(r *http.Request, route Route) (*Authorization, error) {
	from, err := a.source()
	if err != nil {
		return nil, err
	}
	token := bearer(from.value(&call{request: r}))
	claims, reason := verify(a.Verify).claims(r.Context(), token)
	if reason == "" && !isRSA(algorithm(token)) {
		reason = reasonAlgorithm
	}
	if reason == "" {
		reason = a.judge(claims, time.Now())
	}
	if reason != "" {
		return nil, unauthorizedJWT(reason, route.Scopes)
	}
	data := jwtData{Claims: authorizer.RenderHTTPAPI(claims)}
	if len(route.Scopes) > 0 {
		data.Scopes = claims.scopes()
		if !anyOf(data.Scopes, route.Scopes) {
			return nil, forbiddenJWT(route.Scopes)
		}
	}
	return &Authorization{Authorizer: data}, nil
}

// isRSA reports whether an HTTP API supports the algorithm. "" stands for a token
// whose header cannot be read, which is left to Verify.
func isRSA(alg string) bool {
	return alg == "" || strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")
}

// source is where the token is.
func (a *JWTAuthorizer) source() (source, error) {
	from, err := parseSource(adapter.HTTPAPIV2, cmp.Or(a.IdentitySource, "$request.header.Authorization"))
	if err == nil && from.kind != headerSource && from.kind != querySource {
		err = fmt.Errorf("identity source %q: neither a header nor a query parameter", a.IdentitySource)
	}
	return from, err
}

// check reports settings that cannot work.
func (a *JWTAuthorizer) check(c *Config) error {
	if c.Format != adapter.HTTPAPIV1 && c.Format != adapter.HTTPAPIV2 {
		return fmt.Errorf("gateway: JWTAuthorizer: Format %v has no such authorizer; a REST API has a NativeJWTAuthorizer", c.Format)
	}
	if _, err := a.source(); err != nil {
		return fmt.Errorf("gateway: JWTAuthorizer: %w", err)
	}
	return nil
}

// judge returns the reason why the claims do not pass, "" if they do.
func (a *JWTAuthorizer) judge(claims tokenClaims, now time.Time) adapter.Reason {
	switch {
	case a.Issuer == "" || claims["iss"] != any(a.Issuer):
		return reasonIssuer
	case !anyOf(claims.audience(), a.Audience):
		return reasonAudience
	}
	return claims.untimely(now)
}

// audience is the token's aud. client_id counts instead if aud is absent, and not
// if it is empty or null.
func (c tokenClaims) audience() []string {
	if aud, ok := c["aud"]; ok {
		return texts(aud)
	}
	clientID, _ := c["client_id"].(string)
	if clientID == "" {
		return nil
	}
	return []string{clientID}
}

// descriptions are the error_description values of a 401. Only that of the
// audience is documented ("Troubleshooting issues with HTTP API JWT
// authorizers"); the other texts are unconfirmed.
var descriptions = map[adapter.Reason]string{
	reasonUnverified: "the token could not be verified",
	reasonMalformed:  "the token is malformed",
	reasonNoExpiry:   "the token has no expiry",
	reasonExpired:    "the token has expired",
	reasonNotYet:     "the token is not yet valid",
	reasonFuture:     "the token is not yet valid",
	reasonIssuer:     "the token does not have a valid issuer",
	reasonAudience:   "the token does not have a valid audience",
	reasonAlgorithm:  "the token's algorithm is not supported",
}

// unauthorizedJWT is the 401. Its challenge names no error if the request has no
// token (RFC 6750 section 3.1).
func unauthorizedJWT(reason adapter.Reason, scopes []string) *Refusal {
	challenge := "Bearer"
	if reason != reasonNoToken {
		challenge = fmt.Sprintf(`Bearer scope="%s" error="invalid_token" error_description="%s"`,
			strings.Join(scopes, " "), descriptions[reason])
	}
	return challenged(http.StatusUnauthorized, reason, challenge)
}

func forbiddenJWT(scopes []string) *Refusal {
	list := strings.Join(scopes, " ")
	return challenged(http.StatusForbidden, reasonScope, fmt.Sprintf(
		`Bearer scope="%s" error="insufficient_scope" error_description="expected scopes: [%s]"`, list, list))
}

func challenged(status int, reason adapter.Reason, challenge string) *Refusal {
	return &Refusal{Status: status, Reason: reason, Header: http.Header{"Www-Authenticate": {challenge}}}
}
