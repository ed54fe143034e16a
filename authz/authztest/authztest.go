// Package authztest puts callers in front of a production Guard in tests.
//
// A Guard with a claims.Extractor finds its caller in the event that the function
// was invoked with, and holds it against its pins. A test that has no event is
// answered 401, and one that replaces the Identifier does not test the pins.
// [As] makes a request as the adapter would hand it to the handler: its context
// carries an event in which the gateway's authorizer vouches for the caller.
//
//	front := authztest.FrontOf(mux) // an API that the mux trusts
//	r := front.As(httptest.NewRequest("GET", "/notes", nil), map[string]any{"sub": "ada", "scope": "notes-api/read"})
//	w := httptest.NewRecorder()
//	mux.ServeHTTP(w, r)
//
// [Chain] takes the same requests the whole way, through a gateway and the
// adapter. [Matrix] asks for all routes and several callers who may do what, for a
// golden file.
//
// Tokens of this package are not signed, so a jwtverify.Verifier refuses them; a
// local.Issuer makes tokens that it accepts.
package authztest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/adapter"
	"github.com/gatehouse-go/gatehouse/adapter/gateway"
	"github.com/gatehouse-go/gatehouse/authz"
	"github.com/gatehouse-go/gatehouse/claims"
)

// Front is the API of which a function gets its events, as far as claims can be
// pinned to it, and the issuer of its callers' tokens. The zero Front is an HTTP
// API with payload 2.0 whose callers name their issuer themselves.
type Front struct {
	// Format is adapter.HTTPAPIV2 or HTTPAPIV1, with a JWT authorizer, or
	// adapter.RESTAPI, with a Cognito authorizer; 0: HTTPAPIV2.
	Format adapter.Format
	// APIID, AccountID and Stage are those of the event; "": the defaults of
	// gateway.Config.
	APIID, AccountID, Stage string
	// Issuer and Audience are the claims iss and aud of callers whose own claims
	// have none; "": they are left out.
	Issuer, Audience string
}

// FrontOf returns a Front whose every setting p trusts: the first API, account,
// stage, issuer and audience that it is pinned to. An authz.Mux is a p, and so
// are the Routes of echoauthz, ginauthz and chiauthz.
func FrontOf(p interface{ Policy() authz.Policy }) Front {
	trust := p.Policy().Trust
	f := Front{
		APIID:     first(trust.APIs),
		AccountID: first(trust.Accounts),
		Stage:     first(trust.Stages),
		Issuer:    first(trust.Issuers),
		Audience:  first(trust.Audiences),
	}
	if trust.AnyIssuer {
		f.Issuer = cmp.Or(f.Issuer, "https://issuer.example.com")
	}
	if len(trust.Sources) > 0 && !slices.Contains(trust.Sources, claims.JWT) && slices.Contains(trust.Sources, claims.Cognito) {
		f.Format = adapter.RESTAPI
	}
	return f
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// As is the method As of the zero Front.
func As(r *http.Request, claims map[string]any) *http.Request { return Front{}.As(r, claims) }

// As returns r as a caller's request: in the event that its context carries, the
// front's authorizer vouches for these claims, and its Authorization holds an
// unsigned token with them. Claims may be of any type that encoding/json encodes;
// without exp the token is valid for an hour, and a nil claim is left out. Nil
// claims are nobody: the front has asked for no token.
//
// r itself is not changed, and its body is left to the handler: the event has
// none. As panics if the claims do not encode as JSON, if Format is of a front
// whose authorizers do not pass on a token's claims, or if no such front would
// take the request.
func (f Front) As(r *http.Request, claims map[string]any) *http.Request {
	request := r.Clone(r.Context())
	if claims != nil {
		request.Header.Set("Authorization", "Bearer "+encode(claims))
	}
	bare := request.Clone(request.Context())
	bare.Body = http.NoBody
	event, err := f.event(bare)
	if err != nil {
		panic(fmt.Errorf("authztest: As: %w", err))
	}
	return request.WithContext(adapter.NewContext(request.Context(), event))
}

func (f Front) event(r *http.Request) (*adapter.Event, error) {
	g, err := gateway.New(f.config())
	if err != nil {
		return nil, err
	}
	payload, err := g.Event(r)
	if err != nil {
		return nil, err
	}
	return adapter.ParseEvent(payload)
}

// config has a custom domain with an empty mapping key, so that a request's path
// does not begin with the stage.
func (f Front) config() gateway.Config {
	return gateway.Config{
		Format:     f.Format,
		APIID:      f.APIID,
		AccountID:  f.AccountID,
		Stage:      f.Stage,
		BasePath:   "/",
		Authorizer: gateway.AuthorizerFunc(f.vouch),
	}
}
