package jwtverify

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// An algorithm is a signature algorithm of RFC 7518 section 3.1 or RFC 8037,
// with the one kind of key that it goes with. Symmetric ones are not among them:
// whoever could verify with their key could sign as well.
type algorithm struct {
	name jwa.SignatureAlgorithm
	fits func(public any) bool
}

var algorithms = map[string]algorithm{
	"RS256": {jwa.RS256(), isRSA},
	"RS384": {jwa.RS384(), isRSA},
	"RS512": {jwa.RS512(), isRSA},
	"PS256": {jwa.PS256(), isRSA},
	"PS384": {jwa.PS384(), isRSA},
	"PS512": {jwa.PS512(), isRSA},
	"ES256": {jwa.ES256(), isOn(elliptic.P256())},
	"ES384": {jwa.ES384(), isOn(elliptic.P384())},
	"ES512": {jwa.ES512(), isOn(elliptic.P521())},
	"EdDSA": {jwa.EdDSA(), isEd25519},
}

const (
	minRSABits = 2048 // RFC 7518 sections 3.3 and 3.5
	maxRSABits = 8192 // as in crypto/tls: longer keys take too long
)

func isRSA(public any) bool {
	k, ok := public.(*rsa.PublicKey)
	return ok && minRSABits <= k.N.BitLen() && k.N.BitLen() <= maxRSABits
}

func isOn(curve elliptic.Curve) func(any) bool {
	return func(public any) bool {
		k, ok := public.(*ecdsa.PublicKey)
		return ok && k.Curve == curve
	}
}

func isEd25519(public any) bool {
	k, ok := public.(ed25519.PublicKey)
	return ok && len(k) == ed25519.PublicKeySize && !isSmallOrder(k)
}

// isVerifiable reports whether some algorithm goes with a key.
func isVerifiable(public any) bool {
	for _, a := range algorithms {
		if a.fits(public) {
			return true
		}
	}
	return false
}

// A method is an algorithm with what verifies its signatures.
type method struct {
	algorithm
	verifier jws.Verifier2
}

// newMethods finds the verifiers once, and not anew for each token: what other
// packages register with jwx later does not count.
func newMethods(names []string) (map[string]method, error) {
	methods := make(map[string]method, len(names))
	for _, name := range names {
		a := algorithms[name]
		verifier, err := jws.VerifierFor(a.name)
		if err != nil {
			return nil, err
		}
		methods[name] = method{a, verifier}
	}
	return methods, nil
}
