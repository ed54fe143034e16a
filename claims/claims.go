// Package claims says who is calling an http.Handler, as the front's authorizer
// vouched for it. It never reads a header, a query or a body: those are the
// client's.
//
//	who := claims.MustNew(claims.Config{Issuers: []string{claims.CognitoUserPool("eu-west-1_AbCdEfGhI")}})
//	lambda.Start(adapter.New(who.Wrap(handler), nil))
//
// The handler, or anything that it calls, asks for the caller:
//
//	caller, ok := claims.FromContext(r.Context()) // false: nobody
//
// Behind an authz.Guard whose Identifier is the Extractor, Wrap is not needed.
//
// A test without an event puts a caller into the context with NewIdentity and
// NewContext. Package authz/authztest puts one in front of a program's own pins,
// and package adapter/gateway plays the whole front.
//
// # Terminology
//
//   - A front is what invokes the function with HTTP: adapter.Format.
//   - An authorizer is the part of a front that checks who is calling and writes
//     what it found into the event's requestContext.
//   - A Source is a kind of authorizer, or another way to know a caller.
//   - An Identity is the caller, in one shape for all sources. A nil Identity
//     means nobody; there is no anonymous Identity.
//   - A claim is a member of a token's payload, or of what another authorizer
//     says of the caller. Some authorizers render claims as text. Identity.List
//     and Identity.Decode undo that if the text can mean only one thing.
//   - A context is what a Lambda authorizer returns about the caller. Its keys mean
//     nothing until Config.LambdaClaims or Config.LambdaIdentity says what.
//   - A pin is what an event must say before an Identity is taken from it: the
//     token's issuer, or the API, account and stage that invoked the function.
//
// # Sources and fronts
//
//	Source             fronts                                    Config must hold
//	JWT                HTTP API, payload 2.0                     Issuers
//	JWT                HTTP API, payload 1.0                     Issuers, and APIs or Accounts
//	Cognito            REST API                                  Issuers
//	NativeJWT          REST API                                  Issuers
//	LambdaAuthorizer   REST API, WebSocket API, HTTP API         APIs or Accounts
//	SigV4              REST API, HTTP API 2.0, Function URL      APIs or Accounts
//	ClientCertificate  REST API, HTTP API                        APIs or Accounts
//	Lattice            VPC Lattice v2                            APIs, with the service's ARN
//	IdentityPool       none: a client invoked the function       Issuers, with the pool's id
//
// Config.InsecureAnyIssuer and InsecureAnyAPI stand in for these pins.
//
// Behind an ALB or VPC Lattice v1 only headers name a caller, so the caller is
// always nobody there. If a route has an authorizer, a client certificate is
// only a field of that authorizer's Identity. The id of an API key is never
// more than a field of an Identity: a key is shared by everyone who has it, and
// never authenticates. The address or the VPC endpoint that a request came from
// does not say who sent it; adapter.Event.RequestContext has them.
//
// # Nobody
//
// The caller is nobody if the authorizer data
//
//   - is absent, null, empty or malformed,
//   - is of two kinds at once, or of a kind that the front does not have or that
//     Config does not list,
//   - names a member twice, or
//   - holds a date that cannot be read, or scopes that are ambiguous.
//
// A guest of a Cognito identity pool and the holder of a certificate without a
// subject are nobody as well. Member names are compared byte for byte: SUB is not
// sub.
//
// # Trust
//
// An event is as trustworthy as the right to send one. This package relies on
// the function's resource policy to let only the intended fronts invoke it:
//
//   - If that policy lacks a SourceArn, anyone can point an API of their own, with
//     an issuer, a Lambda authorizer or a truststore of their own, at the
//     function. Pins defend against that: Issuers, and also Audiences or APIs if
//     an issuer serves others as well.
//   - Whoever may call lambda:InvokeFunction writes the whole event, and so
//     does anyone whose data a non-proxy integration, an IoT rule or a workflow
//     passes on as the event. Pins do not help, since they are in the event as
//     well. Only checking the token's signature again helps, as authz/jwtverify
//     does.
//   - A client that invokes the function itself with a Cognito identity writes
//     the whole event. The Lambda runtime reports that identity outside the
//     event. No caller is then taken from the event; the caller is the reported
//     identity if Config.Sources lists IdentityPool, and otherwise nobody.
//
// A token is as trustworthy as its issuer:
//
//   - If several issuers are accepted, a claim counts the same whichever of
//     them wrote it: scopes, groups, token_use and whatever authz asks for.
//     Require authz.Issuer where only one of them may grant something.
//   - Users may be able to write the custom: attributes of a Cognito user pool
//     themselves, through any app client that has write access to the attribute.
//     Do not decide by such a claim unless no client has
//     (https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html).
package claims

