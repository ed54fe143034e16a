package jwtverify

import (
	"net/http"
	"time"
)

// NewAt is New with another clock. Fetches wait for their answer, so that no
// test passes because one gave up.
func NewAt(c Config, now func() time.Time) (*Verifier, error) {
	fetch := newClient()
	fetch.timeout = time.Hour
	return newVerifier(c, now, fetch)
}

// NewOver is New with another way to fetch, by the clock of time.Now.
func NewOver(c Config, transport http.RoundTripper) (*Verifier, error) {
	fetch := newClient()
	fetch.http.Transport = transport
	return newVerifier(c, wallClock, fetch)
}

// NewImpatient is New with another limit for fetches.
func NewImpatient(c Config, timeout time.Duration) (*Verifier, error) {
	fetch := newClient()
	fetch.timeout = timeout
	return newVerifier(c, wallClock, fetch)
}

// Decode is the reader of headers and payloads.
func Decode(data []byte) (map[string]any, error) { return decode(data) }

// Remembered returns what v remembers of a token, nil for nothing: the same
// value as long as the token is not verified anew.
func Remembered(v *Verifier, token string) any {
	sum := hash(token)
	for _, half := range [...]map[digest]*verified{v.known.newer, v.known.old} {
		if known := half[sum]; known != nil {
			return known
		}
	}
	return nil
}
