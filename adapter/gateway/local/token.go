package local

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
)

var errSignature = errors.New("local: not a token this issuer signed")

// Verify checks the signature of token and returns its claims. It admits the
// compact form, RS256 and the issuer's own key by its kid, nothing else. It does
// not look at the claims: expiry and audience are checked by the gateway. The
// error never says more than that the check failed.
func (i *Issuer) Verify(_ context.Context, token string) (json.RawMessage, error) {
	keys, err := i.store.ring()
	if err != nil {
		return nil, err
	}
	claims, err := jws.Verify([]byte(token), jws.WithCompact(), jws.WithKeySet(keys.public))
	if err != nil {
		return nil, errSignature // the cause quotes the token's header
	}
	return claims, nil
}

// Token returns a signed token with these claims, for tests. The claims iss, iat,
// auth_time, exp, jti, token_use and version have the values of a fresh access
// token of a user pool, unless they are in claims; sub, client_id and scope are
// there only if they are in claims. A nil value leaves its claim out. Token
// returns an error for a value that encoding/json cannot encode, and if
// Options.State cannot be written.
//
//	expired, err := issuer.Token(map[string]any{"sub": "reader", "client_id": "reader", "exp": 1})
func (i *Issuer) Token(claims map[string]any) (string, error) {
	now := i.now()
	all := map[string]any{
		"iss":       i.url,
		"iat":       now.Unix(),
		"auth_time": now.Unix(),
		"exp":       now.Add(i.lifetime).Unix(),
		"jti":       randomUUID(),
		"token_use": "access",
		"version":   2,
	}
	maps.Copy(all, claims)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	payload, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("local: encoding claims: %w", err)
	}
	keys, err := i.store.ring()
	if err != nil {
		return "", err
	}
	token, err := jws.Sign(payload, jws.WithKey(jwa.RS256(), keys.signing))
	if err != nil {
		return "", fmt.Errorf("local: signing: %w", err)
	}
	return string(token), nil
}

// clientToken is what client_credentials gives: a client that is its own
// subject, without username and, unless it asked for a resource, without aud
// (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html).
func (i *Issuer) clientToken(c Client, scopes []string, resource string) (string, error) {
	return i.Token(map[string]any{
		"sub":       c.ID,
		"client_id": c.ID,
		"scope":     strings.Join(scopes, " "),
		"aud":       given(resource),
	})
}

func (i *Issuer) userToken(s session) (string, error) {
	user := i.users[s.Username]
	return i.Token(map[string]any{
		"sub":            user.Sub,
		"client_id":      s.Client,
		"scope":          strings.Join(s.Scopes, " "),
		"aud":            given(s.Resource),
		"username":       user.Username,
		"cognito:groups": absent(user.Groups),
		"auth_time":      s.SignedIn.Unix(),
		"origin_jti":     given(s.id),
	})
}

// idToken has aud where an access token has client_id, so a gateway that looks
// at nothing but the audience takes either
// (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html).
func (i *Issuer) idToken(s session) (string, error) {
	user := i.users[s.Username]
	claims := map[string]any{
		"sub":              user.Sub,
		"aud":              s.Client,
		"token_use":        "id",
		"version":          nil,
		"cognito:username": user.Username,
		"cognito:groups":   absent(user.Groups),
		"auth_time":        s.SignedIn.Unix(),
		"origin_jti":       given(s.id),
		"email":            given(user.Email),
		"nonce":            given(s.nonce),
	}
	if user.Email != "" {
		claims["email_verified"] = true
	}
	return i.Token(claims)
}

// given makes an empty string nil, which leaves its claim out.
func given(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// absent makes an empty list nil: a user without groups does not have the claim.
func absent(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

func randomUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return uuid(b, 4)
}

// stableUUID keeps what a user owns findable after a restart.
func stableUUID(name string) string {
	sum := sha256.Sum256([]byte("gatehouse local user\x00" + name))
	return uuid([16]byte(sum[:16]), 8)
}

// uuid sets version and variant (RFC 9562 section 4).
func uuid(b [16]byte, version byte) string {
	b[6] = version<<4 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