import (
	"context"
	"net/http"
	"slices"

	"github.com/gatehouse-go/gatehouse/internal/cause"
	"github.com/gatehouse-go/gatehouse/internal/form"
)

const (
	errInvoker        = cause.Text("claims: a client invoked the function itself and wrote its event")
	errUnpinned       = cause.Text("claims: with payload format 1.0 a JWT authorizer's claims need Config.APIs or Accounts, or an Insecure setting")
	errAPI            = cause.Text("claims: the event's API is not among Config.APIs")
	errAccount        = cause.Text("claims: the event's account is not among Config.Accounts")
	errStage          = cause.Text("claims: the event's stage is not among Config.Stages")
	errAudience       = cause.Text("claims: the token is for another audience than Config.Audiences")
	errAudienceList   = cause.Text("claims: the token's aud is a list that the authorizer wrote as text; name aud in Config.Lists if no audience of the issuer's holds a blank")
	errAudienceCommas = cause.Text("claims: the token's aud is a list that the authorizer wrote as text; name aud in Config.CommaLists if no audience of the issuer's holds a comma")
	errStranger       = cause.Text("claims: the issuer is not among Config.Issuers")
	errUnlisted       = cause.Text("claims: the authorizer's kind is not among the accepted Sources")
)

// An Extractor takes Identities out of events by the rules of one Config. New
// makes one. The zero Extractor and a nil one know nobody. An Extractor is safe
// for concurrent use.
type Extractor struct {
	sources                                    []Source
	issuers, audiences, apis, accounts, stages []string // empty: any
	anyIssuer, anyAPI                          bool
	rules                                      rules
}

// Identify returns who is calling. It returns (nil, nil) for nobody: if there
// is no event, or if the event does not name a caller. An error means nobody as
// well. It says, for a log, why the event's data was not accepted, and holds
// none of that data. Identify reads the event alone, not what NewContext put
// into the request's context.
func (e *Extractor) Identify(r *http.Request) (*Identity, error) {
	return e.IdentifyContext(r.Context())
}

// IdentifyContext is Identify for code without a request, such as
// adapter.Options.Fallback. ctx must be the invocation's context or be derived
// from it. If the event is not an HTTP request, the only caller that
// IdentifyContext can know is an identity of a Cognito identity pool that invoked
// the function itself (IdentityPool). See Fallback.
func (e *Extractor) IdentifyContext(ctx context.Context) (*Identity, error) {
	if e == nil {
		return nil, nil
	}
	return e.identify(ctx)
}

// Wrap returns a handler that serves h with Identify's result in the request's
// context, where FromContext finds it. It also serves requests whose caller is
// nobody, and treats an error as nobody: refusing is left to h or to package
// authz.
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
	case !st.meets(e.apis, st.apiID):
		return nil, errAPI
	case !st.meets(e.accounts, st.account):
		return nil, errAccount
	case !st.meets(e.stages, st.stage):
		return nil, errStage
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
	case len(e.audiences) > 0 && id.row().keyKind == tokenKey && !id.isFor(e.audiences):
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
