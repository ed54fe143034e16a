package jwtverify

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/internal/authorizer"
)

var (
	errAlgorithm  = invalid("its alg is not accepted")
	errType       = invalid("its typ is not accepted")
	errDate       = invalid("exp, nbf or iat is not a NumericDate")
	errNoExpiry   = invalid("no exp")
	errExpired    = invalid("expired")
	errEarly      = invalid("not valid yet")
	errOld        = invalid("older than MaxAge, or without iat")
	errClient     = invalid("not issued to one of the Issuer's Clients")
	errUnexpected = invalid("it has an aud, and the Issuer has no Audiences")
	errAudience   = invalid("not for this audience")
	errTokenUse   = invalid("its token_use is not accepted")
)

// checkHeader decides what needs no key.
func (i *issuer) checkHeader(t *token) error {
	switch {
	case i.methods[t.alg].verifier == nil:
		return errAlgorithm
	case i.typ != "" && mediaType(t.typ) != mediaType(i.typ):
		return errType
	}
	return nil
}

// mediaType follows RFC 7515 section 4.1.9: case does not count, and
// "application/" may be left out.
func mediaType(typ string) string {
	typ = strings.ToLower(typ)
	if short, ok := strings.CutPrefix(typ, "application/"); ok && !strings.Contains(short, "/") {
		return short
	}
	return typ
}

// checkClaims decides about the claims of a token whose signature is good.
func (i *issuer) checkClaims(c object) error {
	switch {
	case len(i.clients) > 0 && !slices.Contains(i.clients, clientOf(c)):
		return errClient
	case c.has("aud") && len(i.audiences) == 0:
		return errUnexpected
	case !i.isMeant(c):
		return errAudience
	case i.tokenUse != "" && c.str("token_use") != i.tokenUse:
		return errTokenUse
	}
	return nil
}

// clientOf returns whom the token was issued to, as claims.Identity.ClientID.
func clientOf(c object) string { return cmp.Or(c.str("client_id"), c.str("azp")) }

// isMeant looks at aud. Where that is absent, not merely empty or null, a client
// that was checked is enough; without Clients, client_id stands in for aud, as on
// an HTTP API
// (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).
func (i *issuer) isMeant(c object) bool {
	if !c.has("aud") {
		return len(i.clients) > 0 || slices.Contains(i.audiences, c.str("client_id"))
	}
	list, ok := c["aud"].([]any)
	if !ok {
		return slices.Contains(i.audiences, c.str("aud"))
	}
	return i.isAmong(list)
}

// isAmong refuses a list that holds anything but strings (RFC 7519 section
// 4.1.3).
func (i *issuer) isAmong(list []any) bool {
	found := false
	for _, element := range list {
		audience, ok := element.(string)
		if !ok {
			return false
		}
		found = found || slices.Contains(i.audiences, audience)
	}
	return found
}

// A lifetime is when a token counts.
type lifetime struct {
	leeway, maxAge time.Duration
}

// check returns until when a token that counts now surely does so, leeway
// apart. Its end does not belong to it: RFC 7519 section 4.1.4.
func (l lifetime) check(c object, now time.Time) (until time.Time, err error) {
	exp, hasExp, ok1 := date(c, "exp")
	nbf, hasNbf, ok2 := date(c, "nbf")
	iat, hasIat, ok3 := date(c, "iat")
	oldest := iat.Add(l.maxAge)
	switch {
	case !ok1 || !ok2 || !ok3:
		return time.Time{}, errDate
	case !hasExp:
		return time.Time{}, errNoExpiry
	case !now.Before(exp.Add(l.leeway)):
		return time.Time{}, errExpired
	case hasNbf && nbf.After(now.Add(l.leeway)), hasIat && iat.After(now.Add(l.leeway)):
		return time.Time{}, errEarly
	case l.maxAge == 0:
		return exp, nil
	case !now.Before(oldest.Add(l.leeway)):
		return time.Time{}, errOld
	}
	if oldest.Before(exp) {
		return oldest, nil
	}
	return exp, nil
}

// date reads a NumericDate, which is a JSON number of seconds (RFC 7519 section
// 2). Text is not one, and milliseconds are beyond the year 9999.
func date(c object, name string) (at time.Time, present, ok bool) {
	value, present := c[name]
	if !present {
		return time.Time{}, false, true
	}
	number, _ := value.(json.Number)
	at, ok = authorizer.NumericDate(string(number))
	return at, true, ok
}
