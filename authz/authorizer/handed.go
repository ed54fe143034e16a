package authorizer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// ContextKey is the key of the authorizer's context that holds the caller, for
// claims.Config.LambdaIdentity. It changes whenever the meaning of its value does,
// so that an authorizer and a function of different versions know nobody instead
// of somebody else.
const ContextKey = "gatehouse_v1"

// maxContext bounds the value of ContextKey, in bytes. API Gateway's own limit is
// not documented.
const maxContext = 4 << 10

var errContext = fmt.Errorf("authorizer: the caller's claims take more than %d bytes as JSON: hand on less by Config.Claims, or look at less in the rules", maxContext)

var errIdentity = errors.New("authorizer: the Identifier's Identity lacks an Issuer or Expiry, without which the function takes it for nobody")

// standard are the members that are made of an Identity's fields. They are no
// names for Config.Claims.
var standard = []string{
	"iss", "sub", "exp", "iat", "auth_time", "jti", "aud", "client_id", "username", "token_use", "typ", "scope", "scp",
}

// claims returns the names of the claims that are handed on beside the standard
// ones: those of the Config and those that the rules look at.
func (c *Config) claims(p authz.Policy) []string {
	names := slices.Clone(c.Claims)
	for _, rule := range p.Rules {
		names = append(names, rule.Claims...)
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return slices.Contains(standard, name) })
}

// context returns what the function is told about the caller, nil about nobody.
func (a *Authorizer) context(id *claims.Identity) (map[string]string, error) {
	if id == nil {
		return nil, nil
	}
	if id.Issuer == "" || id.Expiry.IsZero() {
		return nil, errIdentity
	}
	text := encode(a.identity(id))
	if len(text) > maxContext {
		return nil, errContext
	}
	return map[string]string{ContextKey: string(text)}, nil
}

// identity is the caller as a token would say it by the default rules for claims.
func (a *Authorizer) identity(id *claims.Identity) map[string]any {
	members := map[string]any{
		"iss":   id.Issuer,
		"sub":   id.Subject,
		"exp":   id.Expiry.Unix(),
		"scope": strings.Join(id.Scopes, " "),
	}
	for _, name := range a.claims {
		if value, ok := id.Claim(name); ok {
			members[name] = value
		}
	}
	for name, text := range map[string]string{
		"jti": id.ID, "client_id": id.ClientID, "username": id.Username, "token_use": id.TokenUse, "typ": tokenType(id),
	} {
		if text != "" {
			members[name] = text
		}
	}
	if len(id.Audience) > 0 {
		members["aud"] = id.Audience
	}
	if !id.IssuedAt.IsZero() {
		members["iat"] = id.IssuedAt.Unix()
	}
	if !id.AuthTime.IsZero() {
		members["auth_time"] = id.AuthTime.Unix()
	}
	return members
}

// tokenType tells an access token from an ID token where token_use does not, as
// claims.Identity.IsAccessToken reads it.
func tokenType(id *claims.Identity) string {
	switch _, says := id.Claim("token_use"); {
	case says:
		return ""
	case id.IsAccessToken():
		return "at+jwt"
	}
	return "ID"
}
