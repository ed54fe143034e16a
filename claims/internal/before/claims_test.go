// Package before is the reading of authorizer data as it was before the one walk,
// for the differential test beside it.
package before

import (
	"context"
	"errors"
	"net/http"
	"slices"
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
		h.ServeHTTP(w, r.WithContext(NewContext(r.Context(), id)))
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
	case !pinned(e.apis, st.apiID) || !pinned(e.accounts, st.account) || !pinned(e.stages, st.stage):
		return nil, errPinned
	case st.pinned && !e.pinsAPI() && !e.anyAPI && !e.anyIssuer:
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
	case len(e.audiences) > 0 && id.Source.isToken() && !id.isFor(e.audiences):
		return nil, id.wrongAudience()
	}
	return id, nil
}

// pinsIssuer leaves out who has no issuer, and certificates: that theirs is in
// the truststore was the gateway's to check, and its name proves nothing.
func (e *Extractor) pinsIssuer(id *Identity) bool {
	switch id.Source {
	case ClientCertificate:
		return false
	case LambdaAuthorizer:
		return e.rules.mapsContext("iss")
	}
	return id.Source.isToken() || id.Issuer != ""
}

func pinned(allowed []string, v value) bool { return len(allowed) == 0 || v.is(allowed) }
