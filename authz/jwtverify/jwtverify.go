// Package jwtverify verifies the bearer token of a request inside the function
// instead of believing what the event says about it:
//
//	tokens := jwtverify.MustNew(jwtverify.Config{
//		Issuers: []jwtverify.Issuer{jwtverify.CognitoUserPool("eu-west-1_AbCdEfGhI", "7abc1d2ef3gh")},
//	})
//	mux := authz.NewMux(&authz.Guard{Identifier: tokens})
//
// Anyone who may invoke the function can write a whole event. Anyone who can point
// an API of their own at it chooses the issuer that the API's authorizer believes.
// Neither can sign a token. On a front that has no token authorizer, such as an ALB
// or a Function URL, this package is the only check there is.
//
// # What is checked
//
// Before the signature is verified, the token must have at most 16 KB and three
// parts of strict base64url. Its header and payload must be JSON objects in which
// no name occurs twice. The payload must name an issuer of Config; the header must
// name an algorithm of that issuer's, which goes with the key, and a kid, have
// neither crit nor b64, and have the typ that is configured, if any. Keys come from
// the issuer's key set alone; what the header says about keys is not read.
//
// After the signature, these are checked: exp, nbf, iat, the subject, aud and, if
// they are configured, the client and token_use.
//
// Each Issuer has its own keys: no other issuer's key verifies its tokens.
//
// # Answers
//
//	nobody                no token, or another scheme than Bearer
//	400 invalid_request   more than one credential in Authorization
//	401 invalid_token     a token that does not pass (ErrInvalidToken), or not
//	                      what the gateway says (ErrBinding)
//	401                   claims from the gateway, but no token (ErrBinding)
//	503 with Retry-After  the issuer's keys cannot be fetched (ErrKeysUnavailable)
//
// # Keys
//
// Keys are fetched when a token needs them, with at least ten seconds between
// two fetches of one issuer, whatever their outcome. Tokens that name unknown
// keys cause a fetch each time that interval is over. While the issuer's keys stay
// the same, the interval doubles with each such fetch, up to five minutes, less a
// random part of up to half of it. It returns to ten seconds when the keys change,
// or after an hour without such tokens. So a flood of invented key ids costs the
// issuer little, and a rotation is noticed at the first token that names a new
// key, or within five minutes during such a flood.
//
// Keys older than one hour are fetched again while a request waits. If that fails,
// they remain in use until they are 24 hours old. A set without a usable key never
// replaces one. Keys are not used if different ones have the same id, nor are
// Ed25519 keys of small order. There is no background work, which a Lambda
// environment would suspend. A fetch takes at most two seconds and 150 KB, and
// follows no redirect; HTTPS_PROXY and NO_PROXY of the environment apply.
//
// Each environment fetches for itself. When a burst of traffic starts a hundred of
// them, a hundred fetches reach the issuer at once, and the first request of each
// environment waits for one. Verifier.Preload moves that wait into the init phase;
// with provisioned concurrency no request waits there. Issuer.JWKS, a copy of the
// keys in the deployment, needs no fetch at all, but then rotating keys takes a new
// deployment.
//
// # The gateway's word
//
// Config.Binding decides what happens if the claims that the gateway's authorizer
// put into the event differ from those of the token, rendered as the gateway
// renders them. A difference means that the event was not written by that gateway,
// or that the gateway checked another token.
package jwtverify

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
	"github.com/gatehouse-go/gatehouse/internal/bearer"
)

// A Verifier is an authz.Identifier that verifies bearer tokens. New makes it; it is
// safe for concurrent use. A nil Verifier knows nobody.
type Verifier struct {
	issuers  map[string]*issuer // by URL
	lifetime lifetime
	now      func() time.Time
	known    *tokenCache // nil: none

	claims    *claims.Extractor // the rules for claims, and what the gateway says
	binding   Binding
	onFinding func(*http.Request, Finding)
}

// Identify returns the caller whom the token in Authorization names. It never falls
// back to what the gateway says.
//
// (nil, nil) means nobody: no token was offered, or the Verifier is nil. Any error
// is an *authz.Error, as the package documentation lists them, and holds no part of
// the token. If keys have to be fetched, Identify waits for them until the request's
// context ends, and no longer than two seconds.
func (v *Verifier) Identify(r *http.Request) (*claims.Identity, error) {
	if v == nil {
		return nil, nil
	}
	id, err := v.identify(r)
	if err != nil {
		return nil, refusal(err)
	}
	return id, nil
}

func (v *Verifier) identify(r *http.Request) (*claims.Identity, error) {
	text, several := bearer.Token(r.Header["Authorization"])
	if several {
		return nil, errSeveral
	}
	var t *verified
	if text != "" {
		var err error
		if t, err = v.verify(r.Context(), text); err != nil {
			return nil, err
		}
	}
	if err := v.bind(r, t); err != nil || t == nil {
		return nil, err
	}
	if v.known == nil { // no other request has this Identity
		return t.identity, nil
	}
	return t.caller(), nil
}

// Preload fetches the keys of all issuers at once, except those it has that are
// younger than an hour, for the time before the first request: in a Lambda
// function the init phase, which may last ten seconds
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
// Its error joins those of the issuers whose keys could not be fetched before ctx
// ended; those are tried again when a token needs them, ten seconds later at the
// earliest. Calling Preload is optional. A nil Verifier has no keys to fetch.
func (v *Verifier) Preload(ctx context.Context) error {
	if v == nil {
		return nil
	}
	failures := make(chan error, len(v.issuers))
	var all sync.WaitGroup
	for _, i := range v.issuers {
		all.Go(func() { failures <- i.keys.preload(ctx) })
	}
	all.Wait()
	close(failures)
	var joined []error
	for err := range failures {
		joined = append(joined, err)
	}
	return errors.Join(joined...)
}
