package local

import (
	"crypto/hmac"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// session is what a signed-in user and a client have in common: the access and
// ID tokens that bear its id as origin_jti, and the refresh tokens that renew
// them. Each refresh token is good once; the number in it is its turn.
type session struct {
	id string // its key in the store

	Client   string    `json:"client"`
	Username string    `json:"username"`
	Scopes   []string  `json:"scopes"`
	Resource string    `json:"resource,omitempty"`
	SignedIn time.Time `json:"signed_in"`
	Expires  time.Time `json:"expires"`
	Turn     int       `json:"turn"`
	Ended    bool      `json:"ended,omitempty"`

	nonce string // for the first ID token alone (OpenID Connect Core section 12.2)
}

func (s session) expired(now time.Time) bool { return now.After(s.Expires) }

// begin makes a session of a grant. It is called with the lock held.
func (s *store) begin(g grant, now time.Time, lifetime time.Duration) session {
	began := session{
		id:       randomUUID(),
		Client:   g.Client,
		Username: g.Username,
		Scopes:   g.Scopes,
		Resource: g.Resource,
		SignedIn: g.SignedIn,
		Expires:  now.Add(lifetime),
	}
	s.kept.Sessions[began.id] = began
	began.nonce = g.Nonce
	return began
}

// end makes the session's tokens worthless, where the issuer is asked. It is
// called with the lock held.
func (s *store) end(id string) {
	if session, ok := s.kept.Sessions[id]; ok {
		session.Ended = true
		s.kept.Sessions[id] = session
	}
}

// refreshToken is the one that is good now. A token needs no entry of its own
// in the store: the code behind its dots says that the issuer made it.
func (s *store) refreshToken(of session) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := of.id + "." + strconv.Itoa(of.Turn)
	return text + "." + base64.RawURLEncoding.EncodeToString(s.mac(text))
}

// renew takes a refresh token of client for the next one of the same session,
// if ok agrees. A token that was already taken ends the session: either its
// thief or its owner holds the next one (RFC 9700 section 4.14.2).
func (s *store) renew(token, client string, now time.Time, ok func(session) bool) (session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(now)
	found, turn, err := s.find(token, client)
	switch {
	case err != nil || found.Ended || found.expired(now):
		return session{}, invalidGrant
	case turn != found.Turn:
		s.end(found.id)
		return session{}, s.refused(invalidGrant)
	case !ok(found):
		return session{}, invalidGrant
	}
	found.Turn++
	s.kept.Sessions[found.id] = found
	return found, s.write()
}

// revoke ends the session of a refresh token, present or past.
func (s *store) revoke(token, client string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, _, err := s.find(token, client)
	if err != nil {
		return err
	}
	s.end(found.id)
	return s.write()
}

// find returns the session that token was made for, and its turn. It is called
// with the lock held.
func (s *store) find(token, client string) (session, int, error) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return session{}, 0, invalidGrant
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[i+1:])
	if err != nil || !hmac.Equal(mac, s.mac(token[:i])) {
		return session{}, 0, invalidGrant
	}
	id, number, _ := strings.Cut(token[:i], ".")
	found, ok := s.kept.Sessions[id]
	if !ok || found.Client != client {
		return session{}, 0, invalidGrant
	}
	found.id = id
	turn, err := strconv.Atoi(number)
	if err != nil {
		return session{}, 0, fmt.Errorf("local: a refresh token of this issuer without a number: %w", err)
	}
	return found, turn, nil
}

// lives reports whether the session's access tokens still count at the
// issuer's own endpoints.
func (s *store) lives(id string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.kept.Sessions[id]
	return ok && !found.Ended && !found.expired(now)
}
