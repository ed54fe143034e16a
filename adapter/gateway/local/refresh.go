package local

import (
	"net/http"
	"net/url"
	"time"
)

// refreshLifetime is how long a session can be renewed, as in Cognito by
// default. Rotation does not prolong it.
const refreshLifetime = 30 * 24 * time.Hour

// refresh gives new tokens for a refresh token, another one of its kind
// included. Scopes may be fewer, never more (RFC 6749 section 6); the session
// keeps all of them.
func (i *Issuer) refresh(c Client, form url.Values) (tokenReply, error) {
	var scopes []string
	var refused error
	s, err := i.store.renew(form.Get("refresh_token"), c.ID, i.now(), func(s session) bool {
		if scopes, refused = choose(form.Get("scope"), s.Scopes); refused == nil && !sameTarget(form, s.Resource) {
			refused = invalidTarget
		}
		if refused == nil && !i.knows(s.Username) {
			refused = invalidGrant
		}
		return refused == nil
	})
	if refused != nil {
		return tokenReply{}, refused
	}
	if err != nil {
		return tokenReply{}, err
	}
	return i.sessionReply(s, scopes)
}

// serveRevoke ends the session of a refresh token: the token itself, and at
// this issuer's endpoints the access tokens of the session. A gateway goes on
// taking those until they expire, here as on AWS, since it asks nobody. What is
// not a token of the client's is answered with 200 as well: it does nothing any
// more (RFC 7009 section 2.2). An access token cannot be revoked
// (https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html).
func (i *Issuer) serveRevoke(w http.ResponseWriter, r *http.Request) {
	form, err := readForm(w, r)
	if err != nil {
		refuse(w, err)
		return
	}
	client, err := i.authenticate(r, form)
	if err != nil {
		refuse(w, err)
		return
	}
	token := form.Get("token")
	if token == "" {
		refuse(w, invalidRequest)
		return
	}
	if _, err := i.Verify(r.Context(), token); err == nil {
		refuse(w, unsupportedTokenType)
		return
	}
	if err := i.store.revoke(token, client.ID); err != nil && err != error(invalidGrant) {
		refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}
