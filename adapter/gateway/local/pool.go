package local

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

// pool is an authorizer for the tokens of somebody else's issuer, which
// Options.Verify proves.
type pool struct {
	verify   authz.Identifier
	format   adapter.Format
	issuers  []string // that routes with this authorizer admit; one on HTTP APIs
	audience []string // nil: whatever Verify admits
	native   bool     // NativeJWT
}

// pools are the default authorizer of Options.Verify, nil where routes have to
// name theirs, and those that its issuers' logical names stand for.
func (o *Options) pools() (first gateway.Authorizer, named map[string]gateway.Authorizer) {
	trust := o.Verify.Trust()
	named = map[string]gateway.Authorizer{}
	for name, issuer := range trust.IssuerNames {
		named[name] = &pool{o.Verify, o.format(), []string{issuer}, o.Audience, o.NativeJWT}
	}
	if o.takesOneIssuer() && len(trust.Issuers) > 1 {
		return nil, named
	}
	return &pool{o.Verify, o.format(), trust.Issuers, o.Audience, o.NativeJWT}, named
}

// takesOneIssuer reports whether an authorizer of this front has one issuer.
func (o *Options) takesOneIssuer() bool { return o.format() != adapter.RESTAPI }

// checkVerify admits what proves tokens and nothing that believes an event.
func (o *Options) checkVerify() error {
	if o.Verify == nil {
		return nil
	}
	trust := o.Verify.Trust()
	switch {
	case !slices.Equal(trust.Sources, []claims.Source{claims.Verified}):
		return fmt.Errorf("local: Verify: %v does not go by a token's signature alone; set a *jwtverify.Verifier", o.Verify)
	case len(trust.Issuers) == 0:
		return fmt.Errorf("local: Verify: %v names no issuer", o.Verify)
	case !slices.Contains([]adapter.Format{adapter.HTTPAPIV1, adapter.HTTPAPIV2, adapter.RESTAPI}, o.format()):
		return fmt.Errorf("local: Verify: a %v has no authorizer for tokens", o.format())
	case o.takesOneIssuer() && len(trust.Issuers) > 1 && len(trust.IssuerNames) == 0 && len(o.Issuers) == 0:
		return fmt.Errorf("local: Verify: %v has several issuers, and a %v's authorizer takes one; set IssuerNames, and one of them on each route", o.Verify, o.format())
	}
	return nil
}

// Authorize is the front's own authorizer, but for the keys: those that cannot
// be had are told apart from a token that is no good. An HTTP API answers 401
// for both; the text of its description is unconfirmed.
func (p *pool) Authorize(r *http.Request, route gateway.Route) (*gateway.Authorization, error) {
	var failed error
	var accept func(audience []string) // of the authorizer below
	prove := func(ctx context.Context, token string) (payload json.RawMessage, err error) {
		payload, failed = p.prove(ctx, token)
		if failed == nil && p.audience == nil {
			accept(audienceOf(payload)) // it is among those that Verify wants
		}
		return payload, failed
	}
	var front gateway.Authorizer
	front, accept = p.front(prove)
	admitted, err := front.Authorize(r, route)
	if reason := unavailable(failed); reason != "" {
		return nil, &gateway.Refusal{
			Status: http.StatusUnauthorized,
			Reason: reason,
			Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token" error_description="OIDC discovery endpoint communication error"`}},
		}
	}
	return admitted, err
}

// front returns the front's authorizer for one request, and what tells it which
// audiences to accept.
func (p *pool) front(prove func(context.Context, string) (json.RawMessage, error)) (gateway.Authorizer, func([]string)) {
	switch {
	case p.format != adapter.RESTAPI:
		a := &gateway.JWTAuthorizer{Issuer: p.issuers[0], Audience: p.audience, Verify: prove}
		return a, func(audience []string) { a.Audience = audience }
	case p.native:
		a := nativeJWT(p.issuers, p.audience, prove)
		return a, func(audience []string) {
			for i := range a.Issuers {
				a.Issuers[i].Audiences = audience
			}
		}
	}
	return &gateway.CognitoAuthorizer{Issuers: p.issuers, Verify: prove}, func([]string) {}
}

// unavailable returns what the request line says of keys that cannot be had, ""
// for any other error. The text is ours: a foreign error may quote a token.
func unavailable(err error) adapter.Reason {
	var refused *authz.Error
	if errors.As(err, &refused) && refused.Status == http.StatusServiceUnavailable {
		return "the issuer's keys cannot be had"
	}
	return ""
}

var errNotProved = errors.New("local: not a token that Verify proves")

// prove has the token verified and returns its claims. The request that Verify
// sees comes with an event in which a gateway says the same as the token: a
// Verifier that is bound to the gateway's word (jwtverify.BindingRequired)
// serves the gateway itself here. What the event says proves nothing, so only
// an identity from a verified token counts.
func (p *pool) prove(ctx context.Context, token string) (json.RawMessage, error) {
	payload, err := payloadOf(token)
	if err != nil {
		return nil, err
	}
	r, err := p.request(ctx, token, payload)
	if err != nil {
		return nil, err
	}
	id, err := p.verify.Identify(r)
	if err != nil {
		return nil, err
	}
	var said struct{ Iss, Sub string }
	if json.Unmarshal(payload, &said) != nil || id == nil || id.Source != claims.Verified || id.Issuer != said.Iss {
		return nil, errNotProved
	}
	return payload, nil
}

// payloadOf decodes the claims of a token in its compact form, unverified.
func payloadOf(token string) (json.RawMessage, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errNotProved
	}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil || !json.Valid(payload) {
		return nil, errNotProved
	}
	return payload, nil
}

// request is what a function would get from a gateway that believes the token.
func (p *pool) request(ctx context.Context, token string, payload []byte) (*http.Request, error) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var said map[string]any
	if decoder.Decode(&said) != nil {
		return nil, errNotProved
	}
	text, err := json.Marshal(map[string]any{
		"version": "2.0",
		"rawPath": "/",
		"headers": map[string]string{"authorization": "Bearer " + token},
		"requestContext": map[string]any{
			"http":       map[string]string{"method": http.MethodGet, "path": "/"},
			"authorizer": map[string]any{"jwt": map[string]any{"claims": authorizer.RenderHTTPAPI(said), "scopes": nil}},
		},
	})
	if err != nil {
		return nil, err
	}
	event, err := adapter.ParseEvent(text)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(adapter.NewContext(ctx, event), http.MethodGet, "/", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return r, nil
}

// audienceOf returns a token's aud, which may be a list, else its client_id.
func audienceOf(payload []byte) []string {
	var said struct {
		Aud      any    `json:"aud"`
		ClientID string `json:"client_id"`
	}
	if json.Unmarshal(payload, &said) != nil {
		return nil
	}
	switch aud := said.Aud.(type) {
	case string:
		return []string{aud}
	case []any:
		var list []string
		for _, value := range aud {
			if text, ok := value.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return []string{said.ClientID}
}
