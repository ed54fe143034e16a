package gateway

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// NativeJWTAuthorizer is a REST API's JWT authorizer of November 2026 ("Control
// access to REST APIs with JWT authorizers"). Unlike a [JWTAuthorizer] it accepts
// tokens of several issuers, and passes their claims on with their JSON types. New
// refuses it on other fronts. It is safe for concurrent use if Verify is. The zero
// NativeJWTAuthorizer refuses every token.
//
// It is unconfirmed that its refusals look like a Cognito authorizer's, and that
// the event has nothing besides the claims.
type NativeJWTAuthorizer struct {
	// Issuers are those whose tokens are accepted; empty: every token is refused.
	Issuers []JWTIssuer
	// Algorithms lists the accepted values of a token's alg, such as "RS256";
	// empty: every token is refused.
	Algorithms []string
	// Header holds the token; "": "Authorization".
	Header string
	// Verify checks a token's signature and returns its claims as JSON; nil
	// refuses every token. It need not look at the claims.
	Verify func(ctx context.Context, token string) (json.RawMessage, error)
}

// JWTIssuer is an issuer whose tokens a NativeJWTAuthorizer accepts.
type JWTIssuer struct {
	// Issuer must equal the token's iss, including a slash at its end.
	Issuer string
	// Audiences lists the accepted audiences, of which the token's aud must hold
	// one; empty: every token is refused. A token without aud is refused, too:
	// whether its client_id counts instead, as on an HTTP API, is unconfirmed.
	Audiences []string
	// Claims are further conditions on the token; empty: none.
	Claims []JWTClaim
}

// JWTClaim is a condition on a claim of a JWTIssuer's tokens. AWS has not described
// its formats yet; these are the ones of an ALB's JWT verification (unconfirmed).
type JWTClaim struct {
	Name string
	// Format is how the claim holds its values: "single-string", "string-array" or
	// "space-separated-values".
	Format string
	// Values are the accepted values, of which the claim must hold one; empty: any
	// value of the Format will do.
	Values []string
	// Required refuses tokens without the claim; false: only a claim that is there
	// must satisfy Format and Values.
	Required bool
}

// claimFormats read a claim's values; false if it is of another type.
var claimFormats = map[string]func(any) ([]string, bool){
	"single-string": func(v any) ([]string, bool) {
		text, ok := v.(string)
		return []string{text}, ok
	},
	"string-array": func(v any) ([]string, bool) {
		list, ok := v.([]any)
		return texts(list), ok
	},
	"space-separated-values": func(v any) ([]string, bool) {
		text, ok := v.(string)
		return strings.Fields(text), ok
	},
}

const (
	reasonAlgorithm adapter.Reason = "algorithm not allowed"
	reasonClaim     adapter.Reason = "claim missing or with another value"
)

// check reports settings that cannot work.
func (a *NativeJWTAuthorizer) check(c *Config) error {
	var problems []error
	if c.Format != adapter.RESTAPI {
		problems = append(problems, fmt.Errorf("gateway: NativeJWTAuthorizer: Format %v has no such authorizer", c.Format))
	}
	for _, issuer := range a.Issuers {
		for _, claim := range issuer.Claims {
			if claim.Name == "" || claimFormats[claim.Format] == nil {
				problems = append(problems, fmt.Errorf("gateway: NativeJWTAuthorizer: issuer %q: claim %q of format %q: a name is needed, and a format that is known",
					issuer.Issuer, claim.Name, claim.Format))
			}
		}
	}
	return errors.Join(problems...)
}

// nativeData is what the function is told.
type nativeData struct {
	Claims tokenClaims `json:"claims"`
}

// Authorize is an Authorizer.
func (a *NativeJWTAuthorizer) Authorize(r *http.Request, route Route) (*Authorization, error) {
	token := bearer(headerValue(r, cmp.Or(a.Header, "Authorization")))
	claims, reason := verify(a.Verify).claims(r.Context(), token)
	if reason == "" && !slices.Contains(a.Algorithms, algorithm(token)) {
		reason = reasonAlgorithm
	}
	if reason == "" {
		reason = a.judge(claims, time.Now())
	}
	if reason != "" {
		return nil, &Refusal{Status: http.StatusUnauthorized, Reason: reason}
	}
	if len(route.Scopes) > 0 && !anyOf(claims.scopes(), route.Scopes) {
		return nil, &Refusal{Status: http.StatusForbidden, Reason: reasonScope}
	}
	return &Authorization{Authorizer: nativeData{claims}}, nil
}

// judge returns the reason why the claims do not pass, "" if they do.
func (a *NativeJWTAuthorizer) judge(claims tokenClaims, now time.Time) adapter.Reason {
	name, _ := claims["iss"].(string)
	i := slices.IndexFunc(a.Issuers, func(issuer JWTIssuer) bool { return name != "" && issuer.Issuer == name })
	switch {
	case i < 0:
		return reasonIssuer
	case !anyOf(texts(claims["aud"]), a.Issuers[i].Audiences):
		return reasonAudience
	case !a.Issuers[i].asks(claims):
		return reasonClaim
	}
	return claims.untimely(now)
}

// asks reports whether the token has what the issuer's Claims ask for.
func (i JWTIssuer) asks(claims tokenClaims) bool {
	for _, claim := range i.Claims {
		value, there := claims[claim.Name]
		if !there {
			if claim.Required {
				return false
			}
			continue
		}
		values, ok := claimFormats[claim.Format](value)
		if !ok || len(claim.Values) > 0 && !anyOf(values, claim.Values) {
			return false
		}
	}
	return true
}

// algorithm is the alg of a token's header, "" if it cannot be read (RFC 7515
// section 4.1.1).
func algorithm(token string) string {
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	members, ok := object(text)
	if err != nil || !ok {
		return ""
	}
	var alg string
	if json.Unmarshal(members["alg"], &alg) != nil {
		return ""
	}
	return alg
}
