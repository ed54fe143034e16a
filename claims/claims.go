// Package claims tells an http.Handler who is calling, as the front's authorizer
// vouched for it: never from a header, a query or a body, which are the
// client's.
//
//	who := claims.MustNew(claims.Config{Issuers: []string{"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC"}})
//	lambda.Start(adapter.New(who.Wrap(handler), nil))
//
// and in the handler, or anything it calls:
//
//	caller, ok := claims.FromContext(r.Context()) // false: nobody
//
// Behind plain httptest, NewIdentity and NewContext take the event's place. For
// the whole way, package adapter/gateway plays the front: its authorizers write
// what AWS's write, and its Gateway.Event is the event for adapter.ParseEvent.
//
// # Terminology
//
//   - A front is what invokes the function with HTTP: adapter.Format.
//   - An authorizer is the part of a front that checks who is calling and writes
//     what it found into the event's requestContext.
//   - A Source is a kind of authorizer, or another way to know a caller.
//   - An Identity is the caller, in one shape for all sources. No Identity is
//     nobody: there is no anonymous one.
//   - A claim is a member of a token's payload, or of what another authorizer
//     says of the caller. Some authorizers render claims as text; Identity.List
//     and Identity.Decode undo that where only one thing can be meant.
//   - A context is what a Lambda authorizer returns about the caller. Its keys mean
//     nothing until Config.LambdaClaims or Config.LambdaIdentity says what.
//   - A pin is what an event must say before an Identity is taken from it: the
//     token's issuer, or the API, account and stage that invoked the function.
//
// # Sources and fronts
//
//	Source             fronts                                    Config must hold
//	JWT                HTTP API, payload 1.0 and 2.0             Issuers
//	Cognito            REST API                                  Issuers
//	NativeJWT          REST API                                  Issuers
//	LambdaAuthorizer   REST API, WebSocket API, HTTP API         APIs or Accounts
//	SigV4              REST API, HTTP API 2.0, Function URL      APIs or Accounts
//	ClientCertificate  REST API, HTTP API                        APIs or Accounts
//	Lattice            VPC Lattice v2                            -
//	IdentityPool       none: a client invoked the function       Issuers
//
// Nothing on an ALB or on VPC Lattice v1 names a caller but headers. A client
// certificate next to an authorizer is data of the authorizer's Identity, and so
// is always the id of an API key. Where a request came from (source address, VPC
// endpoint) says not who sent it: adapter.Event.RequestContext has it.
//
// # Nobody
//
// Authorizer data that is absent, null, empty, malformed, of two kinds at once,
// of a kind that the front does not have or that Config does not list, that
// names a member twice, or that holds an unreadable date or an ambiguous scope,
// is nobody. So is a guest of a Cognito identity pool, and a certificate without
// a subject. Member names are compared to the letter: SUB is not sub.
//
// # Trust
//
// An event is as trustworthy as the right to send one. This package relies on
// the function's resource policy to let only the intended fronts invoke it:
//
//   - Where that policy lacks a SourceArn, anyone can point an API of their own,
//     with an issuer, a Lambda authorizer or a truststore of their own, at the
//     function. Pins are the defence: Issuers, and Audiences or APIs where an
//     issuer serves others as well.
//   - Who may call lambda:InvokeFunction writes the whole event, and so does
//     anyone whose data a non-proxy integration, an IoT rule or a workflow hands
//     on as the event. Pins do not help, since they are in the event as well: only
//     a signature does, which authz/jwtverify checks again.
//   - Who invokes the function with a Cognito identity, which the Lambda runtime
//     reports outside the event, wrote the event: then it counts as nobody, and
//     only that identity itself as somebody, where IdentityPool is listed.
package claims

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/form"
)

