package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gatehouse-go/gatehouse/adapter"
)

// verify checks a token's signature and returns its claims.
type verify func(ctx context.Context, token string) (json.RawMessage, error)

// tokenClaims are a token's claims; numbers are json.Number.
type tokenClaims map[string]any

// Reasons of refusals by the authorizers of this package.
const (
	reasonNoToken      adapter.Reason = "no token"
	reasonUnverified   adapter.Reason = "token not verified"
	reasonMalformed    adapter.Reason = "claims malformed"
	reasonNoExpiry     adapter.Reason = "token without expiry"
	reasonExpired      adapter.Reason = "token expired"
	reasonNotYet       adapter.Reason = "token not yet valid"
	reasonFuture       adapter.Reason = "token issued in the future"
	reasonIssuer       adapter.Reason = "wrong issuer"
	reasonAudience     adapter.Reason = "wrong audience"
	reasonScope        adapter.Reason = "scope missing"
	reasonAccessNeeded adapter.Reason = "not an access token"
	reasonIDNeeded     adapter.Reason = "not an ID token"
)

// claims verifies the token and decodes its claims; a reason if there are
// none to trust. A nil verify trusts no token.
func (v verify) claims(ctx context.Context, token string) (tokenClaims, adapter.Reason) {
	if token == "" {
		return nil, reasonNoToken
	}
	if v == nil {
		return nil, reasonUnverified
	}
	payload, err := v(ctx, token)
	if err != nil {
		return nil, reasonUnverified
	}
	claims, err := decodeClaims(payload)
	if err != nil {
		return nil, reasonMalformed
	}
	return claims, ""
}

func decodeClaims(payload []byte) (tokenClaims, error) {
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	var claims tokenClaims
	if err := decoder.Decode(&claims); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF || claims == nil {
		return nil, errors.New("gateway: claims are not one JSON object")
	}
	return claims, nil
}

// bearer removes an optional "Bearer " from a header's or parameter's value.
func bearer(value string) string {
	value = strings.TrimSpace(value)
	if scheme, token, _ := strings.Cut(value, " "); strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token)
	}
	return value
}

// headerValue returns a header's value. Several lines are joined by a comma, which
// no token has.
func headerValue(r *http.Request, name string) string {
	if values := r.Header.Values(name); len(values) == 1 {
		return values[0]
	}
	return strings.Join(r.Header.Values(name), ",")
}

// untimely returns the reason why the token is not valid now, "" if it is. Claims
// that are not numbers count as malformed.
func (c tokenClaims) untimely(now time.Time) adapter.Reason {
	exp, hasExp, okExp := c.date("exp")
	nbf, hasNbf, okNbf := c.date("nbf")
	iat, hasIat, okIat := c.date("iat")
	at := float64(now.UnixNano()) / 1e9
	switch {
	case !okExp || !okNbf || !okIat:
		return reasonMalformed
	case !hasExp:
		return reasonNoExpiry
	case at >= exp:
		return reasonExpired
	case hasNbf && at < nbf:
		return reasonNotYet
	case hasIat && at < iat:
		return reasonFuture
	}
	return ""
}

// date is a NumericDate, RFC 7519 section 2.
func (c tokenClaims) date(name string) (seconds float64, present, ok bool) {
	value, present := c[name]
	if !present {
		return 0, false, true
	}
	number, isNumber := value.(json.Number)
	if !isNumber {
		return 0, true, false
	}
	seconds, err := number.Float64()
	return seconds, true, err == nil
}

// scopes are the token's own: scp, a list or text, and only without it scope.
// Text is split at blanks alone, RFC 6749 section 3.3.
func (c tokenClaims) scopes() []string {
	value, ok := c["scp"]
	if !ok {
		value = c["scope"]
	}
	if text, ok := value.(string); ok {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' })
	}
	return texts(value)
}

// texts are the strings of a JSON array or a single one.
func texts(value any) []string {
	var list []string
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		for _, element := range value {
			if text, ok := element.(string); ok {
				list = append(list, text)
			}
		}
	}
	return list
}

// anyOf reports whether a and b have an element in common.
func anyOf(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
