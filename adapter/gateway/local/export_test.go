package local

import (
	"net/http"
	"time"
)

// SetNow fixes what the issuer takes for the present.
func (i *Issuer) SetNow(now func() time.Time) { i.now = now }

// ChallengeReason is what the request line says of a function's refusal.
func ChallengeReason(h http.Header) string { return challengeReason(h) }

// Shell quotes words for a POSIX shell.
func Shell(words []string) string { return shell(words) }
