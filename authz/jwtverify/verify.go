package jwtverify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatehouse-go/gatehouse/claims"
)

var errIssuer = invalid("its iss is not accepted")

// A verified token passed every check. The requests that carry it share it, so
// nothing in it is modified or handed out.
type verified struct {
	identity *claims.Identity
	claims   object
	issuer   *issuer
	kid      string
	key      *key
	from     time.Time // when it was verified
	until    time.Time // when it has to be verified anew at the latest
}

// caller returns an Identity of the request's own: a handler that changes it,
// or appends to its lists, does not change what a later request sees. Both lists
// share one new array.
func (p *verified) caller() *claims.Identity {
	id := *p.identity
	n := len(id.Scopes)
	names := slices.Concat(id.Scopes, id.Audience)
	id.Scopes, id.Audience = slices.Clip(names[:n]), slices.Clip(names[n:])
	return &id
}

// verify proves a token, or finds it among those it remembers.
func (v *Verifier) verify(ctx context.Context, text string) (*verified, error) {
	if v.known == nil || len(text) > maxToken {
		return v.prove(ctx, text)
	}
	sum := hash(text)
	if known := v.known.get(sum); known != nil {
		ok, err := known.holds(ctx, v.now())
		if err != nil {
			return nil, err
		}
		if ok {
			return known, nil
		}
	}
	proved, err := v.prove(ctx, text)
	if err == nil {
		v.known.put(sum, proved)
	}
	return proved, err
}

// prove checks what needs no key first, so that only tokens that look like an
// accepted issuer's make it fetch keys.
func (v *Verifier) prove(ctx context.Context, text string) (*verified, error) {
	t, err := parse(text)
	if err != nil {
		return nil, err
	}
	i := v.issuers[t.claims.str("iss")]
	if i == nil {
		return nil, errIssuer
	}
	if err := i.checkHeader(t); err != nil {
		return nil, err
	}
	k, err := i.keys.find(ctx, t.kid)
	if err != nil {
		return nil, err
	}
	if err := k.verify(t, i.methods[t.alg]); err != nil {
		return nil, err
	}
	now := v.now()
	until, err := v.lifetime.check(t.claims, now)
	if err != nil {
		return nil, err
	}
	if err := i.checkClaims(t.claims); err != nil {
		return nil, err
	}
	id, err := v.claims.IdentifyVerified(t.payload, t.typ) // refuses tokens without a subject
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalidToken, err)
	}
	return &verified{id, t.claims, i, t.kid, k, now, until}, nil
}

// holds reports whether a remembered token still counts as proved. Its key must be
// the very one that verified it, and its issuer's keys must not be too old.
func (p *verified) holds(ctx context.Context, now time.Time) (bool, error) {
	if now.Before(p.from) || !now.Before(p.until) {
		return false, nil
	}
	k, err := p.issuer.keys.find(ctx, p.kid)
	if err != nil {
		return false, err
	}
	return k == p.key, nil
}
