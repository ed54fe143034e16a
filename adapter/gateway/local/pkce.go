package local

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// A code verifier has 43 to 128 characters (RFC 7636 section 4.1). An issuer
// that takes shorter ones hides a mistake that others do not forgive.
const (
	minVerifier = 43
	maxVerifier = 128
)

// proves checks the verifier against the S256 challenge (RFC 7636 section 4.6).
func (g grant) proves(verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return isVerifier(verifier) && equal(base64.RawURLEncoding.EncodeToString(sum[:]), g.Challenge)
}

func isVerifier(s string) bool {
	return len(s) >= minVerifier && len(s) <= maxVerifier && !strings.ContainsFunc(s, notUnreserved)
}

// isChallenge reports whether s can be the base64url form of a SHA-256 sum.
func isChallenge(s string) bool {
	sum, err := base64.RawURLEncoding.Strict().DecodeString(s)
	return err == nil && len(sum) == sha256.Size
}

// notUnreserved reports whether c is not one of the unreserved characters of
// RFC 3986 section 2.3.
func notUnreserved(c rune) bool {
	switch {
	case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9':
		return false
	}
	return !strings.ContainsRune("-._~", c)
}