var (
	errInvoker        = errors.New("claims: a client invoked the function itself and wrote its event")
	errUnpinned       = errors.New("claims: with payload format 1.0 a JWT authorizer's claims need Config.APIs or Accounts, or an Insecure setting")
	errPinned         = errors.New("claims: the event's API, account or stage is not among those of Config")
	errAudience       = errors.New("claims: the token is for another audience than Config.Audiences")
	errAudienceList   = errors.New("claims: the token's aud is a list that the authorizer wrote as text; name aud in Config.Lists if no audience of the issuer's holds a blank")
	errAudienceCommas = errors.New("claims: the token's aud is a list that the authorizer wrote as text; name aud in Config.CommaLists if no audience of the issuer's holds a comma")
	errStranger       = errors.New("claims: the issuer is not among Config.Issuers")
	errUnlisted       = errors.New("claims: the authorizer's kind is not among the accepted Sources")
)

// An Extractor takes Identities out of events by the rules of one Config. New
// makes it. The zero Extractor and a nil one accept no source and know nobody.
// An Extractor is safe for concurrent use.
type Extractor struct {
	sources                                    []Source
	issuers, audiences, apis, accounts, stages []string // empty: any
	anyIssuer, anyAPI                          bool
	rules                                      rules
}

// Identify returns who is calling: (nil, nil) is nobody, where there is no event
// or it names no caller. An error is nobody as well and says, for a log, why what
// the event says was not accepted; it holds no value of the event. Identify asks
// the event alone: what NewContext put into the request's context is not read.
func (e *Extractor) Identify(r *http.Request) (*Identity, error) {
	return e.IdentifyContext(r.Context())
}

// IdentifyContext is Identify for code that has no request, such as
// adapter.Options.Fallback: ctx is the invocation's context or is derived from
// it. Of events that are not HTTP requests it knows only who invoked the
// function with an identity of a Cognito identity pool (IdentityPool).
func (e *Extractor) IdentifyContext(ctx context.Context) (*Identity, error) {
	if e == nil {
		return nil, nil
	}
	return e.identify(ctx)
}

// Wrap serves h with Identify's result in the request's context, for FromContext
// to find. Nobody is served too, errors included: refusing is for h or authz.
func (e *Extractor) Wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, _ := e.Identify(r)
		carrying := r.WithContext(NewContext(r.Context(), id))
		defer form.Remove(carrying, r)
		h.ServeHTTP(w, carrying)
	})
}

func (e *Extractor) identify(ctx context.Context) (*Identity, error) {
	if invoker, ok := invoker(ctx); ok {
		return e.identifyInvoker(invoker)
	}
	st := stated(ctx)
	switch {
	case st == nil:
		return nil, nil
	case st.err != nil:
		return nil, st.err
	case st.source == 0 || st.source == ClientCertificate && !e.accepts(ClientCertificate):
		return nil, nil
	case !e.accepts(st.source):
		return nil, errUnlisted
	case !st.meets(e.apis, st.apiID) || !st.meets(e.accounts, st.account) || !st.meets(e.stages, st.stage):
		return nil, errPinned
	case st.kind != nil && st.kind.pinned && !e.pinsAPI() && !e.anyAPI && !e.anyIssuer:
		return nil, errUnpinned
	}
	return e.build(st)
}

func (e *Extractor) pinsAPI() bool { return len(e.apis)+len(e.accounts) > 0 }

func (e *Extractor) accepts(s Source) bool { return slices.Contains(e.sources, s) }

func (e *Extractor) build(st *statement) (*Identity, error) {
	id, err := st.build(&e.rules)
	if err != nil {
		return nil, err
	}
	switch {
	case len(e.issuers) > 0 && e.pinsIssuer(id) && !slices.Contains(e.issuers, id.Issuer):
		return nil, errStranger
	case len(e.audiences) > 0 && id.row().keyKind == token && !id.isFor(e.audiences):
		return nil, id.wrongAudience()
	}
	return id, nil
}

// pinsIssuer reports whether Issuers apply to the caller.
func (e *Extractor) pinsIssuer(id *Identity) bool {
	switch id.row().pins.issuer {
	case everyIssuer:
		return true
	case anyIssuer:
		return id.Issuer != ""
	case mappedIssuer:
		return mapsClaim(e.rules.context, "iss")
	}
	return false
}
