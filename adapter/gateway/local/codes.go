package local

import (
	"crypto/rand"
	"time"
)

// codeLifetime is how long an authorization code is good for, as in Cognito.
const codeLifetime = 5 * time.Minute

// grant is what an authorization code stands for.
type grant struct {
	Client      string    `json:"client"`
	RedirectURI string    `json:"redirect_uri"`
	Challenge   string    `json:"challenge"`
	Nonce       string    `json:"nonce,omitempty"`
	Scopes      []string  `json:"scopes"`
	Resource    string    `json:"resource,omitempty"`
	Username    string    `json:"username"`
	SignedIn    time.Time `json:"signed_in"`

	Spent   bool   `json:"spent,omitempty"`
	Session string `json:"session,omitempty"` // what a spent code was exchanged for
}

func (g grant) expired(now time.Time) bool { return now.Sub(g.SignedIn) > codeLifetime }

// issueCode returns a code for g, whose user signed in now.
func (s *store) issueCode(g grant, now time.Time) (string, error) {
	g.SignedIn = now
	code := rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(now)
	s.kept.Codes[code] = g
	return code, s.write()
}

// redeem exchanges a code for a session, which begins if ok says that the
// request proves its right to it. A code is good for one attempt, whatever
// comes of it; a second one ends the session of the first, since one of the two
// was not the client's (RFC 6749 section 4.1.2).
func (s *store) redeem(code string, now time.Time, lifetime time.Duration, ok func(grant) bool) (session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, known := s.kept.Codes[code]
	if !known {
		return session{}, invalidGrant
	}
	if g.Spent {
		s.end(g.Session)
		return session{}, s.refused(invalidGrant)
	}
	g.Spent = true
	if g.expired(now) || !ok(g) {
		s.kept.Codes[code] = g
		return session{}, s.refused(invalidGrant)
	}
	began := s.begin(g, now, lifetime)
	g.Session = began.id
	s.kept.Codes[code] = g
	return began, s.write()
}

// refused is err, unless what led to it could not be written down.
func (s *store) refused(err error) error {
	if failed := s.write(); failed != nil {
		return failed
	}
	return err
}
